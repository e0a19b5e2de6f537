#include "tools/jobs/segmentation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tools/jobs/statistics.h"

namespace culprit {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kShortestLine = 5;
constexpr double kMostRho = 0.95;
constexpr double kLeastVariance = 1e-12;

// The starts on the way back from the end.
Starts path(const std::vector<std::size_t>& previous) {
    Starts starts;
    for (std::size_t end = previous.size() - 1; previous[end] > 0; end = previous[end])
        starts.push_back(previous[end]);
    std::ranges::reverse(starts);
    return starts;
}

// Squared errors about the straight line through a part of a series, from running sums.
class LineErrors {
  public:
    explicit LineErrors(std::span<const double> series)
        : middle_(static_cast<double>(series.size()) / 2), sums_(series.size() + 1) {
        const double mean = mean_of(series);
        for (std::size_t i = 0; i < series.size(); ++i) {
            const double value = series[i] - mean;
            const Sums& last = sums_[i];
            sums_[i + 1] = {last.values + value, last.squares + value * value,
                            last.moments + (static_cast<double>(i) - middle_) * value};
        }
    }
    double operator()(std::size_t first, std::size_t end) const {
        const Sums &from = sums_[first], &to = sums_[end];
        const auto count = static_cast<double>(end - first);
        const double sum = to.values - from.values;
        const double centre = static_cast<double>(first + end - 1) / 2 - middle_;
        const double moment = to.moments - from.moments - centre * sum;
        const double line = moment * moment * 12 / (count * (count * count - 1));
        return std::max(0.0, to.squares - from.squares - sum * sum / count - line);
    }

  private:
    struct Sums {
        double values = 0, squares = 0, moments = 0;
    };
    double middle_;
    std::vector<Sums> sums_;
};

}  // namespace

LevelSearch::LevelSearch(std::span<const double> series)
    : sums_(series.size() + 1), least_(series.size() + 1), previous_(series.size() + 1) {
    const double mean = mean_of(series);
    for (std::size_t i = 0; i < series.size(); ++i) sums_[i + 1] = sums_[i] + series[i] - mean;
}

LevelSearch::Parabola LevelSearch::cost(std::size_t start, std::size_t end) const {
    return {least_[start] + penalty_, sums_[end] - sums_[start], static_cast<double>(end - start)};
}

void LevelSearch::put(double low, double high, std::size_t start) {
    if (!(low < high)) return;
    if (!next_.empty() && next_.back().start == start)
        next_.back().high = high;
    else
        next_.push_back({low, high, start});
}

// A new start takes the levels at which it costs less than what is there. Both grow alike from now on, so who
// loses a level here never gets it back.
void LevelSearch::let_in(std::size_t start, std::size_t end) {
    const Parabola own = cost(start, end);
    next_.clear();
    for (const Piece& piece : pieces_) {
        const Parabola old = cost(piece.start, end);
        const double count = old.count - own.count, sum = old.sum - own.sum;
        const double under_root = sum * sum - count * (old.at_zero - own.at_zero);
        const double root = under_root > 0 ? std::sqrt(under_root) : 0;
        const double low = std::clamp((sum - root) / count, piece.low, piece.high);
        const double high = std::clamp((sum + root) / count, piece.low, piece.high);
        put(piece.low, low, start);
        put(low, high, piece.start);
        put(high, piece.high, start);
    }
    if (pieces_.empty()) put(-kInfinity, kInfinity, start);
    pieces_.swap(next_);
}

Starts LevelSearch::best(double penalty) {
    penalty_ = penalty;
    std::ranges::fill(least_, kInfinity);
    std::ranges::fill(previous_, 0);
    least_[0] = -penalty;
    pieces_.clear();
    for (std::size_t end = kShortest; end < sums_.size(); ++end) {
        const std::size_t start = end - kShortest;
        if (start == 0 || start >= kShortest) let_in(start, end);
        for (const Piece& piece : pieces_) {
            const Parabola own = cost(piece.start, end);
            const double level = std::clamp(own.sum / own.count, piece.low, piece.high);
            const double value = own.at_zero + level * (own.count * level - 2 * own.sum);
            if (value >= least_[end]) continue;
            least_[end] = value;
            previous_[end] = piece.start;
        }
    }
    return path(previous_);
}

Starts best_lines(std::span<const double> series, double penalty) {
    // A start that is worse than beginning anew at `end` is done with, but for segments that end before what
    // begins there is long enough.
    struct Candidate {
        std::size_t start, until = std::numeric_limits<std::size_t>::max();
        double cost = 0;
    };
    const LineErrors errors(series);
    std::vector<double> least(series.size() + 1, kInfinity);
    Starts previous(series.size() + 1, 0);
    std::vector<Candidate> candidates = {{.start = 0}};
    least[0] = -penalty;
    for (std::size_t end = kShortestLine; end <= series.size(); ++end) {
        for (Candidate& each : candidates) {
            each.cost = least[each.start] + errors(each.start, end);
            if (each.cost + penalty >= least[end]) continue;
            least[end] = each.cost + penalty;
            previous[end] = each.start;
        }
        for (Candidate& each : candidates) {
            if (each.cost > least[end]) each.until = std::min(each.until, end + kShortestLine);
        }
        std::erase_if(candidates, [&](const Candidate& each) { return each.until <= end + 1; });
        if (end + 1 >= 2 * kShortestLine) candidates.push_back({.start = end + 1 - kShortestLine});
    }
    return path(previous);
}

std::vector<double> residuals(std::span<const double> series, const Starts& starts, Course course) {
    std::vector<double> left(series.begin(), series.end());
    for (std::size_t i = 0; i <= starts.size(); ++i) {
        const std::size_t first = i == 0 ? 0 : starts[i - 1];
        const std::size_t end = i < starts.size() ? starts[i] : series.size();
        const auto part = std::span(left).subspan(first, end - first);
        const double mean = mean_of(part);
        const auto count = static_cast<double>(part.size());
        double moment = 0, place = -(count - 1) / 2;
        for (double& value : part) {
            value -= mean;
            moment += place++ * value;
        }
        if (course == Course::Level || part.size() < 2) continue;
        place = -(count - 1) / 2;
        for (double& value : part) value -= moment * 12 / (count * (count * count - 1)) * place++;
    }
    return left;
}

Noise noise_of(std::span<const double> residuals, const Starts& starts, Course course) {
    double squares = 0, products = 0;
    for (std::size_t i = 0; i < residuals.size(); ++i) {
        squares += residuals[i] * residuals[i];
        if (i > 0) products += residuals[i] * residuals[i - 1];
    }
    for (const std::size_t start : starts) products -= residuals[start] * residuals[start - 1];
    const auto count = static_cast<double>(residuals.size());
    const double taken = static_cast<double>(starts.size() + 1) * (course == Course::Line ? 2 : 1);
    const double freedom = std::max(1.0, count - taken);
    // What each segment takes off makes neighbours look opposed, by about 1 / n.
    const double rho = squares > 0 ? products / squares * count / freedom + taken / count : 0;
    return {.variance = std::max(squares / freedom, kLeastVariance), .rho = std::clamp(rho, 0.0, kMostRho)};
}

}  // namespace culprit
