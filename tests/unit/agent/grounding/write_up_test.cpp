#include "agent/grounding/write_up.h"

#include "base/text.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::must;

constexpr std::string_view kPump = R"(namespace Shop
{
    public class Pump
    {
        private readonly Store _store = new Store();

        public void Run(int count)
        {
            for (int i = 0; i < count; i++)
                Step(i);
        }

        private void Step(int i)
        {
            // nothing yet
            _store.Add(i);
            _store.Add("text");
        }

        public void Idle() { }
    }
}
)";
constexpr std::string_view kStore = R"(namespace Shop
{
    public class Store
    {
        public void Add(int item)
        {
            lock (this)
            {
                _count += item;
            }
        }

        public void Add(string item) => _count += item.Length;

        private int _count;
    }
}
)";

class GroundingTest : public ::testing::Test {
  protected:
    GroundingTest() : folder_(test::temporary_folder()) {
        must(write_file(folder_.path() / "shop/Pump.cs", kPump));
        must(write_file(folder_.path() / "shop/Data/Store.cs", kStore));
        must(roots_.add_source("shop", folder_.path() / "shop"));
    }

    // Status, line and reason of each frame.
    std::string checked(std::string_view text) {
        const Facts facts({});
        result_ = check_write_up(text, {facts, roots_, source_});
        std::string lines;
        for (const CheckedFrame& frame : result_.frames) {
            lines += fmt::format("{} {}", to_string(frame.status), frame.line);
            if (!frame.why.empty()) lines += ": " + frame.why;
            lines += "\n";
        }
        return lines;
    }

    TemporaryFolder folder_;
    Roots roots_;
    SourceIndex source_{roots_};
    Checked result_;
};

TEST_F(GroundingTest, ATrueStackIsVerifiedAndLeftAsItIs) {
    const std::string text =
        "at Shop.Pump.Run(int) (shop/Pump.cs:line 10)\n"
        "at Shop.Pump.Step(int) (Pump.cs:line 16) - adds\n"
        "at Shop.Store.Add(int) (Data/Store.cs:line 7) - locks";
    EXPECT_EQ(checked(text), "verified 10\nverified 16\nverified 7\n");
    EXPECT_EQ(result_.text, text);
    EXPECT_EQ(result_.repair_request, "");
    EXPECT_EQ(verdict_line({.frames = result_.frames}, true), "Call stack: 3 of 3 frames verified");
}

TEST_F(GroundingTest, ALineInTheMethodBecomesTheLineOfTheCall) {
    EXPECT_EQ(checked("at Shop.Pump.Run(int) (Pump.cs:line 7)\nat Shop.Pump.Step(int) (Pump.cs:line 16)"),
              "corrected 10: line 7 corrected: Shop.Pump.Step is called here\nverified 16\n");
    EXPECT_EQ(result_.text,
              "at Shop.Pump.Run(int) (Pump.cs:line 10)  [line 7 corrected: Shop.Pump.Step is called here]\n"
              "at Shop.Pump.Step(int) (Pump.cs:line 16)");
    EXPECT_EQ(result_.repair_request, "");
}

TEST_F(GroundingTest, WhatIsNotThereIsNotVerified) {
    EXPECT_EQ(checked("at Shop.Pump.Step(int) (Pimp.cs:line 16)"),
              "unverified 16: no file Pimp.cs is in the roots; Shop.Pump.Step is in shop/Pump.cs, lines 13 "
              "to 18\n");
    EXPECT_EQ(checked("at Shop.Pump.Jump(int) (Pump.cs:line 16)"),
              "unverified 16: no Shop.Pump.Jump is in the sources\n");
    EXPECT_EQ(checked("at Shop.Pimp.Step(int) (Pump.cs:line 16)"),
              "unverified 16: no Shop.Pimp.Step is in the sources; Shop.Pump.Step is in shop/Pump.cs, lines "
              "13 to 18\n");
    EXPECT_EQ(checked("at Shop.Pump.Step(int) (Store.cs:line 9)"),
              "unverified 9: Store.cs does not define Shop.Pump.Step; Shop.Pump.Step is in shop/Pump.cs, "
              "lines 13 to 18\n");
}

TEST_F(GroundingTest, ALineOutsideOfTheMethodOrWithoutCodeIsNotVerified) {
    EXPECT_EQ(checked("at Shop.Pump.Step(int) (Pump.cs:line 9)"),
              "unverified 9: line 9 does not lie in it; Shop.Pump.Step is in shop/Pump.cs, lines 13 to 18\n");
    EXPECT_EQ(checked("at Shop.Pump.Step(int) (Pump.cs:line 15)"), "unverified 15: line 15 holds no code\n");
    EXPECT_EQ(checked("at Shop.Pump.Step(int) (Pump.cs:line 13)"),
              "unverified 13: line 13 is where it begins, not the line that costs; Shop.Pump.Step is in "
              "shop/Pump.cs, lines "
              "13 to 18\n");
    EXPECT_EQ(checked("at Shop.Pump.Idle() (Pump.cs:line 20)"), "verified 20\n");
}

