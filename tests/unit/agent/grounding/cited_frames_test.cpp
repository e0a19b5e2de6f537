#include "agent/grounding/cited_frames.h"

#include "support/support.h"

namespace culprit {
namespace {

constexpr std::string_view kWriteUp =
    "## Observed Behavior\n"
    "It is slow, at most 5 (five) a second.\n"
    "## Call Stack\n"
    "at Shop.Program.Main(string[]) (src/Program.cs:line 12) - starts\n"
    "- at `Shop.Pump.<Run>b__0(int, List<int>)` (Pump.cs:34)\n"
    "   at System.Threading.Thread.Start()\n"
    "  2. at Shop.Store..ctor() in /srv/src/Store.cs:line 7\n"
    "\n"
    "at System.Only.External(int)\n"
    "## Resolution\n"
    "none, see (Store.cs:line 9)\n";

std::string listed(const std::vector<CitedStack>& stacks) {
    std::string text;
    for (const CitedStack& stack : stacks) {
        for (const CitedFrame& frame : stack)
            text += frame.symbol + "|" + frame.file + "|" + std::to_string(frame.line) + "\n";
        text += "--\n";
    }
    return text;
}

TEST(CitedFrames, AreFoundInAnyFormAndOnlyWhereTheyAre) {
    EXPECT_EQ(listed(cited_stacks(kWriteUp)),
              "Shop.Program.Main|src/Program.cs|12\n"
              "Shop.Pump.<Run>b__0|Pump.cs|34\n"
              "System.Threading.Thread.Start||0\n"
              "Shop.Store..ctor|/srv/src/Store.cs|7\n--\n");
}

TEST(CitedFrames, TheNumberCanBeReplacedInPlace) {
    for (const CitedStack& stack : cited_stacks(kWriteUp)) {
        for (const CitedFrame& frame : stack) {
            if (frame.file.empty()) continue;
            EXPECT_EQ(kWriteUp.substr(frame.number_begin, frame.number_end - frame.number_begin),
                      std::to_string(frame.line));
        }
    }
}

TEST(CitedFrames, AVeryLongLineIsNoFrame) {
    EXPECT_TRUE(cited_stacks("at " + std::string(2'000'000, '(') + "(A.cs:line 1)\n").empty());
}

}  // namespace
}  // namespace culprit
