#include "tools/jobs/segmentation.h"

#include <cmath>
#include <random>

#include "support/support.h"

namespace culprit {
namespace {

// Levels that change now and then, or a random walk, with noise of one.
std::vector<double> made_up(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    const double chance = seed % 3 == 0 ? 0 : seed % 3 == 1 ? 0.05 : 1;
    std::vector<double> series(count);
    double level = 0;
    for (double& value : series) {
        if (uniform(random) < chance) level += (chance == 1 ? 0.3 : 4) * normal(random);
        value = level + normal(random);
    }
    return series;
}

double cost(std::span<const double> series, const Starts& starts, Course course, double penalty) {
    double squares = 0;
    for (const double value : residuals(series, starts, course)) squares += value * value;
    return squares + penalty * static_cast<double>(starts.size());
}

// By trying every last segment for every end.
double least_cost(std::span<const double> series, std::size_t shortest, Course course, double penalty) {
    std::vector<double> least(series.size() + 1, INFINITY);
    least[0] = -penalty;
    for (std::size_t end = shortest; end <= series.size(); ++end) {
        for (std::size_t first = 0; first + shortest <= end; ++first) {
            if (std::isinf(least[first])) continue;
            const double last = cost(series.subspan(first, end - first), {}, course, penalty);
            least[end] = std::min(least[end], least[first] + last + penalty);
        }
    }
    return least.back();
}

TEST(Segmentation, IsTheBestOfAll) {
    for (unsigned seed = 0; seed < 24; ++seed) {
        const std::vector<double> series = made_up(20 + 4 * seed, seed);
        LevelSearch search(series);
        for (const double penalty : {0.5, 3.0, 10.0, 60.0, 1e4}) {
            const Starts levels = search.best(penalty);
            EXPECT_NEAR(cost(series, levels, Course::Level, penalty),
                        least_cost(series, LevelSearch::kShortest, Course::Level, penalty), 1e-6)
                << seed << " " << penalty;
            const Starts lines = best_lines(series, penalty);
            EXPECT_NEAR(cost(series, lines, Course::Line, penalty),
                        least_cost(series, 5, Course::Line, penalty), 1e-6)
                << seed << " " << penalty;
        }
    }
}

TEST(Segmentation, NoiseIsWhatTheSegmentsLeave) {
    std::vector<double> series(4'000);
    std::mt19937 random(7);
    std::normal_distribution<double> normal;
    double last = 0;
    for (std::size_t i = 0; i < series.size(); ++i) {
        last = 0.6 * last + 0.8 * normal(random);
        series[i] = last + (i < 1'500 ? 0 : 5);
    }
    const Starts starts = {1'500};
    const Noise noise = noise_of(residuals(series, starts, Course::Level), starts, Course::Level);
    EXPECT_NEAR(noise.variance, 1, 0.1);
    EXPECT_NEAR(noise.rho, 0.6, 0.05);
    EXPECT_NEAR(noise.long_run(), noise.variance * 4, 1);
}

}  // namespace
}  // namespace culprit
