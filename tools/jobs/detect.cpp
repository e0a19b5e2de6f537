#include "tools/jobs/detect.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <thread>

#include "tools/jobs/align.h"
#include "tools/jobs/shapes.h"
#include "tools/jobs/statistics.h"

namespace culprit {
namespace {

constexpr double kLeastPointVariance = 3e-5;  // (0.5 %)^2: finer than most clocks and roundings are
constexpr double kUsualLevelVariance =
    2.25e-4;  // (1.5 %)^2: JMH's median between forks, where nothing is known

// A test on its way to a verdict.
struct Work {
    const Aligned* test = nullptr;
    std::vector<double> weights;  // of the points: 1 / their variance about the curve's level
    double level = 0;             // variance of that level between jobs
    double level_freedom = 0;
    double spikes = 0;  // share of the points that stood out alone, in all jobs
    struct Way {
        double odds = 0;  // against no change, over all shapes and sizes
        Shape shape;      // the likeliest
        Curve::Fit fit;
        double freedom = 0;
        double best = -INFINITY;
    } worse, better;

    std::size_t references() const { return test->rows.size() - 1; }
};

// The variance of points about their curve, by position, and how much points beside each other are alike.
struct Scatter {
    std::vector<double> variance;
    double alike = 0;
};

Scatter scatter_in_history(const Aligned& test) {
    const std::size_t points = test.x.size();
    Scatter scatter{.variance = std::vector<double>(points)};
    double products = 0, squares = 0;
    for (std::size_t row = 1; row < test.rows.size(); ++row) {
        const std::vector<double>& values = test.rows[row];
        const double mean = mean_of(values);
        for (std::size_t i = 0; i < points; ++i) {
            const double rest = values[i] - mean;
            scatter.variance[i] += rest * rest / static_cast<double>(test.rows.size() - 1);
            squares += rest * rest;
            if (i > 0) products += rest * (values[i - 1] - mean);
        }
    }
    if (squares > 0) scatter.alike = products / squares + 1 / static_cast<double>(points);
    return scatter;
}

// How much points of a pair's curve scatter, judged by the differences between points up to three apart, once
// a change of some shape is taken off the curve: so a change does not count as scatter, while what wanders or
// jumps to and fro does.
class PairScatter {
  public:
    explicit PairScatter(std::span<const double> values) : values_(values) {
        for (std::size_t distance = 1; distance <= kFarthest; ++distance) {
            for (std::size_t i = distance; i < values.size(); ++i)
                squares_[distance - 1] += square(values[i] - values[i - distance]);
        }
    }

    // Of a mean over many points: with what points beside each other have in common.
    double variance_after(const Shape& shape, double size) const {
        const std::size_t points = values_.size();
        if (points < 2) return kLeastPointVariance;
        double beside = 0, apart = 0;
        for (std::size_t distance = 1; distance <= kFarthest && distance < points; ++distance) {
            const double variance =
                squares_after(shape, size, distance) / 2 / static_cast<double>(points - distance);
            if (distance == 1) beside = variance;
            apart = std::max(apart, variance);
        }
        apart = std::max(apart, kLeastPointVariance);
        if (points < 8) return apart;
        const double alike = std::clamp(1 - beside / apart, 0.0, 0.8) + 1 / static_cast<double>(points);
        return apart * (1 + alike) / (1 - alike);
    }

  private:
    static constexpr std::size_t kFarthest = 3;
    static double square(double value) { return value * value; }

    // Only differences across an edge of the shape are changed by taking it off.
    double squares_after(const Shape& shape, double size, std::size_t distance) const {
        double squares = squares_[distance - 1];
        if (shape.grows) return squares;
        const auto across = [&](std::size_t edge, double step) {
            for (std::size_t i = std::max(edge, distance); i < std::min(edge + distance, values_.size());
                 ++i) {
                const double difference = values_[i] - values_[i - distance];
                squares += square(difference - step) - square(difference);
            }
        };
        if (shape.first > 0) across(shape.first, size);
        if (shape.end < values_.size()) across(shape.end, -size);
        return std::max(squares, 0.0);
    }

