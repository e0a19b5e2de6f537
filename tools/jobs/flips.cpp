#include "tools/jobs/flips.h"

#include <algorithm>
#include <cmath>

namespace culprit {
namespace {

constexpr std::size_t kFewest = 50;      // values
constexpr std::size_t kFewestFlips = 6;  // fewer are changes of level
constexpr double kLeastGap = 2.5;        // standard deviations about the two levels
constexpr std::size_t kLeastPart = 20;   // one in so many values is at the rarer level
constexpr int kRounds = 6;
constexpr double kLeastVariance = 1e-12;

double square(double value) { return value * value; }

struct Model {
    double low = 0, high = 0, variance = 0;
    double chance = 0.1;  // of a flip from one value to the next
};

Model first_guess(std::span<const double> noise) {
    std::vector<double> sorted(noise.begin(), noise.end());
    std::ranges::sort(sorted);
    const std::size_t tenth = noise.size() / 10;
    Model model{.low = sorted[tenth], .high = sorted[sorted.size() - 1 - tenth]};
    for (const double value : noise)
        model.variance += std::min(square(value - model.low), square(value - model.high));
    model.variance = std::max(model.variance / static_cast<double>(noise.size()), kLeastVariance);
    return model;
}

// The likeliest path through the two levels (Viterbi).
std::vector<bool> likeliest(std::span<const double> noise, const Model& model) {
    const double flip = 2 * std::log((1 - model.chance) / model.chance);
    std::vector<bool> low_flipped(noise.size()), high_flipped(noise.size()), upper(noise.size());
    double low = 0, high = 0;
    for (std::size_t i = 0; i < noise.size(); ++i) {
        low_flipped[i] = high + flip < low;
        high_flipped[i] = low + flip < high;
        const double to_low = low_flipped[i] ? high + flip : low;
        high = (high_flipped[i] ? low + flip : high) + square(noise[i] - model.high) / model.variance;
        low = to_low + square(noise[i] - model.low) / model.variance;
    }
    bool is_upper = high < low;
    for (std::size_t i = noise.size(); i-- > 0;) {
        upper[i] = is_upper;
        if (is_upper ? high_flipped[i] : low_flipped[i]) is_upper = !is_upper;
    }
    return upper;
}

std::size_t count_flips(const std::vector<bool>& upper) {
    std::size_t flips = 0;
    for (std::size_t i = 1; i < upper.size(); ++i) flips += upper[i] != upper[i - 1];
    return flips;
}

Model fitted(std::span<const double> noise, const std::vector<bool>& upper) {
    Model model;
    const auto highs = static_cast<double>(std::ranges::count(upper, true));
    const auto count = static_cast<double>(noise.size());
    for (std::size_t i = 0; i < noise.size(); ++i) (upper[i] ? model.high : model.low) += noise[i];
    model.high /= highs;
    model.low /= count - highs;
    for (std::size_t i = 0; i < noise.size(); ++i)
        model.variance += square(noise[i] - (upper[i] ? model.high : model.low));
    model.variance = std::max(model.variance / count, kLeastVariance);
    model.chance = std::clamp(static_cast<double>(count_flips(upper) + 1) / count, 1 / count, 0.4);
    return model;
}

}  // namespace

std::vector<double> Flips::taken_off(std::span<const double> series) const {
    std::vector<double> plain(series.begin(), series.end());
    for (std::size_t i = 0; i < upper.size(); ++i) plain[i] -= upper[i] ? gap : 0;
    return plain;
}

void Flips::put_on(std::span<double> series) const {
    for (std::size_t i = 0; i < upper.size(); ++i) series[i] += upper[i] ? gap : 0;
}

Flips find_flips(std::span<const double> noise) {
    if (noise.size() < kFewest) return {};
    Model model = first_guess(noise);
    std::vector<bool> upper;
    for (int round = 0; round < kRounds; ++round) {
        std::vector<bool> next = likeliest(noise, model);
        if (next == upper) break;
        upper = std::move(next);
        const auto highs = static_cast<std::size_t>(std::ranges::count(upper, true));
        if (std::min(highs, noise.size() - highs) < noise.size() / kLeastPart) return {};
        model = fitted(noise, upper);
    }
    const std::size_t flips = count_flips(upper);
    const double gap = model.high - model.low;
    if (gap < kLeastGap * std::sqrt(model.variance) || flips < kFewestFlips) return {};
    const double stays = static_cast<double>(noise.size() - 1 - flips);
    return {.upper = std::move(upper),
            .gap = gap,
            .surprise = -2 * (static_cast<double>(flips) * std::log(model.chance) +
                              stays * std::log(1 - model.chance))};
}

}  // namespace culprit
