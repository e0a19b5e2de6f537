#include "tools/jobs/changepoints.h"

#include <algorithm>
#include <cmath>

#include "tools/jobs/levels.h"
#include "tools/jobs/statistics.h"

namespace culprit {
namespace {

constexpr std::size_t kWindow = 1024;  // values that are looked at together
constexpr std::size_t kFewest = 10;    // values in a series
constexpr std::size_t kBeside = 20;    // values on each side of a change that must show it
constexpr double kSureStep = 3;        // standard deviations of the difference of their means
constexpr double kStepShare = 0.4;     // of the change of level that must happen within those
constexpr double kMostRhoBeside = 0.9;
constexpr double kWandering = 0.9;    // correlation of neighbours in a series without levels
constexpr double kPriceOfALine = 4;   // in log(n) times the variance of the whole series
constexpr double kLineInNoise = 1.3;  // in log(n) times the long-run variance about the lines

std::vector<double> prepared(std::span<const double> values) {
    std::vector<double> series(values.begin(), values.end());
    const auto first = std::ranges::find_if(series, [](double value) { return std::isfinite(value); });
    double last = first == series.end() ? 0 : *first, largest = 0;
    for (double& value : series) {
        last = value = std::isfinite(value) ? value : last;
        largest = std::max(largest, std::abs(value));
    }
    if (std::ranges::all_of(series, [](double value) { return value > 0; }))
        std::ranges::transform(series, series.begin(), [](double value) { return std::log(value); });
    else if (largest > 0)
        std::ranges::transform(series, series.begin(), [&](double value) { return value / largest; });
    clean_spikes(series);
    return series;
}

// How many standard deviations the change at `at` makes right there, between its neighbours `first` and
// `end`; 0 if most of the change of level happens elsewhere.
double step_at(std::span<const double> series, std::size_t first, std::size_t at, std::size_t end,
               Noise noise) {
    const auto before = series.subspan(first, at - first), after = series.subspan(at, end - at);
    const std::size_t beside = std::max(kBeside, std::min(before.size(), after.size()) / 8);
    const auto last = before.last(std::min(beside, before.size()));
    const auto next = after.first(std::min(beside, after.size()));
    const double step = std::abs(mean_of(next) - mean_of(last));
    if (step < kStepShare * std::abs(mean_of(after) - mean_of(before))) return 0;
    noise.rho = std::min(noise.rho, kMostRhoBeside);
    const double parts = 1 / static_cast<double>(last.size()) + 1 / static_cast<double>(next.size());
    return step / std::sqrt(noise.long_run() * parts);
}

// A slow drift is cut into levels too: what is no step where it stands goes, the least first.
void drop_drifts(std::span<const double> series, Starts& starts) {
    while (!starts.empty()) {
        const Noise noise = noise_about(series, starts, Course::Level);
        std::vector<double> steps;
        for (std::size_t i = 0; i < starts.size(); ++i) {
            const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : series.size();
            steps.push_back(step_at(series, i == 0 ? 0 : starts[i - 1], starts[i], end, noise));
        }
        const auto least = std::ranges::min_element(steps);
        if (*least >= kSureStep) return;
        starts.erase(starts.begin() + (least - steps.begin()));
    }
}

// Where the straight lines end that describe a series which has no levels. They pay in units of the whole
// series' variance, so that only what a person would see in a plot of it counts; and enough for their noise.
Starts breaks(std::span<const double> series, double whole_variance) {
    const double log_count = std::log(static_cast<double>(series.size()));
    Starts starts;
    for (double penalty = kPriceOfALine * log_count * whole_variance;; penalty *= 1.5) {
        Starts next = best_lines(series, penalty);
        if (next.empty()) return next;
        if (next == starts) continue;
        starts = std::move(next);
        if (penalty >= kLineInNoise * log_count * noise_about(series, starts, Course::Line).long_run())
            return starts;
    }
}

Starts changes_in(std::span<const double> values) {
    if (values.size() < kFewest) return {};
    std::vector<double> series = prepared(values);
    Levels levels = best_levels(series);
    drop_drifts(levels.plain, levels.starts);
    if (take_off_ripple(series, levels.starts)) {
        levels = best_levels(series);
        drop_drifts(levels.plain, levels.starts);
    }
    if (!levels.starts.empty()) return levels.starts;
    const Noise whole = noise_about(series, {}, Course::Level);
    return whole.rho < kWandering ? Starts() : breaks(series, whole.variance);
}

}  // namespace

std::vector<std::size_t> change_points(std::span<const double> tail, Settled& settled) {
    Starts found = changes_in(tail.first(std::min(tail.size(), kWindow)));
    while (tail.size() >= kWindow) {
        const auto open = std::ranges::upper_bound(found, kWindow / 2);
        // Without a change there is none up to the half: what follows keeps a quarter to stand out from.
        const std::size_t step = open == found.begin() ? kWindow / 4 : *std::prev(open);
        for (auto each = found.begin(); each != open; ++each)
            settled.changes.push_back(settled.first + *each);
        settled.first += step;
        tail = tail.subspan(step);
        found = changes_in(tail.first(std::min(tail.size(), kWindow)));
    }
    std::vector<std::size_t> all = settled.changes;
    for (const std::size_t each : found) all.push_back(settled.first + each);
    return all;
}

std::vector<std::size_t> change_points(std::span<const double> values) {
    Settled settled;
    return change_points(values, settled);
}

}  // namespace culprit
