// The chat as a person has it: the built program on a pseudo-terminal, with a model server that others wrote.
#include <thread>

#include <signal.h>

#include "base/text.h"
#include "sessions/store.h"
#include "support/mock_model.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using test::Child;
using test::must;

constexpr std::string_view kFixtures = R"({"fixtures":[
 {"match":{"userMessage":"hello"},"response":{"content":"Hello, what got slower?"}},
 {"match":{"userMessage":"count"},"response":{"content":"one two three four five six seven eight nine ten"},
  "latency":150,"chunkSize":4},
 {"match":{"userMessage":"escape"},"response":{"content":"red \u001b[31m bell \u0007 done"}},
 {"match":{},"response":{"content":"Understood."}}
]})";

constexpr std::string_view kPrompt = "> ";

class ChatTest : public ::testing::Test {
  protected:
    ChatTest() : folder_(test::temporary_folder()), model_(kFixtures) {
        must(write_file(folder_.path() / "A.cs", "class A { }\n"));
    }

    test::ChildSettings settings(std::vector<std::string> arguments, bool on_terminal) const {
        std::vector<std::string> argv = {test::culprit_program()};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        return {.argv = argv,
                .folder = folder_.path(),
                .environment = {"OPENAI_BASE_URL=" + model_.url() + "/v1", "OPENAI_MODEL=mock",
                                "OPENAI_API_KEY=k", "TERM=xterm", "INPUTRC=/dev/null",
                                "HOME=" + folder_.path().string()},
                .on_terminal = on_terminal};
    }

    // The events of the newest session as lines.
    std::string log() const {
        std::vector<std::string> warnings;
        const auto sessions = SessionStore(folder_.path() / ".culprit").list(warnings);
        return sessions.empty() ? "" : must(read_file(sessions.front().place.log));
    }

    TemporaryFolder folder_;
    test::MockModel model_;
};

TEST_F(ChatTest, ABlankLineSendsAndABlankLineLeaves) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for("Enter a blank line to send"));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("hello\n");
    culprit.type("second line\n");
    std::this_thread::sleep_for(100ms);
    EXPECT_EQ(culprit.output().find("what got slower?\r\n"), std::string::npos)
        << "sent before the blank line";
    culprit.type("\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\n");
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_NE(log().find(R"("text":"hello\nsecond line")"), std::string::npos) << log();
}

TEST_F(ChatTest, CtrlDLeaves) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x04");
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_FALSE(fs::exists(folder_.path() / ".culprit")) << "nothing was said, so nothing is kept";
}

TEST_F(ChatTest, CtrlCDropsWhatWasTypedAndLeavesWhenNothingWas) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("first line\n");
    culprit.type("half a li");
    ASSERT_TRUE(culprit.wait_for("half a li"));
    culprit.type("\x03");
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("hello\n\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x03");
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_EQ(log().find("first line"), std::string::npos);
}

TEST_F(ChatTest, CtrlCStopsAnAnswerAndKeepsTheSession) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("count\n\n");
    ASSERT_TRUE(culprit.wait_for("two"));
    culprit.type("\x03");
    ASSERT_TRUE(culprit.wait_for("Stopped."));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    EXPECT_EQ(culprit.output().find("ten"), std::string::npos);
    culprit.type("hello\n\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x04");
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_NE(log().find(R"("type":"cancelled")"), std::string::npos);
}

TEST_F(ChatTest, PastedTextIsTakenWithItsBlankLines) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x1b[200~a paste\n\nwith blank lines\n\nof hello\x1b[201~");
    std::this_thread::sleep_for(300ms);
    EXPECT_EQ(culprit.output().find("Hello, what got slower?"), std::string::npos) << "a paste must not send";
    culprit.type("\n\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x04");
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_NE(log().find(R"(a paste\n\nwith blank lines\n\nof hello)"), std::string::npos) << log();
}

TEST_F(ChatTest, ResizingKeepsWhatWasTyped) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("hello from a small window");
    ASSERT_TRUE(culprit.wait_for("small window"));
    for (const int columns : {20, 132, 40}) {
        culprit.resize(columns, 10);
        std::this_thread::sleep_for(50ms);
    }
    culprit.type("\n\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x04");
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_NE(log().find(R"("text":"hello from a small window")"), std::string::npos) << log();
}