TEST_F(GroundingTest, AFrameThatDoesNotCallTheNextIsNotVerified) {
    EXPECT_EQ(checked("at Shop.Pump.Run(int) (Pump.cs:line 10)\nat Shop.Store.Add(int) (Store.cs:line 7)"),
              "unverified 10: it does not call Shop.Store.Add; it calls Step in line 10\nverified 7\n");
    EXPECT_EQ(result_.text,
              "at Shop.Pump.Run(int) (Pump.cs:line 10)  [unverified: it does not call Shop.Store.Add]\n"
              "at Shop.Store.Add(int) (Store.cs:line 7)");
    EXPECT_NE(result_.repair_request.find(
                  "- at Shop.Pump.Run (Pump.cs:line 10): it does not call Shop.Store.Add; it calls "
                  "Step in line 10\n"),
              std::string::npos);
    EXPECT_EQ(verdict_line({.frames = result_.frames}, true),
              "Call stack: 1 of 2 frames verified (0 corrected, 1 unverified)");
}

TEST_F(GroundingTest, CodeOutsideOfTheSourcesIsALinkByItsName) {
    EXPECT_EQ(checked("at Shop.Pump.Run(int) (Pump.cs:line 10)\nat Shop.Pump.Step(int)\nat System.X.Y()"),
              "verified 10\n");
    EXPECT_EQ(checked("at Shop.Pump.Run(int) (Pump.cs:line 10)\nat System.Threading.Thread.Sleep(int)"),
              "unverified 10: it does not call System.Threading.Thread.Sleep; it calls Step in line 10\n");
}

TEST_F(GroundingTest, TheSameProjectInTwoRootsIsNotMixedUp) {
    std::string changed(kPump);
    changed.insert(changed.find("    public class"), "    // moved down by two lines\n\n");
    must(write_file(folder_.path() / "new/Pump.cs", changed));
    must(write_file(folder_.path() / "new/Data/Store.cs", kStore));
    must(roots_.add_source("new", folder_.path() / "new"));
    EXPECT_EQ(
        checked("at Shop.Pump.Run(int) (new/Pump.cs:line 12)\nat Shop.Pump.Step(int) (new/Pump.cs:line 18)"),
        "verified 12\nverified 18\n");
    EXPECT_EQ(
        checked("at Shop.Pump.Run(int) (new/Pump.cs:line 10)\nat Shop.Pump.Step(int) (shop/Pump.cs:line 16)"),
        "unverified 10: it does not call Shop.Pump.Step; it calls Step in line 12\nverified 16\n");
    EXPECT_EQ(checked("at Shop.Pump.Run(int) (Pump.cs:line 12)\nat Shop.Pump.Step(int) (Pump.cs:line 18)"),
              "verified 12\nverified 18\n");
}

TEST_F(GroundingTest, TheArgumentsTellTheOverload) {
    EXPECT_EQ(checked("at Shop.Store.Add(string item) (Store.cs:line 7)"),
              "unverified 7: line 7 does not lie in it; Shop.Store.Add is in shop/Data/Store.cs, lines 13 to "
              "13\n");
    EXPECT_EQ(checked("at Shop.Store.Add(System.Int32) (Store.cs:line 7)"), "verified 7\n");
    EXPECT_EQ(checked("at Shop.Store.Add() (Store.cs:line 7)"), "verified 7\n");
    EXPECT_EQ(checked("at Shop.Store.Add(…) (Store.cs:line 7)"), "verified 7\n");
    EXPECT_EQ(
        checked("at Shop.Store.Add(int, int) (Store.cs:line 7)"),
        "unverified 7: it does not take (int, int); there is void Add(int item), void Add(string item)\n");
    EXPECT_EQ(checked("at Shop.Pump.Step(int) (Pump.cs:line 17)\nat Shop.Store.Add(int) (Store.cs:line 7)"),
              "corrected 16: line 17 corrected: Shop.Store.Add is called here\nverified 7\n");
}

TEST_F(GroundingTest, WriteUpsAreToldFromOtherAnswers) {
    EXPECT_TRUE(is_write_up("## Observed behavior\n## Root Cause Analysis\n## Call Stack\n"));
    EXPECT_TRUE(is_write_up("at A.B() (C.cs:line 3)"));
    EXPECT_TRUE(is_write_up("## Executive Summary\n## Issues by Severity\n## Root Causes\n## Risk\n"));
    EXPECT_FALSE(is_write_up("The root cause is at the top."));
    EXPECT_EQ(verdict_line({}, false),
              "Call stack: no frame is cited, as no source root is known; --root NAME=PATH names one.");
}

TEST_F(GroundingTest, ARepairReplacesTheFramesAlone) {
    EXPECT_EQ(with_repair("Head\nat A.B() (C.cs:line 3)\n\nat D.E() (C.cs:line 4)\nTail\n",
                          "Here it is:\nat A.B() (C.cs:line 5)\nat X.Y() (C.cs:line 6)\nDone."),
              "Head\nat A.B() (C.cs:line 5)\nat X.Y() (C.cs:line 6)\nTail\n");
    EXPECT_EQ(with_repair("Head\nat A.B() (C.cs:line 3)\n", "I cannot."), "Head\nat A.B() (C.cs:line 3)\n");
}

}  // namespace
}  // namespace culprit
