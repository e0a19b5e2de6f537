#include "memory/entries.h"

#include <thread>

#include "base/text.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::must;

class EntriesTest : public ::testing::Test {
  protected:
    EntriesTest() : folder_(test::temporary_folder()), memory_(folder_.path() / "memory") {}
    Remembered keep(std::string_view text) { return must(remember(memory_, text, "2026-11-21", "E3")); }

    TemporaryFolder folder_;
    ProjectMemory memory_;
};

TEST_F(EntriesTest, AnEntryHasItsDateAndEvidence) {
    const Remembered done = keep("The broker is started by `scripts/kafka.sh`");
    EXPECT_TRUE(done.is_new);
    EXPECT_EQ(
        must(memory_.view("MEMORY.md")),
        "# What this project has taught\n\n- The broker is started by `scripts/kafka.sh` (2026-11-21; E3)\n");
    EXPECT_EQ(done.entry.line, 3u);
}

TEST_F(EntriesTest, TheSameIsNotKeptTwice) {
    keep("The broker is started by scripts/kafka.sh");
    const Remembered again = keep("the broker is started by  scripts/kafka.sh.");
    EXPECT_FALSE(again.is_new);
    EXPECT_EQ(memory_entries(memory_).size(), 1u);
}

TEST_F(EntriesTest, WhatMayContradictIsTold) {
    keep("The broker listens on port 9092");
    const Remembered other = keep("The broker listens on port 9093");
    ASSERT_EQ(other.against.size(), 1u);
    EXPECT_NE(other.against[0].text.find("9092"), std::string::npos);
    const Remembered denied = keep("The broker never listens on port 9093");
    EXPECT_FALSE(denied.against.empty());
}

TEST_F(EntriesTest, ForgettingTakesTheOneThatIsMeant) {
    keep("The broker listens on port 9092");
    keep("Stress tests live in tools/Stress");
    EXPECT_EQ(must(forget(memory_, "stress tests")).text,
              "Stress tests live in tools/Stress (2026-11-21; E3)");
    EXPECT_EQ(memory_entries(memory_).size(), 1u);
    EXPECT_EQ(forget(memory_, "nothing of the kind").error().fault, Fault::NotFound);
}

TEST_F(EntriesTest, SeveralThatAreMeantAreNamed) {
    keep("The broker listens on port 9092");
    keep("The broker is slow to start");
    const auto gone = forget(memory_, "broker");
    ASSERT_FALSE(gone);
    EXPECT_NE(gone.error().what.find("MEMORY.md:4 The broker is slow"), std::string::npos)
        << gone.error().what;
    EXPECT_EQ(memory_entries(memory_).size(), 2u);
}

TEST_F(EntriesTest, TwoSessionsLoseNothing) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([this, i] {
            ProjectMemory mine(folder_.path() / "memory");
            for (int n = 0; n < 10; ++n)
                must(remember(mine, fmt::format("fact{} of writer{}", n, i), "2026-11-21", ""));
        });
    }
    threads.clear();
    EXPECT_EQ(memory_entries(memory_).size(), 40u);
}

TEST_F(EntriesTest, NothingAndTooMuchAreRefused) {
    EXPECT_FALSE(remember(memory_, "  \n ", "2026-11-21", ""));
    EXPECT_FALSE(remember(memory_, std::string(5000, 'x'), "2026-11-21", ""));
    EXPECT_FALSE(remember(memory_, "fine", "2026-11-21", "", "../outside.md"));
}

}  // namespace
}  // namespace culprit