TEST_F(ChatTest, ControlCharactersOfTheModelAreShownNotObeyed) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("escape\n\n");
    ASSERT_TRUE(culprit.wait_for("red \\x1b[31m bell \\x07 done"));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x04");
    EXPECT_EQ(culprit.wait(), 0);
}

TEST_F(ChatTest, TheSameThroughAPipe) {
    Child culprit(settings({}, false));
    culprit.type("hello\n\nanything\nelse\n\nno blank line at the end");
    culprit.close_input();
    EXPECT_EQ(culprit.wait(), 0);
    const std::string& output = culprit.output();
    EXPECT_NE(output.find("Hello, what got slower?"), std::string::npos);
    const std::size_t second = output.find("Understood.");
    EXPECT_NE(output.find("Understood.", second + 1), std::string::npos) << output;
    EXPECT_NE(log().find(R"("text":"anything\nelse")"), std::string::npos) << log();
}

TEST_F(ChatTest, SignalsAtThePipeEndTheProgram) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        Child culprit(settings({}, false));
        ASSERT_TRUE(culprit.wait_for("Enter a blank line to send"));
        culprit.signal(number);
        EXPECT_EQ(culprit.wait(), 0) << number;
    }
}

TEST_F(ChatTest, AMegabyteThroughAPipeIsOneMessage) {
    Child culprit(settings({}, false));
    std::string text;
    while (text.size() < (1 << 20)) text += fmt::format("line {} of a long log\n", text.size());
    culprit.type(text + "\n");
    culprit.close_input();
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_NE(culprit.output().find("Understood."), std::string::npos);
    EXPECT_GT(log().size(), text.size());
}

TEST_F(ChatTest, ResumeShowsAndGoesOn) {
    {
        Child culprit(settings({}, false));
        culprit.type("hello\n\n");
        culprit.close_input();
        EXPECT_EQ(culprit.wait(), 0);
    }
    Child culprit(settings({"resume"}, false));
    culprit.type("and now\n\n");
    culprit.close_input();
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_NE(culprit.output().find("> hello\n\nHello, what got slower?"), std::string::npos)
        << culprit.output();
    EXPECT_NE(culprit.output().find("Understood."), std::string::npos) << culprit.output();
    EXPECT_NE(model_.journal().find("and now"), std::string::npos);
}

TEST_F(ChatTest, AfterKillNineEverythingThatWasShownIsThere) {
    {
        Child culprit(settings({}, true));
        ASSERT_TRUE(culprit.wait_for(kPrompt));
        culprit.type("count\n\n");
        ASSERT_TRUE(culprit.wait_for("three"));
        culprit.signal(SIGKILL);
        EXPECT_EQ(culprit.wait(), 128 + SIGKILL);
    }
    Child culprit(settings({"resume"}, false));
    culprit.type("hello\n\n");
    culprit.close_input();
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_NE(culprit.output().find("> count\n\none two three"), std::string::npos) << culprit.output();
    EXPECT_NE(culprit.output().find("Hello, what got slower?"), std::string::npos) << culprit.output();
}

TEST_F(ChatTest, TwoProcessesDoNotWriteOneSession) {
    Child first(settings({}, false));
    first.type("hello\n\n");
    ASSERT_TRUE(first.wait_for("Hello, what got slower?"));
    Child second(settings({"resume"}, false));
    EXPECT_EQ(second.wait(), 3);
    EXPECT_NE(second.output().find("is open in another culprit"), std::string::npos) << second.output();
}

}  // namespace
}  // namespace culprit
