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
    for (std::size_t i = 0; i < 300; ++i) values[i] *= std::exp(0.003 * static_cast<double>(i));
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

TEST(ChangePoints, ARippleHidesNone) {
    std::vector<double> values = noisy(350, 0.01, 4);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] *= (1 + 0.04 * (i % 7 == 0)) * (i < 200 ? 1 : 1.012);
    const Points found = change_points(values);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NEAR(static_cast<double>(found[0]), 200, 3);
}

// Two layouts, a few runs in one, then a few in the other.
TEST(ChangePoints, FlipsBetweenTwoLevelsAreNone) {
    std::vector<double> values = noisy(400, 0.01, 5);
    std::mt19937 random(6);
    std::bernoulli_distribution flips(0.06);
    bool is_slow = false;
    for (double& value : values) {
        is_slow = is_slow != flips(random);
        value *= is_slow ? 1.05 : 1;
    }
    EXPECT_EQ(change_points(values), Points{});
    for (std::size_t i = 250; i < values.size(); ++i) values[i] *= 1.03;
    const Points found = change_points(values);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NEAR(static_cast<double>(found[0]), 250, 10);
}

// Cut into levels of one length, it would look like a ripple on stairs.
TEST(ChangePoints, ASteadyClimbIsNone) {
    for (const double noise : {0.0, 1e-5, 1e-3}) {
        for (const std::size_t count : {60U, 300U, 1'000U}) {
            std::vector<double> values = noisy(count, noise, 9);
            for (std::size_t i = 0; i < count; ++i) values[i] *= std::exp(0.01 * static_cast<double>(i));
            EXPECT_EQ(change_points(values), Points{}) << noise << " " << count;
        }
    }
}

TEST(ChangePoints, WhereALongClimbBeginsIsOne) {
    std::vector<double> values = noisy(300, 0.01, 7);
    for (std::size_t i = 120; i < values.size(); ++i)
        values[i] *= std::exp(0.004 * static_cast<double>(i - 120));
    const Points found = change_points(values);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NEAR(static_cast<double>(found[0]), 120, 12);
}

TEST(ChangePoints, LongSeriesEnd) {
    std::vector<double> values = noisy(60'000, 0.02, 3);
    for (std::size_t i = 20'000; i < values.size(); ++i) values[i] *= 1.02;
    const Points found = change_points(values);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NEAR(static_cast<double>(found[0]), 20'000, 10);
}

// A job after another, with only the tail at hand: as from scratch.
TEST(ChangePoints, ATailGivesWhatTheWholeGives) {
    std::vector<double> values = noisy(4'000, 0.02, 8);
    for (const std::size_t at : {30U, 700U, 1'030U, 1'500U, 1'510U, 3'100U, 3'950U}) {
        for (std::size_t i = at; i < values.size(); ++i) values[i] *= at % 20 == 10 ? 1.1 : 0.93;
    }
    values[1'024] = NAN;
    Settled settled;
    for (std::size_t count = 1; count <= values.size(); count += count % 1'024 < 4 ? 1 : 97) {
        const auto all = std::span(values).first(count);
        const Points found = change_points(all.subspan(settled.first), settled);
        ASSERT_EQ(found, change_points(all)) << count;
        EXPECT_LT(count - settled.first, 1'024U);
    }
    EXPECT_GT(settled.first, 2'000U);
}

}  // namespace
}  // namespace culprit
