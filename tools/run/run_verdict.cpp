#include "tools/run/run_verdict.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "tools/jobs/statistics.h"

namespace culprit {
namespace {

constexpr std::size_t kResamples = 5000;
constexpr double kTrimmed = 0.2;  // of the values, at either end
constexpr int kMostMoreRounds = 1000;

struct Interval {
    double low = 0, high = 0;
};

// As steady as the mean where the values are normal, and not moved by a few that were disturbed. Reorders
// them.
double trimmed_mean(std::span<double> values) {
    const auto cut = static_cast<std::size_t>(kTrimmed * static_cast<double>(values.size()));
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(cut);
    const auto to = values.end() - static_cast<std::ptrdiff_t>(cut);
    std::nth_element(values.begin(), from, values.end());
    std::nth_element(from, to - 1, values.end());
    return mean_of(std::span(from, to));
}

// Of the trimmed mean of the values.
Interval bootstrap(std::span<const double> values) {
    std::mt19937_64 random(20261121);
    std::vector<double> means(kResamples), sample(values.size());
    for (double& each : means) {
        // Not a uniform_int_distribution: what that does differs between libraries.
        for (double& value : sample) value = values[random() % values.size()];
        each = trimmed_mean(sample);
    }
    std::ranges::sort(means);
    const auto cut = static_cast<std::size_t>((1 - kConfidence) / 2 * kResamples);
    return {means[cut], means[kResamples - 1 - cut]};
}

double median_of(std::span<const double> values) {
    std::vector<double> copy(values.begin(), values.end());
    return median(copy);
}

// The width shrinks with the root of the number of rounds.
int rounds_missing(std::size_t rounds, const RunComparison& found, double smallest) {
    const double size = std::abs(found.change);
    const double goal = size >= smallest ? size : std::max(smallest - size, smallest / 4);
    const double half_width = std::max(found.high - found.change, found.change - found.low);
    const double needed = static_cast<double>(rounds) * (half_width / goal) * (half_width / goal);
    const double least = static_cast<double>(std::max(kLeastRounds, rounds + 1));
    return static_cast<int>(
        std::min<double>(std::ceil(std::max(needed, least)) - static_cast<double>(rounds), kMostMoreRounds));
}

}  // namespace

std::string_view to_string(RunVerdict verdict) {
    static constexpr std::array<std::string_view, 4> kNames = {"regressed", "improved", "no_difference",
                                                               "too_noisy"};
    return kNames[static_cast<std::size_t>(verdict)];
}

Result<RunComparison> compare_rounds(std::span<const double> before, std::span<const double> after,
                                     Better better, double smallest) {
    if (before.empty() || before.size() != after.size())
        return fail(Fault::Invalid, "{} runs before and {} after: each round needs one of both",
                    before.size(), after.size());
    std::vector<double> changes;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const bool is_good =
            std::isfinite(before[i]) && std::isfinite(after[i]) && before[i] > 0 && after[i] > 0;
        if (!is_good)
            return fail(Fault::Invalid, "round {} measured {} and {}: only values above zero can be compared",
                        i + 1, before[i], after[i]);
        changes.push_back(std::log(after[i] / before[i]));
    }
    const Interval interval = bootstrap(changes);
    RunComparison result{.before = median_of(before),
                         .after = median_of(after),
                         .change = std::expm1(trimmed_mean(changes)),
                         .low = std::expm1(interval.low),
                         .high = std::expm1(interval.high)};
    const bool is_apart = result.low > 0 || result.high < 0;
    const bool is_worse = (result.change > 0) == (better == Better::Lower);
    if (before.size() >= kLeastRounds && is_apart && std::abs(result.change) >= smallest)
        result.verdict = is_worse ? RunVerdict::Regressed : RunVerdict::Improved;
    else if (before.size() >= kLeastRounds && result.low > -smallest && result.high < smallest)
        result.verdict = RunVerdict::NoDifference;
    else
        result.more_rounds = rounds_missing(before.size(), result, smallest);
    return result;
}

}  // namespace culprit