    std::span<const double> values_;
    std::array<double, kFarthest> squares_{};
};

constexpr double kPointPrior = 8;  // how many jobs the curve's average counts as, for a single position

std::vector<double> weights_of(const Aligned& test) {
    if (test.rows.size() == 1) {
        const double variance =
            PairScatter(test.rows[0]).variance_after({.first = 0, .end = test.x.size()}, 0);
        return std::vector<double>(test.x.size(), 1 / variance);
    }
    const Scatter scatter = scatter_in_history(test);
    const std::span variance(scatter.variance);
    const double average = std::max(mean_of(variance), kLeastPointVariance);
    const double alike = variance.size() < 8 ? 0 : std::clamp(scatter.alike, 0.0, 0.9);
    const double inflation = (1 + alike) / (1 - alike);
    const auto jobs = static_cast<double>(test.rows.size() - 1);
    std::vector<double> weights(variance.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::size_t first = i == 0 ? 0 : i - 1;
        const double around = mean_of(variance.subspan(first, std::min(i + 2, variance.size()) - first));
        const double shrunk = (jobs * around + kPointPrior * average) / (jobs + kPointPrior);
        weights[i] = 1 / (std::max(shrunk, kLeastPointVariance) * inflation);
    }
    return weights;
}

// What is left of the variance of a whole curve's mean once its points' scatter is taken off.
double less_points(double variance, double weight) {
    return std::max(variance - 1 / weight, 0.15 * variance);
}

void levels_from_history(std::vector<Work>& works, std::size_t jobs) {
    std::vector<double> variances;
    for (const Work& work : works) {
        double squares = 0;
        for (std::size_t row = 1; row < work.test->rows.size(); ++row) {
            const double level = Curve(work.weights, work.test->rows[row]).mean();
            squares += level * level;
        }
        variances.push_back(work.references() == 0 ? 0 : squares / static_cast<double>(work.references()));
    }
    VariancePrior prior = fit_variances(variances, static_cast<double>(jobs));
    if (prior.freedom == 0) prior = {.variance = kUsualLevelVariance, .freedom = 2};
    for (std::size_t i = 0; i < works.size(); ++i) {
        Work& work = works[i];
        const double shrunk = prior.shrunk(variances[i], static_cast<double>(work.references()));
        work.level = less_points(shrunk, std::accumulate(work.weights.begin(), work.weights.end(), 0.0));
        work.level_freedom = prior.freedom;
    }
}

constexpr double kPairFreedom = 10;
constexpr double kPairWidening = 1.44;  // the middle of the levels is narrower than their tails tell
constexpr double kUsualWeight = 10;     // how many tests the usual variance counts as

void levels_from_pair(std::vector<Work>& works) {
    std::vector<double> levels;
    for (const Work& work : works) levels.push_back(Curve(work.weights, work.test->rows[0]).mean());
    const double width = spread(levels, 0);
    const auto count = static_cast<double>(levels.size());
    const double variance = kPairWidening * (count * width * width + kUsualWeight * 2 * kUsualLevelVariance) /
                            (count + kUsualWeight);
    for (Work& work : works) {
        work.level = less_points(variance, std::accumulate(work.weights.begin(), work.weights.end(), 0.0));
        work.level_freedom = kPairFreedom;
    }
}

// The sizes of changes that are reckoned with, even in their logarithm; each stands for those around it.
constexpr std::size_t kSizes = 14;
constexpr double kHalfStep = 0.1;  // of a size, to the next one
std::array<double, kSizes> make_sizes() {
    constexpr double smallest = 0.03, largest = 0.6;
    std::array<double, kSizes> sizes{};
    for (std::size_t i = 0; i < kSizes; ++i) {
        const double at = (static_cast<double>(i) + 0.5) / kSizes;
        sizes[i] = std::log1p(smallest * std::pow(largest / smallest, at));
    }
    return sizes;
}

struct Measured {
    Curve::Fit fit;
    double freedom = 0;
};

// How many jobs the model of a test's noise counts as, beside the fits of its earlier jobs.
constexpr double kModelOfWhole = 4, kModelOfPart = 6;

Measured measure(const Work& work, const Shape& shape, const Curve& own, std::span<const Curve> others) {
    Curve::Fit fit = own.against_rest(shape, work.level);
    double squares = 0;
    for (const Curve& other : others) {
        const double size = other.against_rest(shape, work.level).size;
        squares += size * size;
    }
    const bool whole = shape.end - shape.first == work.test->x.size() && !shape.grows;
    const double model = whole ? kModelOfWhole : kModelOfPart;
    const auto jobs = static_cast<double>(others.size());
    // An earlier job is held against one job less than the candidate is, so it scatters a little more.
    const double less = jobs > 1 ? (1 + 1.4 / jobs) / (1 + 1.4 / (jobs - 1)) : 1;
    fit.variance = (model * fit.variance + squares) / (model + jobs) * less;
    return {fit, jobs - 1 + (whole ? work.level_freedom : model)};
}

Measured measure(const Work& work, const Shape& shape, const Curve& own, const PairScatter& scatter) {
    // A short part is held against the rest of its curve, anything longer counts only if the level moves too.
    const bool is_short = (shape.end - shape.first) * 5 < work.test->x.size();
    Curve::Fit fit = is_short ? own.against_rest(shape, work.level) : own.plain(shape, 0);
    fit.variance *= work.weights[0] * scatter.variance_after(shape, fit.size);
    if (!is_short) fit.variance += work.level;
    return {fit, work.level_freedom};
}

constexpr double kFewPoints = 25;  // in logarithms of odds

void weigh(Work::Way& way, const Shape& shape, const Measured& measured, double sign, double most,
           std::span<const double> sizes) {
    const double scale = std::sqrt(measured.fit.variance);
    const double none = log_t(measured.fit.size / scale, measured.freedom);
    const double seen = std::min(sign * measured.fit.size, sizes.back());  // larger ones are as likely
    double odds = 0;
    for (const double size : sizes) {
        const double beside = std::max(0.0, std::abs(seen - size) - kHalfStep * size);
        const double log = log_t(beside / scale, measured.freedom) - none;
        odds += std::exp(std::min(log, 600.0));
    }
    odds *= shape.prior / static_cast<double>(sizes.size());
    way.odds += std::min(odds, most * shape.prior);
    // Which shape it has is another question than whether there is a change: there freedom does not matter.
    // What a few points alone make counts no more than they may stand out by chance.
    const double z = measured.fit.size / scale, by_chance = std::log(most);
    const double shown = by_chance < kFewPoints ? std::min(z * z / 2, by_chance) : z * z / 2;
    const double telling = z * sign > 0 ? shown + std::log(shape.prior) : -INFINITY;
    if (telling <= way.best) return;
    way.best = telling;
    way.shape = shape;
    way.fit = measured.fit;
    way.freedom = measured.freedom;
}

constexpr double kStandsOut = 1.2;  // standard deviations

void weigh_shapes(Work& work, std::span<const double> sizes) {
    const Curve own(work.weights, work.test->rows[0]);
    std::vector<Curve> others;
    for (std::size_t row = 1; row < work.test->rows.size(); ++row)
        others.emplace_back(work.weights, work.test->rows[row]);
    const PairScatter scatter(work.test->rows[0]);
    for (const Shape& shape : shapes_of(work.test->x.size())) {
        const Measured measured =
            others.empty() ? measure(work, shape, own, scatter) : measure(work, shape, own, others);
        const bool is_plain = shape.prior >= 0.1;  // the many parts of a curve must stand out to count at all
        if (!is_plain && std::abs(measured.fit.size) < kStandsOut * std::sqrt(measured.fit.variance))
            continue;
        // Where points stand out at random, a few beside each other may do so too.
        const double most = std::pow(work.spikes, -static_cast<double>(shape.end - shape.first));
        if (is_plain || measured.fit.size > 0) weigh(work.worse, shape, measured, 1, most, sizes);
        if (is_plain || measured.fit.size < 0) weigh(work.better, shape, measured, -1, most, sizes);
    }
}

struct Shares {
    double worse = 0.04, better = 0.04;  // of the tests
    struct Probability {
        double worse, better;
    };
    Probability of(const Work& work) const {
        const double w = worse * work.worse.odds, b = better * work.better.odds;
        const double all = 1 - worse - better + w + b;
        return {w / all, b / all};
    }
};

// How many tests changed, from all of them: each counts with its probability, which that share gives.
Shares estimate_shares(std::span<const Work> works) {
    Shares shares;
    const auto count = static_cast<double>(works.size());
    for (int round = 0; round < 30; ++round) {
        double worse = 0, better = 0;
        for (const Work& work : works) {
            const Shares::Probability probability = shares.of(work);
            worse += probability.worse;
            better += probability.better;
        }
        shares.worse = std::clamp((worse + 1) / (count + 25), 0.0005, 0.3);
        shares.better = std::clamp((better + 1) / (count + 25), 0.0005, 0.3);
    }
    return shares;
}

Severity severity_of(double slowdown, const DetectSettings& settings) {
    if (slowdown >= settings.critical) return Severity::Critical;
    return slowdown >= settings.severe ? Severity::Severe : Severity::Moderate;
}

constexpr std::size_t kEnoughHistory = 3;

Confidence confidence_of(const Judged& judged, const DetectSettings& settings) {
    if (judged.probability >= settings.high && judged.history >= kEnoughHistory) return Confidence::High;
    return judged.probability >= settings.medium ? Confidence::Medium : Confidence::Low;
}

constexpr double kShownByHalf = 0.5;

Judged judge(const Work& work, const Shares& shares, Better direction, const DetectSettings& settings) {
    const Aligned& test = *work.test;
    const Shares::Probability probability = shares.of(work);
    const bool is_worse = probability.worse >= probability.better;
    const Work::Way& way = is_worse ? work.worse : work.better;
    // Where no range stands out the whole curve is told of.
    const bool stands_out = way.shape.end > way.shape.first;
    const std::size_t first = stands_out ? way.shape.first : 0;
    const std::size_t end = stands_out ? way.shape.end : test.x.size();
    const double size = way.fit.size;
    const double margin = t_quantile_975(way.freedom) * std::sqrt(way.fit.variance);
    const double sign = direction == Better::Less ? 1 : -1;
    Judged judged{.baseline = test.baseline,
                  .candidate = test.candidate,
                  .share = std::expm1(sign * size),
                  .low = std::expm1(sign * size - margin),
                  .high = std::expm1(sign * size + margin),
                  .from = test.x[first],
                  .to = test.x[end - 1],
                  .slowdown = size > 0 ? std::expm1(size) : -std::expm1(-size),
                  .probability = std::max(probability.worse, probability.better),
                  .noise = work.references() == 0 ? 0 : std::sqrt(work.level),
                  .points = test.x.size(),
                  .history = work.references() == 0 ? 0 : work.references() - 1};
    const auto range = std::span(test.rows[0]).subspan(first, end - first);
    const auto same_side = std::ranges::count_if(range, [&](double value) { return value * size > 0; });
    judged.consistency = static_cast<double>(same_side) / static_cast<double>(range.size());
    const double needed = judged.history > 0 ? settings.least_probability : settings.least_without_history;
    // A mean that a few points alone make is none: half of the range must show half of it.
    std::vector<double> copy(range.begin(), range.end());
    const bool agrees = stands_out && is_worse == (size > 0) && median(copy) / size >= kShownByHalf;
    if (!agrees || judged.probability < needed || std::abs(judged.slowdown) < settings.least_change)
        return judged;
    judged.change = is_worse ? Outcome::Regressed : Outcome::Improved;
    judged.confidence = confidence_of(judged, settings);
    if (is_worse) judged.severity = severity_of(judged.slowdown, settings);
    return judged;
}

}  // namespace

Detection detect(const Job& baseline, const Job& candidate, std::span<const Job> history,
                 const DetectSettings& settings) {
    Alignment alignment = align(baseline, candidate, history);
    Detection detection{.appeared = std::move(alignment.appeared),
                        .vanished = std::move(alignment.vanished),
                        .shift = std::expm1(alignment.shift[0]),
                        .history = history.size()};
    std::vector<Work> works;
    for (Aligned& test : alignment.tests) {
        if (!test.why_not.empty()) {
            detection.not_judged.push_back({test.baseline, test.candidate, test.why_not});
            continue;
        }
        std::size_t spikes = 0;
        for (std::vector<double>& row : test.rows) spikes += clean_spikes(row);
        const auto points = static_cast<double>(test.rows.size() * test.x.size());
        works.push_back(
            {.test = &test,
             .weights = weights_of(test),
             .spikes = (static_cast<double>(spikes) + 0.5) / (points + (history.empty() ? 150 : 50))});
    }
    if (history.empty())
        levels_from_pair(works);
    else
        levels_from_history(works, history.size() + 1);
    const auto sizes = make_sizes();
    {
        const auto each_second = [&](std::size_t first) {
            for (std::size_t i = first; i < works.size(); i += 2) weigh_shapes(works[i], sizes);
        };
        const std::jthread other(each_second, 1);
        each_second(0);
    }
    const Shares shares = estimate_shares(works);
    detection.changed_share = shares.worse + shares.better;
    for (const Work& work : works) {
        const Better direction = candidate.tests[work.test->candidate].better;
        detection.judged.push_back(judge(work, shares, direction, settings));
    }
    return detection;
}

std::string_view to_string(Outcome change) {
    switch (change) {
        case Outcome::Unchanged: return "unchanged";
        case Outcome::Regressed: return "regressed";
        case Outcome::Improved: return "improved";
    }
    return "";
}

std::string_view to_string(Severity severity) {
    switch (severity) {
        case Severity::None: return "";
        case Severity::Moderate: return "Moderate";
        case Severity::Severe: return "Severe";
        case Severity::Critical: return "Critical";
    }
    return "";
}

std::string_view to_string(Confidence confidence) {
    switch (confidence) {
        case Confidence::None: return "";
        case Confidence::Low: return "Low";
        case Confidence::Medium: return "Medium";
        case Confidence::High: return "High";
    }
    return "";
}

}  // namespace culprit
