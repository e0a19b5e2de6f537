#include "tools/jobs/levels.h"

#include <algorithm>
#include <cmath>

#include "tools/jobs/flips.h"
#include "tools/jobs/statistics.h"

namespace culprit {
namespace {

constexpr double kPriceOfAChange = 5.5;     // in log(n) of the criterion; of flips too
constexpr std::size_t kFewestBetween = 20;  // values a segment on average, to look for flips in
constexpr std::size_t kLongestPeriod = 30;
constexpr std::size_t kFewestPeriods = 8;
constexpr double kRipple = 0.25;  // share of the noise's variance that a ripple must explain
constexpr double kLeastVariance = 1e-12;

// Values are known only to the step in which they are written: the variance of that rounding.
double variance_of_rounding(std::span<const double> series) {
    std::vector<double> values(series.begin(), series.end());
    std::ranges::sort(values);
    double step = INFINITY;
    for (std::size_t i = 1; i < values.size(); ++i) {
        const double gap = values[i] - values[i - 1];
        if (gap > 1e-9) step = std::min(step, gap);
    }
    return std::isfinite(step) ? std::max(step * step / 12, kLeastVariance) : kLeastVariance;
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
    return mean_of(squares);
}

struct Explanation {
    Starts starts;
    Flips flips;
    double badness = INFINITY;
};

class Search {
  public:
    explicit Search(std::span<const double> series)
        : series_(series),
          log_count_(std::log(static_cast<double>(series.size()))),
          rounding_(variance_of_rounding(series)) {}

    Explanation best() const {
        Explanation best = best_given({});
        for (int again = 0; again < 2 && !best.flips.upper.empty(); ++again) {
            const double before = best.badness;
            improve(best, best_given(best.flips));
            for (std::size_t i = best.starts.size(); i-- > 0;) {
                Starts fewer = best.starts;
                fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
                improve(best, with_flips(std::move(fewer), best.flips));
            }
            if (best.badness >= before) break;
        }
        return best;
    }

  private:
    // Over penalties from small to large, with segments of what is left when these flips are taken off.
    Explanation best_given(const Flips& known) const {
        const std::vector<double> plain = known.taken_off(series_);
        LevelSearch search(plain);
        Explanation best;
        Starts starts;
        double penalty = 2 * log_count_ * std::max(variance_of_differences(plain), rounding_);
        for (bool is_first = true;; is_first = false, penalty *= 2.5) {
            Starts next = search.best(penalty);
            if (!is_first && next == starts) continue;
            starts = std::move(next);
            improve(best, {.starts = starts, .flips = {}, .badness = badness(series_, starts)});
            if (starts.size() * kFewestBetween < series_.size()) improve(best, with_flips(starts, known));
            if (starts.empty()) return best;
        }
    }

    // With the flips that are in the noise about levels that were found with others.
    Explanation with_flips(Starts starts, const Flips& known) const {
        std::vector<double> noise = residuals(known.taken_off(series_), starts, Course::Level);
        known.put_on(noise);
        Flips flips = find_flips(noise);
        if (flips.upper.empty()) return {};
        const double badness =
            this->badness(flips.taken_off(series_), starts) + flips.surprise + kPriceOfAChange * log_count_;
        return {.starts = std::move(starts), .flips = std::move(flips), .badness = badness};
    }

    static void improve(Explanation& best, Explanation other) {
        if (other.badness < best.badness) best = std::move(other);
    }

    // How badly levels explain a series when the rest is noise in which each value carries on a part of the
    // one before.
    double badness(std::span<const double> series, const Starts& starts) const {
        const Noise noise = noise_about(series, starts, Course::Level);
        return static_cast<double>(series.size()) *
                   std::log(std::max(noise.variance, rounding_) * (1 - noise.rho * noise.rho)) +
               kPriceOfAChange * static_cast<double>(starts.size()) * log_count_;
    }

    const std::span<const double> series_;
    const double log_count_, rounding_;
};

// The mean of `values` at each place of the period.
std::vector<double> means_by_place(std::span<const double> values, std::size_t period) {
    std::vector<double> means(period);
    for (std::size_t i = 0; i < values.size(); ++i) means[i % period] += values[i];
    for (std::size_t place = 0; place < period; ++place)
        means[place] /= static_cast<double>((values.size() - place + period - 1) / period);
    return means;
}

// What comes again with a fixed period in noise, such as the days of the week; empty if nothing does.
std::vector<double> ripple_in(std::span<const double> noise) {
    const auto count = static_cast<double>(noise.size());
    double squares = 0;
    for (const double value : noise) squares += value * value;
    std::vector<double> ripple;
    double most = kRipple;
    for (std::size_t period = 2; period <= kLongestPeriod && period * kFewestPeriods <= noise.size();
         ++period) {
        std::vector<double> means = means_by_place(noise, period);
        const auto places = static_cast<double>(period);
        double explained = 0;
        for (const double mean : means) explained += mean * mean * count / places;
        // As many means as the period is long explain a part of any noise.
        const double share = 1 - (1 - explained / squares) * count / (count - places);
        if (!(share > most)) continue;
        most = share + 0.02;  // a multiple of the period explains no less
        ripple = std::move(means);
    }
    return ripple;
}

}  // namespace

Noise noise_about(std::span<const double> series, const Starts& starts, Course course) {
    return noise_of(residuals(series, starts, course), starts, course);
}

Levels best_levels(std::span<const double> series) {
    Explanation best = Search(series).best();
    return {.starts = std::move(best.starts), .plain = best.flips.taken_off(series)};
}

bool take_off_ripple(std::span<double> series, const Starts& starts) {
    const std::vector<double> ripple = ripple_in(residuals(series, starts, Course::Level));
    if (ripple.empty()) return false;
    for (std::size_t i = 0; i < series.size(); ++i) series[i] -= ripple[i % ripple.size()];
    return true;
}

}  // namespace culprit
