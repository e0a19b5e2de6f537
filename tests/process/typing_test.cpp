// What is typed at the prompt of a chat, and while nobody reads it.
#include <thread>

#include <signal.h>

#include "base/process.h"
#include "base/text.h"
#include "chat.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using test::Child;
using test::kPrompt;
using test::must;

class TypingTest : public test::ChatFixture {
  protected:
    // A shell that controls jobs and leaves the terminal's modes as they are (dash), with `culprit` started
    // in it.
    test::ChildSettings in_a_shell() const {
        test::ChildSettings shell = settings({}, true);
        shell.argv = {"sh", "-i"};
        shell.environment.push_back("PS1=shell$ ");
        shell.environment.push_back("ENV=");
        return shell;
    }

    static void expect_modes_as_found(Child& shell) {
        const std::size_t from = shell.output().size();
        shell.type("stty -a; echo modes told\n");
        ASSERT_TRUE(shell.wait_for("echo modes told"));
        ASSERT_TRUE(shell.wait_for("modes told"));
        const std::string told = shell.output().substr(from);
        for (const std::string_view mode : {" icanon", " echo ", " icrnl", " -noflsh"})
            EXPECT_NE(told.find(mode), std::string::npos) << mode << " in\n" << told;
    }
};

TEST_F(TypingTest, CtrlCDropsWhatWasTypedAndLeavesWhenNothingWas) {
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

TEST_F(TypingTest, PastedTextIsTakenWithItsBlankLines) {
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

TEST_F(TypingTest, ResizingKeepsWhatWasTyped) {
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

TEST_F(TypingTest, EnterSendsWhereThatIsPreferredAndAltEnterBeginsALine) {
    Child culprit(settings({"--send-on", "enter"}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("hello\x1b\rsecond line\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x04");
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_NE(log().find(R"("text":"hello\nsecond line")"), std::string::npos) << log();
}

TEST_F(TypingTest, MessagesAreRecalledWholeInTheNextSession) {
    {
        Child culprit(settings({}, true));
        ASSERT_TRUE(culprit.wait_for(kPrompt));
        culprit.type("hello\nof two lines\n\n");
        ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
        ASSERT_TRUE(culprit.wait_for(kPrompt));
        culprit.type("\x04");
        EXPECT_EQ(culprit.wait(), 0);
    }
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x1b[A");
    ASSERT_TRUE(culprit.wait_for("of two lines"));
    culprit.type("\n\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x04");
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_NE(log().find(R"("text":"hello\nof two lines")"), std::string::npos) << log();
}

TEST_F(TypingTest, WhatCtrlCDroppedIsRecalled) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("hello of old");
    ASSERT_TRUE(culprit.wait_for("hello of old"));
    culprit.type("\x03");
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x1b[A");
    ASSERT_TRUE(culprit.wait_for("hello of old"));
    culprit.type("\n\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x04");
    EXPECT_EQ(culprit.wait(), 0);
}

TEST_F(TypingTest, WhatWasTypedWhenItWasKilledIsRecalled) {
    {
        Child culprit(settings({}, true));
        ASSERT_TRUE(culprit.wait_for(kPrompt));
        culprit.type("hello\n");
        ASSERT_TRUE(culprit.wait_for("  "));
        culprit.type("half typed");
        ASSERT_TRUE(culprit.wait_for("half typed"));
        std::this_thread::sleep_for(200ms);
        culprit.signal(SIGKILL);
        EXPECT_EQ(culprit.wait(), 128 + SIGKILL);
    }
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for("the Up key brings it back"));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x1b[A");
    ASSERT_TRUE(culprit.wait_for("half typed"));
    culprit.type("\n\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    EXPECT_NE(log().find(R"("text":"hello\nhalf typed")"), std::string::npos) << log();
}

TEST_F(TypingTest, TabCompletesCommandsAndPaths) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("/cont\t");
    ASSERT_TRUE(culprit.wait_for("/context "));
    culprit.type("\x15hello @A.\t");
    ASSERT_TRUE(culprit.wait_for("@A.cs "));
    culprit.type("\n\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x04");
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_NE(model_.journal().find("class A { }"), std::string::npos) << "what is attached is sent";
}

TEST_F(TypingTest, EditOpensTheEditor) {
    must(write_file(folder_.path() / "editor.sh", "#!/bin/sh\nprintf 'hello from the editor\\n' > \"$1\"\n"));
    fs::permissions(folder_.path() / "editor.sh", fs::perms::owner_all);
    auto with_editor = settings({}, true);
    with_editor.environment.push_back("VISUAL=" + (folder_.path() / "editor.sh").string());
    Child culprit(with_editor);
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("/edit\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    EXPECT_NE(log().find("hello from the editor"), std::string::npos);
}

TEST_F(TypingTest, SpacesAloneAreNoMessage) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("   \n");
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("\x1b[200~\n \n\x1b[201~\n");
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("hello\n\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    EXPECT_EQ(log().find(R"("type":"user")"), log().rfind(R"("type":"user")")) << log();
}

TEST_F(TypingTest, KeysDuringAnAnswerAreNotEchoedAndWaitForThePrompt) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("count\n\n");
    ASSERT_TRUE(culprit.wait_for("two"));
    culprit.type("hello typed\rahead\x7f\x7f");
    ASSERT_TRUE(culprit.wait_for("ten"));
    const std::string until_ten = culprit.output().substr(0, culprit.output().find(" ten"));
    EXPECT_EQ(until_ten.find("typed"), std::string::npos) << until_ten;
    ASSERT_TRUE(culprit.wait_for("> hello typed"));
    culprit.type("\n\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
    EXPECT_NE(log().find(R"("text":"hello typed\nahe")"), std::string::npos) << log();
}

TEST_F(TypingTest, WhoIsImpatientDoesNotLeaveAfterTheAnswer) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("count\n\n");
    ASSERT_TRUE(culprit.wait_for("two"));
    culprit.type("\r\r \r");
    ASSERT_TRUE(culprit.wait_for("ten"));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("hello\n\n");
    ASSERT_TRUE(culprit.wait_for("Hello, what got slower?"));
}

TEST_F(TypingTest, CtrlCDuringAnAnswerKeepsWhatWasTyped) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("count\n\n");
    ASSERT_TRUE(culprit.wait_for("two"));
    culprit.type("hello kept\x03");
    ASSERT_TRUE(culprit.wait_for("Stopped."));
    ASSERT_TRUE(culprit.wait_for("hello kept"));
}

TEST_F(TypingTest, AQuestionIsNotAnsweredByWhatWasTypedBefore) {
    Child culprit(settings({"--root", "."}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("stubborn\n\ny\n");
    ASSERT_TRUE(culprit.wait_for("wants to run"));
    ASSERT_TRUE(culprit.wait_for("? "));
    culprit.type("n\n");
    ASSERT_TRUE(culprit.wait_for("the person said no"));
    ASSERT_TRUE(culprit.wait_for("Understood."));
    ASSERT_TRUE(culprit.wait_for("> y"));
}

TEST_F(TypingTest, CtrlZGivesTheTerminalBackAndFgGoesOn) {
    Child shell(in_a_shell());
    ASSERT_TRUE(shell.wait_for("shell$ "));
    shell.type(test::culprit_program().string() + "\n");
    ASSERT_TRUE(shell.wait_for("leaves."));
    ASSERT_TRUE(shell.wait_for(kPrompt));
    shell.type("hello");
    ASSERT_TRUE(shell.wait_for("hello"));
    shell.type("\x1a");
    ASSERT_TRUE(shell.wait_for("shell$ "));
    expect_modes_as_found(shell);
    shell.type("fg\n");
    ASSERT_TRUE(shell.wait_for("> hello"));
    shell.type(" again\n\n");
    ASSERT_TRUE(shell.wait_for("Hello, what got slower?"));
    ASSERT_TRUE(shell.wait_for(kPrompt));
    EXPECT_NE(log().find(R"("text":"hello again")"), std::string::npos) << log();
    shell.type("count\n\n");
    ASSERT_TRUE(shell.wait_for("two"));
    shell.type("\x1a");
    ASSERT_TRUE(shell.wait_for("shell$ "));
    expect_modes_as_found(shell);
    shell.type("fg\n");
    ASSERT_TRUE(shell.wait_for("ten"));
    ASSERT_TRUE(shell.wait_for(kPrompt));
    shell.type("\x04");
    ASSERT_TRUE(shell.wait_for("shell$ "));
    expect_modes_as_found(shell);
}

TEST_F(TypingTest, ASecondCtrlCLeavesTheTerminalAsItWas) {
    Child shell(in_a_shell());
    ASSERT_TRUE(shell.wait_for("shell$ "));
    shell.type(test::culprit_program().string() + " --root .; echo code $?\n");
    ASSERT_TRUE(shell.wait_for("leaves."));
    ASSERT_TRUE(shell.wait_for(kPrompt));
    shell.type("stubborn\n\n");
    ASSERT_TRUE(shell.wait_for("wants to run"));
    ASSERT_TRUE(shell.wait_for("? "));
    shell.type("y\n");
    ASSERT_TRUE(shell.wait_for("now it runs"));
    shell.type("\x03");
    std::this_thread::sleep_for(300ms);
    shell.type("\x03");
    ASSERT_TRUE(shell.wait_for("code 130"));
    expect_modes_as_found(shell);
}

TEST_F(TypingTest, ACrashLeavesTheTerminalAsItWas) {
    Child shell(in_a_shell());
    ASSERT_TRUE(shell.wait_for("shell$ "));
    shell.type("ulimit -c 0; " + test::culprit_program().string() + "\n");
    ASSERT_TRUE(shell.wait_for("leaves."));
    ASSERT_TRUE(shell.wait_for(kPrompt));
    shell.type("count\n\n");
    ASSERT_TRUE(shell.wait_for("two"));
    shell.type("\x1c");
    ASSERT_TRUE(shell.wait_for("shell$ "));
    expect_modes_as_found(shell);
}

TEST_F(TypingTest, ACallThatIsAskedAboutCannotDisguiseItself) {
    Child culprit(settings({"--root", "."}, true));
    ASSERT_TRUE(culprit.wait_for(kPrompt));
    culprit.type("disguise\n\n");
    ASSERT_TRUE(culprit.wait_for("wants to run"));
    ASSERT_TRUE(culprit.wait_for("? "));
    const std::string& output = culprit.output();
    EXPECT_NE(output.find("echo \\x1b[31mred\\x1b]0;title\\x07"), std::string::npos) << output;
    EXPECT_EQ(output.find("\recho good"), std::string::npos) << output;
    EXPECT_EQ(output.find("\u202e"), std::string::npos) << output;
    culprit.type("n\n");
    ASSERT_TRUE(culprit.wait_for("Understood."));
    EXPECT_EQ(output.find("\x1b[31mred"), std::string::npos) << output;
    EXPECT_EQ(output.find("\x1b]0;"), std::string::npos) << output;
}

TEST_F(TypingTest, KeysDuringOneAnswerAreNotEchoed) {
    Child culprit(settings({"ask", "count"}, true));
    ASSERT_TRUE(culprit.wait_for("two"));
    culprit.type("typed ahead");
    EXPECT_EQ(culprit.wait(), 0);
    EXPECT_EQ(culprit.output().find("typed"), std::string::npos) << culprit.output();
}

}  // namespace
}  // namespace culprit
