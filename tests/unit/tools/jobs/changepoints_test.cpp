#include "tools/jobs/changepoints.h"

#include <cmath>
#include <random>

#include "support/support.h"

namespace culprit {
namespace {

using Points = std::vector<std::size_t>;

std::vector<double> noisy(std::size_t count, double sd, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<double> values(count);
    for (double& value : values) value = 100 * std::exp(sd * normal(random));
    return values;
}

TEST(ChangePoints, StepsAreFoundWhereTheyAre) {
    std::vector<double> values = noisy(300, 0.01, 1);
    for (std::size_t i = 100; i < 300; ++i) values[i] *= 1.05;
    for (std::size_t i = 220; i < 300; ++i) values[i] *= 0.9;
    EXPECT_EQ(change_points(values), (Points{100, 220}));
}

TEST(ChangePoints, NoiseSpikesAndDriftAreNone) {
    std::vector<double> values = noisy(300, 0.02, 2);
    EXPECT_EQ(change_points(values), Points{});
    for (std::size_t i = 20; i < 300; i += 40) values[i] *= 2;
    EXPECT_EQ(change_points(values), Points{});
    for (std::size_t i = 0; i < 300; ++i) values[i] *= std::exp(0.0001 * static_cast<double>(i));
    EXPECT_EQ(change_points(values), Points{});
}

TEST(ChangePoints, OddSeriesAreTakenAsTheyAre) {
    EXPECT_EQ(change_points({}), Points{});
    EXPECT_EQ(change_points(std::vector<double>(5, 1.0)), Points{});
    EXPECT_EQ(change_points(std::vector<double>(500, 0.0)), Points{});
    EXPECT_EQ(change_points(std::vector<double>(100, NAN)), Points{});
    std::vector<double> values(100, -3.0);
    for (std::size_t i = 40; i < 100; ++i) values[i] = 4;
    values[60] = NAN;
    values[70] = INFINITY;
    EXPECT_EQ(change_points(values), Points{40});
}

TEST(ChangePoints, LongSeriesEnd) {
    std::vector<double> values = noisy(3'000, 0.02, 3);
    for (std::size_t i = 2'000; i < values.size(); ++i) values[i] *= 1.02;
    const Points found = change_points(values);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NEAR(static_cast<double>(found[0]), 2'000, 10);
}

}  // namespace
}  // namespace culprit
