#include "tools/run/run_verdict.h"

#include <cmath>
#include <random>
#include <vector>

#include "support/support.h"

namespace culprit {
namespace {

using test::must;

struct Sides {
    std::vector<double> before, after;
};

// Throughput with noise, a level that wanders from round to round, and now and then a run that was disturbed.
Sides measured(std::size_t rounds, double change, double noise, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    Sides sides;
    double level = 0;
    for (std::size_t i = 0; i < rounds; ++i) {
        level += noise * normal(random);
        const auto value = [&] {
            const double disturbed = random() % 12 == 0 ? -6 * noise * std::abs(normal(random)) : 0;
            return 100000 * std::exp(level + noise * normal(random) + disturbed);
        };
        sides.before.push_back(value());
        sides.after.push_back(value() * (1 + change));
    }
    return sides;
}

RunVerdict verdict_of(const Sides& sides, Better better = Better::Higher) {
    return must(compare_rounds(sides.before, sides.after, better, 0.05)).verdict;
}

TEST(RunVerdict, ARealChangeIsFoundAndNoneIsMadeUp) {
    int regressed = 0, improved = 0, alarms = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        regressed += verdict_of(measured(10, -0.2, 0.02, seed)) == RunVerdict::Regressed;
        improved += verdict_of(measured(10, 0.25, 0.02, seed)) == RunVerdict::Improved;
        const RunVerdict same = verdict_of(measured(10, 0, 0.02, seed));
        alarms += same == RunVerdict::Regressed || same == RunVerdict::Improved;
    }
    EXPECT_GE(regressed, 198);
    EXPECT_GE(improved, 198);
    EXPECT_LE(alarms, 2);
}

// As compare_runs does it: looks again after as many rounds more, while it is too noisy.
RunVerdict verdict_in_the_end(double change, double noise, unsigned seed) {
    for (std::size_t rounds = 10;; rounds *= 2) {
        const RunVerdict verdict = verdict_of(measured(rounds, change, noise, seed));
        if (verdict != RunVerdict::TooNoisy || rounds > 200) return verdict;
    }
}

TEST(RunVerdict, MoreRoundsTellWhatTenDoNot) {
    int regressed = 0, none = 0, alarms = 0;
    for (unsigned seed = 0; seed < 40; ++seed) {
        regressed += verdict_in_the_end(-0.15, 0.06, seed) == RunVerdict::Regressed;
        const RunVerdict same = verdict_in_the_end(0, 0.06, seed);
        none += same == RunVerdict::NoDifference;
        alarms += same == RunVerdict::Regressed || same == RunVerdict::Improved;
    }
    EXPECT_GE(regressed, 39);
    EXPECT_GE(none, 37);
    EXPECT_LE(alarms, 1);
}

TEST(RunVerdict, NoiseIsCalledNoiseWithTheRoundsThatWouldDo) {
    const auto found = must(
        compare_rounds(measured(8, 0, 0.2, 3).before, measured(8, 0, 0.2, 4).after, Better::Higher, 0.05));
    EXPECT_EQ(found.verdict, RunVerdict::TooNoisy);
    EXPECT_GT(found.more_rounds, 8);
}

TEST(RunVerdict, FewRoundsCarryNoVerdict) {
    const auto found = must(compare_rounds(std::vector<double>{100, 100, 100},
                                           std::vector<double>{50, 50, 50}, Better::Higher, 0.05));
    EXPECT_EQ(found.verdict, RunVerdict::TooNoisy);
    EXPECT_EQ(found.more_rounds, 3);
}

TEST(RunVerdict, WhichWayIsBetterDecides) {
    const Sides sides = measured(10, 0.5, 0.01, 1);
    EXPECT_EQ(verdict_of(sides, Better::Higher), RunVerdict::Improved);
    EXPECT_EQ(verdict_of(sides, Better::Lower), RunVerdict::Regressed);
}

TEST(RunVerdict, AChangeTooSmallToMatterIsNone) {
    const std::vector<double> before(10, 100.0), after(10, 102.0);
    const auto found = must(compare_rounds(before, after, Better::Lower, 0.05));
    EXPECT_EQ(found.verdict, RunVerdict::NoDifference);
    EXPECT_NEAR(found.change, 0.02, 1e-9);
}

TEST(RunVerdict, WhatCannotBeComparedIsRefused) {
    const std::vector<double> good = {1, 2}, zero = {1, 0}, one = {1};
    EXPECT_FALSE(compare_rounds(good, zero, Better::Lower, 0.05));
    EXPECT_FALSE(compare_rounds(good, one, Better::Lower, 0.05));
    EXPECT_FALSE(compare_rounds({}, {}, Better::Lower, 0.05));
    EXPECT_FALSE(compare_rounds(good, std::vector<double>{1, NAN}, Better::Lower, 0.05));
}

}  // namespace
}  // namespace culprit
