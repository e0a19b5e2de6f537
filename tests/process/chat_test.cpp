// What a chat does with what is said.
#include "chat.h"

#include <thread>

#include <signal.h>

#include "base/text.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using test::Child;
using test::kPrompt;
using test::must;

using ChatTest = test::ChatFixture;

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

TEST_F(ChatTest, UndoRetryForkAndReportWorkOnTheSession) {
    Child culprit(settings({}, false));
    culprit.type(
        "hello\n\nanything\n\n/undo\n/retry hello again\n/fork 1\n/remember the broker listens on port "
        "9092\n/forget broker\n/report out.html\n/save out.jsonl\n/quit\n");
    culprit.close_input();
    EXPECT_EQ(culprit.wait(), 0) << culprit.output();
    const std::string& output = culprit.output();
    EXPECT_NE(output.find("Taken back: anything"), std::string::npos) << output;
    EXPECT_NE(output.find("+ the broker listens on port 9092 ("), std::string::npos) << output;
    EXPECT_NE(output.find("- the broker listens on port 9092 ("), std::string::npos) << output;
    EXPECT_NE(must(read_file(folder_.path() / "out.html")).find("<blockquote>"), std::string::npos);
    EXPECT_NE(must(read_file(folder_.path() / "out.jsonl")).find("hello again"), std::string::npos);
    std::vector<std::string> warnings;
    EXPECT_EQ(SessionStore(folder_.path() / ".culprit").list(warnings).size(), 2u)
        << "the session and its fork";
}

TEST_F(ChatTest, RetryOfAPlaybookDoesWhatTheFirstDid) {
    must(write_file(folder_.path() / "list.txt",
                    must(read_file(test::source_path("tests/formats/tables/hot.perf-report.txt")))));
    Child first(settings({}, false));
    first.type("/topn list.txt --problem 'why sine'\n/retry\n/quit\n");
    first.close_input();
    EXPECT_EQ(first.wait(), 0) << first.output();
    // A session that goes on later knows it too.
    Child later(settings({"resume"}, false));
    later.type("/retry\n/quit\n");
    later.close_input();
    EXPECT_EQ(later.wait(), 0) << later.output();
    const std::string events = log();
    int calls = 0, undone = 0;
    for (const std::string_view line : split_lines(events)) {
        if (line.contains(R"("type":"tool")") && line.contains("explain_top")) ++calls;
        if (line.contains(R"("type":"undo")")) ++undone;
    }
    EXPECT_EQ(calls, 3) << first.output() << later.output();
    EXPECT_EQ(undone, 2);
    EXPECT_NE(events.find(R"("words":{"input":["list.txt"],"problem":["why sine"]})"), std::string::npos)
        << events;
}

TEST_F(ChatTest, WithoutAModelWhatIsAskedInWordsIsRemembered) {
    auto alone = settings({"--model", "investigator"}, false);
    Child culprit(alone);
    culprit.type("Please remember that the broker needs 4 s to start\n\nforget about broker\n\n");
    culprit.close_input();
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_NE(culprit.output().find("+ the broker needs 4 s to start ("), std::string::npos)
        << culprit.output();
    EXPECT_NE(culprit.output().find("- the broker needs 4 s to start ("), std::string::npos)
        << culprit.output();
}

TEST_F(ChatTest, APastedStackTraceIsLookedUp) {
    must(write_file(folder_.path() / "B.cs", "namespace N;\nclass B {\n  void F() { }\n}\n"));
    Child culprit(settings({"--root", "."}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type(
        "\x1b[200~hello, why?\n   at N.B.F()\n   at N.B.G(String s)\n   at N.C.Main()\n\x1b[201~\n\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    EXPECT_NE(culprit.output().find("explain_stack"), std::string::npos);
    EXPECT_NE(model_.journal().find("B.cs:3 N.B.F"), std::string::npos);
}

TEST_F(ChatTest, SessionsOfAllProjectsAreListed) {
    const auto other = test::temporary_folder();
    for (const fs::path& place : {folder_.path(), other.path()}) {
        auto in_place = settings({}, false);
        in_place.folder = place;
        Child culprit(in_place);
        culprit.type("hello from " + place.filename().string() + "\n\n");
        culprit.close_input();
        EXPECT_EQ(culprit.wait(), 0);
    }
    Child all(settings({"sessions", "--all"}, false));
    EXPECT_EQ(all.wait(), 0);
    for (const fs::path& place : {folder_.path(), other.path()})
        EXPECT_NE(all.output().find("hello from " + place.filename().string()), std::string::npos)
            << all.output();
}

TEST_F(ChatTest, SecretsAreMaskedBeforeTheyAreKept) {
    auto with_secret = settings({}, false);
    with_secret.environment.push_back("MY_SERVICE_TOKEN=correct-horse-battery");
    Child culprit(with_secret);
    culprit.type("hello sk-proj-abcdefghijklmnopqrstuvwxyz and correct-horse-battery\n\n");
    culprit.close_input();
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_NE(log().find("hello [masked] and [masked]"), std::string::npos) << log();
    EXPECT_EQ(model_.journal().find("correct-horse"), std::string::npos);
}

TEST_F(ChatTest, SessionsAreFoundByWhatWasSaid) {
    Child culprit(settings({}, false));
    culprit.type("hello about the broker\n\n");
    culprit.close_input();
    EXPECT_EQ(culprit.wait(), 0);
    Child found(settings({"sessions", "THE broker"}, false));
    EXPECT_EQ(found.wait(), 0);
    EXPECT_NE(found.output().find("turn 1: hello about the broker"), std::string::npos) << found.output();
    Child none(settings({"sessions", "nothing of it"}, false));
    EXPECT_EQ(none.wait(), 0);
    EXPECT_NE(none.output().find("No session has that."), std::string::npos);
}

// A scripted session, killed at moments that are spread over it; CULPRIT_KILLS sets how many. Whatever was
// shown is in the log or beside it, and the session resumes.
TEST_F(ChatTest, KilledAtAnyMomentNothingThatWasShownIsLost) {
    const char* wanted = std::getenv("CULPRIT_KILLS");
    const int kills = wanted ? std::atoi(wanted) : 6;
    for (int i = 0; i < kills; ++i) {
        const auto place = test::temporary_folder();
        auto in_place = settings({}, false);
        in_place.folder = place.path();
        std::string shown;
        {
            Child culprit(in_place);
            culprit.type("hello\n\ncount\n\nhello\n\n");
            ASSERT_TRUE(culprit.wait_for("Enter a blank line to send"));
            std::this_thread::sleep_for(std::chrono::milliseconds(2500 * i / std::max(kills, 1)));
            culprit.signal(SIGKILL);
            culprit.wait();
            shown = culprit.output();
        }
        std::vector<std::string> warnings;
        if (SessionStore(place.path() / ".culprit").list(warnings).empty()) {
            EXPECT_EQ(shown.find("Hello, what"), std::string::npos) << "kill " << i << " lost the session";
            continue;
        }
        auto again = settings({"resume"}, false);
        again.folder = place.path();
        Child resumed(again);
        resumed.close_input();
        EXPECT_EQ(resumed.wait(), 0) << resumed.output();
        const std::string_view answer = std::string_view(shown).substr(shown.find("leaves.") + 7);
        for (const std::string_view line : split_lines(answer))
            EXPECT_NE(resumed.output().find(trim(line)), std::string::npos)
                << "kill " << i << " lost: " << line << "\nresumed:\n"
                << resumed.output();
    }
}

}  // namespace
}  // namespace culprit
