#include "agent/grounding/gate.h"

#include "base/text.h"
#include "support/support.h"

namespace culprit {
namespace {

constexpr std::string_view kWriteUp =
    "I looked at both runs.\n"
    "## Observed Behavior\n"
    "Orders wait: 12.0 % -> 61.3 % in Store.Add [E3].\n"
    "The rest is as it was.\n"
    "## Call Stack\n"
    "at Shop.Program.Main() (Program.cs:line 4)\n"
    "at Shop.Store.Add(int) (Store.cs:line 7)\n";

AnswerGate gate_that(bool shows) {
    return AnswerGate([=](std::string_view) { return shows; });
}

TEST(AnswerGate, LetsEverythingThroughUpToTheFirstFrameHoweverItIsCut) {
    const std::size_t first = kWriteUp.find("at Shop.Program");
    for (std::size_t size = 1; size < kWriteUp.size(); ++size) {
        AnswerGate gate = gate_that(true);
        std::string open;
        for (std::size_t at = 0; at < kWriteUp.size(); at += size)
            open += gate.feed(kWriteUp.substr(at, size));
        EXPECT_EQ(open, kWriteUp.substr(0, first)) << size;
        EXPECT_EQ(gate.passed(), first);
        EXPECT_EQ(gate.take_held(), kWriteUp.substr(first));
    }
}

TEST(AnswerGate, HoldsFromTheFirstLineThatMayNotBeShown) {
    const std::size_t claim = kWriteUp.find("12.0");
    for (std::size_t size = 1; size < kWriteUp.size(); ++size) {
        AnswerGate gate([](std::string_view text) { return !text.ends_with("[E3]."); });
        std::string open;
        for (std::size_t at = 0; at < kWriteUp.size(); at += size)
            open += gate.feed(kWriteUp.substr(at, size));
        EXPECT_TRUE(open.size() <= claim && kWriteUp.starts_with(open)) << size << ": " << open;
        EXPECT_EQ(open + gate.take_held(), kWriteUp);
    }
}

TEST(AnswerGate, AsksOncePerLine) {
    int asked = 0;
    AnswerGate gate([&](std::string_view) { return ++asked > 0; });
    for (const char c : kWriteUp.substr(0, kWriteUp.find("at Shop.Program")))
        gate.feed(std::string_view(&c, 1));
    EXPECT_EQ(asked, 4);  // the lines from the first heading on
}

TEST(AnswerGate, ProseStreamsWordByWord) {
    AnswerGate gate = gate_that(false);
    EXPECT_EQ(gate.feed("The lo"), "The lo");
    EXPECT_EQ(gate.feed("ck\nat "), "ck\n");
    EXPECT_EQ(gate.feed("the end\nof"), "at the end\nof");
}

TEST(AnswerGate, OfAWriteUpTheClaimWaitsForItsLine) {
    AnswerGate gate = gate_that(true);
    gate.feed("## Observed Behavior\n");
    EXPECT_EQ(gate.feed("Orders wait for 1"), "Orders wait for ");
    EXPECT_EQ(gate.feed("2 ms in Store.Add\nmore wo"), "12 ms in Store.Add\nmore ");
}

TEST(AnswerGate, AVeryLongLineIsNoFrame) {
    const std::string line = "at " + std::string(2'000'000, '(') + "(A.cs:line 1)\n";
    EXPECT_EQ(gate_that(true).feed(line).size(), line.size());
}

}  // namespace
}  // namespace culprit
