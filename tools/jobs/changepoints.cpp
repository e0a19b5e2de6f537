#include "tools/jobs/changepoints.h"

#include <algorithm>
#include <cmath>

#include "tools/jobs/statistics.h"

namespace culprit {
namespace {

constexpr std::size_t kShortest = 3;   // values in a segment
constexpr std::size_t kFewest = 10;    // values in a series
constexpr double kLikeliest = 0.9;     // correlation of neighbours that noise is reckoned to have at most
constexpr double kPriceOfAChange = 5;  // in log(n) of the criterion
constexpr std::size_t kBeside = 20;    // values on each side of a change that must show it
constexpr double kSureStep = 3;        // standard deviations of the difference of their means
constexpr double kStepShare = 0.4;     // of the change of level that must happen within those
constexpr double kLeastVariance = 1e-12;

std::vector<double> prepared(std::span<const double> values) {
    std::vector<double> series(values.begin(), values.end());
    const auto first = std::ranges::find_if(series, [](double value) { return std::isfinite(value); });
    double last = first == series.end() ? 0 : *first;
    for (double& value : series) last = value = std::isfinite(value) ? value : last;
    if (std::ranges::all_of(series, [](double value) { return value > 0; }))
        std::ranges::transform(series, series.begin(), [](double value) { return std::log(value); });
    clean_spikes(series);
    return series;
}

// The best segmentation for that penalty: the starts of all segments but the first. Given are the running
// sums of the series, and 1 / n.
std::vector<std::size_t> segment(std::span<const double> sum, std::span<const double> part_of,
                                 double penalty) {
    const std::size_t count = sum.size() - 1;
    std::vector<double> best(count + 1, INFINITY);
    std::vector<std::size_t> previous(count + 1, 0), candidates = {0};
    best[0] = -penalty;
    std::vector<double> costs;  // of each candidate as the start of the segment that ends here
    for (std::size_t end = kShortest; end <= count; ++end) {
        costs.clear();
        for (const std::size_t first : candidates) {
            // The squares of the values themselves are the same for every segmentation and are left out.
            const double total = sum[end] - sum[first];
            costs.push_back(best[first] - total * total * part_of[end - first]);
            if (costs.back() + penalty >= best[end]) continue;
            best[end] = costs.back() + penalty;
            previous[end] = first;
        }
        std::size_t kept = 0;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (costs[i] <= best[end]) candidates[kept++] = candidates[i];
        }
        candidates.resize(kept);
        if (end + 1 >= 2 * kShortest) candidates.push_back(end + 1 - kShortest);
    }
    std::vector<std::size_t> starts;
    for (std::size_t end = count; previous[end] > 0; end = previous[end]) starts.push_back(previous[end]);
    std::ranges::reverse(starts);
    return starts;
}

// Half the mean square of the differences of neighbours, less the largest twentieth.
double variance_of_differences(std::span<const double> series) {
    std::vector<double> squares;
    for (std::size_t i = 1; i < series.size(); ++i) {
        const double difference = series[i] - series[i - 1];
        squares.push_back(difference * difference / 2);
    }
    std::ranges::sort(squares);
    squares.resize(squares.size() - squares.size() / 20);
    return std::max(mean_of(squares), kLeastVariance);
}

struct Segments {
    std::span<const double> series;
    const std::vector<std::size_t>& starts;

    std::size_t count() const { return starts.size() + 1; }
    std::size_t first(std::size_t segment) const { return segment == 0 ? 0 : starts[segment - 1]; }
    std::span<const double> at(std::size_t segment) const {
        const std::size_t end = segment < starts.size() ? starts[segment] : series.size();
        return series.subspan(first(segment), end - first(segment));
    }
};

struct Noise {
    double variance = 0;  // about the segments' means
    double rho = 0;       // correlation of neighbours there
};

Noise noise_about(const Segments& segments) {
    double squares = 0, products = 0;
    for (std::size_t i = 0; i < segments.count(); ++i) {
        const auto part = segments.at(i);
        const double mean = mean_of(part);
        for (std::size_t k = 0; k < part.size(); ++k) {
            squares += (part[k] - mean) * (part[k] - mean);
            if (k > 0) products += (part[k] - mean) * (part[k - 1] - mean);
        }
    }
    const auto count = static_cast<double>(segments.series.size());
    const auto parts = static_cast<double>(segments.count());
    // A segment's own mean makes neighbours look opposed, by about 1 / n for each segment.
    const double rho =
        squares > 0 ? products / squares * count / std::max(1.0, count - parts) + parts / count : 0;
    return {.variance = std::max(squares / std::max(1.0, count - parts), kLeastVariance),
            .rho = std::clamp(rho, 0.0, 0.95)};
}

// How well a segmentation explains the series when the rest is noise in which each value carries on a part of
// the one before: less is better.
double criterion(const Segments& segments) {
    const Noise noise = noise_about(segments);
    const double rho = std::min(noise.rho, kLikeliest);
    const auto count = static_cast<double>(segments.series.size());
    return count * std::log(noise.variance * (1 - rho * rho)) +
           kPriceOfAChange * static_cast<double>(segments.starts.size()) * std::log(count);
}

// How many standard deviations the change at the start of `segment` makes right there; 0 if most of the
// change of level happens elsewhere.
double step_at(const Segments& segments, std::size_t segment, const Noise& noise) {
    const auto before = segments.at(segment - 1), after = segments.at(segment);
    const std::size_t beside = std::max(kBeside, std::min(before.size(), after.size()) / 8);
    const auto last = before.last(std::min(beside, before.size()));
    const auto next = after.first(std::min(beside, after.size()));
    const double step = std::abs(mean_of(next) - mean_of(last));
    if (step < kStepShare * std::abs(mean_of(after) - mean_of(before))) return 0;
    const double rho = std::min(noise.rho, 0.9);
    const double parts = 1 / static_cast<double>(last.size()) + 1 / static_cast<double>(next.size());
    return step / std::sqrt(noise.variance * (1 + rho) / (1 - rho) * parts);
}

// A slow drift is cut into levels too: what is no step where it stands goes, the least first.
void drop_drifts(std::span<const double> series, std::vector<std::size_t>& starts) {
    while (!starts.empty()) {
        const Segments segments{series, starts};
        const Noise noise = noise_about(segments);
        std::vector<double> steps;
        for (std::size_t segment = 1; segment < segments.count(); ++segment)
            steps.push_back(step_at(segments, segment, noise));
        const auto least = std::ranges::min_element(steps);
        if (*least >= kSureStep) return;
        starts.erase(starts.begin() + (least - steps.begin()));
    }
}

}  // namespace

std::vector<std::size_t> change_points(std::span<const double> values) {
    if (values.size() < kFewest) return {};
    const std::vector<double> series = prepared(values);
    std::vector<double> sum(series.size() + 1), part_of(series.size() + 1);
    for (std::size_t i = 0; i < series.size(); ++i) {
        sum[i + 1] = sum[i] + series[i];
        part_of[i + 1] = 1 / static_cast<double>(i + 1);
    }
    std::vector<std::size_t> best, starts;
    double least = INFINITY;
    double penalty = 2 * std::log(static_cast<double>(series.size())) * variance_of_differences(series);
    for (int round = 0; round < 14; ++round, penalty *= 2.5) {
        std::vector<std::size_t> next = segment(sum, part_of, penalty);
        if (round > 0 && next == starts) continue;
        starts = std::move(next);
        const double value = criterion({series, starts});
        if (value < least) {
            least = value;
            best = starts;
        }
        if (starts.empty()) break;
    }
    drop_drifts(series, best);
    return best;
}

}  // namespace culprit
