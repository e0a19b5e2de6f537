#include "tools/jobs/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace culprit {

double mean_of(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median(std::span<double> values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double spread(std::span<const double> values, double centre) {
    std::vector<double> distances;
    distances.reserve(values.size());
    for (const double value : values) distances.push_back(std::abs(value - centre));
    return 1.4826 * median(distances);
}

double digamma(double x) {
    double result = 0;
    for (; x < 8; ++x) result -= 1 / x;
    const double f = 1 / (x * x);
    return result + std::log(x) - 0.5 / x - f * (1.0 / 12 - f * (1.0 / 120 - f / 252));
}

double trigamma(double x) {
    double result = 0;
    for (; x < 8; ++x) result += 1 / (x * x);
    const double f = 1 / (x * x);
    return result + 1 / x + f / 2 + f / x * (1.0 / 6 - f * (1.0 / 30 - f / 42));
}

double log_t(double z, double freedom) { return -(freedom + 1) / 2 * std::log1p(z * z / freedom); }

double t_quantile_975(double freedom) {
    // Cornish-Fisher around the normal quantile; within 1 % from 3 degrees on.
    constexpr double z = 1.959964;
    const double v = std::max(freedom, 2.5);
    return z + (z * z * z + z) / (4 * v) + (5 * std::pow(z, 5) + 16 * z * z * z + 3 * z) / (96 * v * v);
}

VariancePrior fit_variances(std::span<const double> variances, double freedom) {
    double sum = 0, squares = 0;
    std::size_t count = 0;
    for (const double variance : variances) {
        if (!(variance > 0)) continue;
        const double log = std::log(variance);
        sum += log;
        squares += log * log;
        ++count;
    }
    if (count < 5) return {.variance = 0, .freedom = 0};
    const double mean = sum / static_cast<double>(count);
    const double scatter = squares / static_cast<double>(count) - mean * mean - trigamma(freedom / 2);
    double half = 50;  // of the prior's degrees of freedom: trigamma(half) = scatter
    if (scatter > trigamma(50)) {
        double low = 0.05, high = 50;
        for (int i = 0; i < 60; ++i) {
            half = std::sqrt(low * high);
            (trigamma(half) > scatter ? low : high) = half;
        }
    }
    const double log_variance =
        mean - digamma(freedom / 2) + std::log(freedom / 2) + digamma(half) - std::log(half);
    return {.variance = std::exp(log_variance), .freedom = 2 * half};
}

std::size_t clean_spikes(std::span<double> values) {
    const std::size_t count = values.size();
    if (count < 7) return 0;
    std::vector<double> smooth(count), rough(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t first = std::min(i < 2 ? 0 : i - 2, count - 5);
        std::array<double, 5> window{};
        std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(first), 5, window.begin());
        smooth[i] = median(window);
        rough[i] = values[i] - smooth[i];
    }
    const double limit = 4 * std::max(spread(rough, 0), 1e-9);
    std::size_t far = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (std::abs(rough[i]) <= limit) continue;
        values[i] = smooth[i];
        if (std::abs(rough[i]) > 2 * limit) ++far;
    }
    return far;
}

}  // namespace culprit
