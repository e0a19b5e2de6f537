#include "tools/investigate/shift.h"

#include <set>

#include "support/support.h"
#include "tools/profile/formats/format.h"

namespace culprit {
namespace {

using test::must;

// Two profiles as collapsed stacks; functions whose names begin with "sys" are not the program's own.
class ShiftTest : public ::testing::Test {
  protected:
    Shift shift(std::string_view before, std::string_view after) {
        const Profile was = must(parse_profile(before, {})), is = must(parse_profile(after, {}));
        return must(find_shift(side(was), side(is),
                               {[this](std::string_view name) { return touched_.contains(name); },
                                [this](std::string_view from, std::string_view to) {
                                    return moved_.contains({std::string(from), std::string(to)});
                                }}));
    }
    static FunctionShift of(const Shift& shift, std::string_view name) {
        const auto found = std::ranges::find(shift.functions, name, &FunctionShift::name);
        return found == shift.functions.end() ? FunctionShift{} : *found;
    }

    std::set<std::string, std::less<>> touched_;
    std::set<std::pair<std::string, std::string>> moved_;

  private:
    static ShiftSide side(const Profile& profile) {
        ShiftSide side{.profile = &profile, .metric = profile.default_metric(), .names = {}};
        for (FrameId frame = 0; frame < profile.frames.size(); ++frame) {
            const std::string name = profile.full_name(frame);
            side.names.push_back(name.starts_with("sys") ? "" : name);
        }
        return side;
    }
};

TEST_F(ShiftTest, SharesThatShrinkBesideWhatGrewAreNoChange) {
    touched_ = {"slow"};
    const Shift found = shift("main;a 300\nmain;b 400\nmain;c 200\nmain;slow 100\n",
                              "main;a 150\nmain;b 200\nmain;c 100\nmain;slow 550\n");
    EXPECT_NEAR(found.scale, 2, 0.01);
    EXPECT_NEAR(of(found, "a").after, 0.3, 0.01);
    EXPECT_NEAR(of(found, "slow").before, 0.1, 0.01);
    EXPECT_NEAR(of(found, "slow").grew, 1.0, 0.01);
    EXPECT_NEAR(of(found, "b").grew, 0, 0.01);
}

TEST_F(ShiftTest, WhatGotFasterMakesNothingElseSlower) {
    touched_ = {"fast"};
    const Shift found =
        shift("main;a 300\nmain;b 200\nmain;fast 500\n", "main;a 600\nmain;b 400\nmain;fast 10\n");
    EXPECT_NEAR(of(found, "a").grew, 0, 0.01);
    EXPECT_NEAR(of(found, "b").grew, 0, 0.01);
}

TEST_F(ShiftTest, CodeOutsideCountsForItsCaller) {
    const Shift found = shift("main;a;sys1;sys2 300\nmain;b 700\n", "main;a;sys3 300\nmain;b;sys1 700\n");
    EXPECT_NEAR(of(found, "a").before, 0.3, 1e-9);
    EXPECT_NEAR(of(found, "a").after, 0.3, 1e-9);
    EXPECT_EQ(found.functions.size(), 3u);
}

TEST_F(ShiftTest, CostThatAFunctionHandsToOneThatItCallsIsNoGrowth) {
    touched_ = {"f", "helper"};
    const Shift found = shift("main;a 500\nmain;f 500\n", "main;a 500\nmain;f 100\nmain;f;helper 400\n");
    EXPECT_NEAR(of(found, "helper").grew, 0, 0.01);
    EXPECT_NEAR(found.cancelled, 0.4, 0.01);
    const Shift back = shift("main;a 500\nmain;f 100\nmain;f;helper 400\n", "main;a 500\nmain;f 520\n");
    EXPECT_NEAR(of(back, "f").grew, 0.02, 0.01) << "only what is more than the helper cost";
}

TEST_F(ShiftTest, CodeThatMovedBetweenSiblingsTakesItsCostAlong) {
    touched_ = {"f", "g"};
    const std::string_view before = "main;a 600\nmain;f 300\nmain;g 100\n",
                           after = "main;a 600\nmain;f 100\nmain;g 300\n";
    EXPECT_NEAR(of(shift(before, after), "g").grew, 0.2, 0.01);
    moved_ = {{"f", "g"}};
    EXPECT_NEAR(of(shift(before, after), "g").grew, 0, 0.01);
}

TEST_F(ShiftTest, RecursionIsOneFunction) {
    const Shift found = shift("main;r;r;r 100\nmain;r 100\nmain;a 300\n", "main;r;r 200\nmain;a 300\n");
    EXPECT_NEAR(of(found, "r").before_inclusive, 0.4, 1e-9);
    EXPECT_NEAR(of(found, "r").grew, 0, 1e-9);
}

TEST_F(ShiftTest, NothingToCompareIsAnError) {
    const Profile some = must(parse_profile("main;a 5\n", {}));
    Metric none{.name = "samples", .cells = {}};
    const ShiftSide good{.profile = &some, .metric = some.default_metric(), .names = {"main", "a"}};
    const ShiftSide empty{.profile = &some, .metric = &none, .names = {"main", "a"}};
    const ShiftRules rules{[](std::string_view) { return false; },
                           [](std::string_view, std::string_view) { return false; }};
    EXPECT_EQ(find_shift(good, empty, rules).error().fault, Fault::Invalid);
    EXPECT_EQ(find_shift(empty, good, rules).error().fault, Fault::Invalid);
}

}  // namespace
}  // namespace culprit
