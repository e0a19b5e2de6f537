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
constexpr double kConfidence = 0.99;
constexpr int kMostMoreRounds = 1000;

struct Interval {
    double low = 0, high = 0;
};

// Of the median of the values.
Interval bootstrap(std::span<const double> values) {
    std::mt19937_64 random(20261121);
    std::vector<double> medians(kResamples), sample(values.size());
    for (double& each : medians) {
        // Not a uniform_int_distribution: what that does differs between libraries.
        for (double& value : sample) value = values[random() % values.size()];
        each = median(sample);
    }
    std::ranges::sort(medians);
    const auto cut = static_cast<std::size_t>((1 - kConfidence) / 2 * kResamples);
    return {medians[cut], medians[kResamples - 1 - cut]};
}

double median_of(std::span<const double> values) {
    std::vector<double> copy(values.begin(), values.end());
    return median(copy);
}

int rounds_missing(std::size_t rounds, double half_width, double smallest) {
    // The width shrinks with the root of the number of rounds.
    const double needed = static_cast<double>(rounds) * (half_width / smallest) * (half_width / smallest);
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
                         .change = std::expm1(median_of(changes)),
                         .low = std::expm1(interval.low),
                         .high = std::expm1(interval.high)};
    const bool is_apart = interval.low > 0 || interval.high < 0;
    const double half_width = std::max(result.high - result.change, result.change - result.low);
    if (before.size() < kLeastRounds || (!is_apart && half_width > smallest)) {
        result.more_rounds = rounds_missing(before.size(), half_width, smallest);
        return result;
    }
    const bool is_worse = (result.change > 0) == (better == Better::Lower);
    result.verdict = !is_apart || std::abs(result.change) < smallest ? RunVerdict::NoDifference
                     : is_worse                                      ? RunVerdict::Regressed
                                                                     : RunVerdict::Improved;
    return result;
}

}  // namespace culprit
