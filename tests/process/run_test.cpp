// Running commands as a person has it: `culprit run`, and a model's calls in a chat on a pseudo-terminal.
#include <thread>

#include <signal.h>

#include "base/process.h"
#include "base/text.h"
#include "sessions/store.h"
#include "support/mock_model.h"
#include "tools/run/sandbox.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using test::Child;
using test::must;

// A turn of the mock: the message named `name` brings one call, its result brings `Done with NAME.`
std::string turn(std::string_view name, std::string_view tool, std::string_view arguments) {
    return fmt::format(
        R"({{"match":{{"userMessage":"{0}","turnIndex":0}},"response":{{"toolCalls":[{{"id":"c","name":"{1}","arguments":{2}}}]}}}},
           {{"match":{{"userMessage":"{0}","turnIndex":1}},"response":{{"content":"Done with {0}."}}}},)",
        name, tool, arguments);
}

std::string fixtures() {
    return R"({"fixtures":[)" + turn("simple", "run_command", R"({"command":"echo one-$((1)); echo two"})") +
           turn("plain", "run_command", R"({"command":"./say.sh loud"})") +
           turn("long", "run_command", R"({"command":"echo begun; sleep 1234.5; echo never"})") +
           turn("server", "run_command", R"({"command":"echo up; exec sleep 1234.5","background":true})") +
           turn("network", "run_command", R"({"command":"./say.sh net","network":true})") +
           R"({"match":{},"response":{"content":"Understood."}}]})";
}

bool runs(std::string_view words) {
    const auto found = run({.argv = {"pgrep", "-f", std::string(words)}}, {});
    return found && found->exit_code == 0;
}

// Until it is gone, or a minute is over.
bool is_gone(std::string_view words) {
    for (int i = 0; i < 600 && runs(words); ++i) std::this_thread::sleep_for(100ms);
    return !runs(words);
}

class RunTest : public ::testing::Test {
  protected:
    RunTest() : folder_(test::temporary_folder()) {
        must(write_file(project() / "say.sh", "#!/bin/sh\necho \"said $1\"\n"));
        fs::permissions(project() / "say.sh", fs::perms::owner_all);
        must(make_folder(project() / ".git"));
        must(make_folder(home()));
    }
    fs::path project() const { return fs::canonical(folder_.path()) / "project"; }
    fs::path home() const { return fs::canonical(folder_.path()) / "home"; }

    test::ChildSettings settings(std::vector<std::string> arguments, bool on_terminal) {
        std::vector<std::string> argv = {test::culprit_program()};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        std::vector<std::string> environment = {"TERM=xterm", "INPUTRC=/dev/null", "NO_COLOR=1",
                                                "HOME=" + home().string(), "XDG_CONFIG_HOME="};
        if (model_)
            for (std::string each : {"OPENAI_BASE_URL=" + model_->url() + "/v1",
                                     std::string("OPENAI_MODEL=mock"), std::string("OPENAI_API_KEY=k")})
                environment.push_back(std::move(each));
        return {.argv = argv, .folder = project(), .environment = environment, .on_terminal = on_terminal};
    }
    void start_model() { model_.emplace(fixtures()); }

    struct Ran {
        int code;
        std::string output;
    };
    Ran culprit(std::vector<std::string> arguments) {
        Child child(settings(std::move(arguments), false));
        child.close_input();
        const int code = child.wait(60s);
        return {code, child.output()};
    }

    std::string log() const {
        std::vector<std::string> warnings;
        const auto sessions = SessionStore(project() / ".culprit").list(warnings);
        return sessions.empty() ? "" : must(read_file(sessions.front().place.log));
    }

    std::optional<test::MockModel> model_;
    TemporaryFolder folder_;
};

TEST_F(RunTest, TheCommandLineRunsWhatWasTyped) {
    const Ran ran = culprit({"run", "--", "sh", "-c", "echo out; echo err >&2; exit 3"});
    EXPECT_EQ(ran.code, 1) << ran.output;
    EXPECT_TRUE(ran.output.contains("out\n")) << ran.output;
    EXPECT_TRUE(ran.output.contains("err\n")) << ran.output;
    EXPECT_TRUE(ran.output.contains("exit code 3 after ")) << ran.output;
    EXPECT_EQ(culprit({"run", "--", "./say.sh", "x"}).code, 0);
    EXPECT_EQ(culprit({"run", "--", "no-such-program"}).code, 3);
    EXPECT_EQ(culprit({"run"}).code, 2);
    EXPECT_EQ(culprit({"run", "--command", "exit 0"}).code, 0);
    const Ran json = culprit({"--format", "json", "run", "--", "true"});
    EXPECT_TRUE(json.output.contains("\"exit_code\": 0")) << json.output;
}

TEST_F(RunTest, WhatWasNotGrantedIsNotWritten) {
    if (!Sandbox().problem().empty()) GTEST_SKIP() << Sandbox().problem();
    EXPECT_EQ(culprit({"run", "--command", "touch here"}).code, 1);
    EXPECT_FALSE(fs::exists(project() / "here"));
    EXPECT_EQ(culprit({"run", "--write", ".", "--command", "touch here"}).code, 0);
    EXPECT_TRUE(fs::exists(project() / "here"));
}

TEST_F(RunTest, WithoutATerminalARuleIsNeeded) {
    start_model();
    const bool is_boxed = Sandbox().problem().empty();
    const Ran refused = culprit({"ask", "plain"});
    EXPECT_EQ(refused.code, 0) << refused.output;
    EXPECT_TRUE(log().contains("no rule allows it")) << log();
    EXPECT_TRUE(log().contains(is_boxed ? "--allow ./say.sh" : "--allow './say.sh +unconfined'")) << log();
    EXPECT_FALSE(log().contains("said loud"));
    culprit({"--allow", is_boxed ? "./say.sh" : "./say.sh +unconfined", "ask", "plain"});
    EXPECT_TRUE(log().contains("said loud")) << log();
    EXPECT_TRUE(log().contains("allows it\"")) << log();
    const Ran denied = culprit({"--allow", "run_command +unconfined", "ask", "plain"});
    EXPECT_TRUE(log().contains("said loud")) << denied.output;
}

TEST_F(RunTest, AProjectDeniesButDoesNotAllow) {
    start_model();
    must(write_file(project() / "culprit.toml", "[run]\nallow = [\"*\"]\n"));
    const Ran refused = culprit({"ask", "plain"});
    EXPECT_TRUE(refused.output.contains("'allow' counts in your own culprit.toml alone")) << refused.output;
    EXPECT_FALSE(log().contains("said loud"));
    must(write_file(home() / ".config/culprit/culprit.toml", "[run]\nallow = [\"* +unconfined\"]\n"));
    must(write_file(project() / "culprit.toml", "[run]\ndeny = [\"./say.sh\"]\n"));
    culprit({"ask", "plain"});
    EXPECT_TRUE(log().contains("denies it")) << log();
    EXPECT_FALSE(log().contains("said loud"));
}

class RunChatTest : public RunTest {
  protected:
    RunChatTest() { start_model(); }

    // Sends the message and waits for the question.
    bool is_asked(Child& culprit, std::string_view message) {
        culprit.type(fmt::format("{}\n\n", message));
        return culprit.wait_for("wants to run:", 60s) && culprit.wait_for("? ", 60s);
    }
};

TEST_F(RunChatTest, YesRunsItAndShowsItsOutput) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for("> ", 60s));
    ASSERT_TRUE(is_asked(culprit, "simple")) << culprit.output();
    EXPECT_TRUE(culprit.output().contains("echo one-$((1)); echo two")) << culprit.output();
    culprit.type("y\n");
    ASSERT_TRUE(culprit.wait_for("│ one-1", 60s)) << culprit.output();
    ASSERT_TRUE(culprit.wait_for("Done with simple.", 60s)) << culprit.output();
    EXPECT_TRUE(log().contains("\"why\":\"the person said yes\"")) << log();
    EXPECT_TRUE(log().contains("\"shown\":\"  echo one-")) << log();
    EXPECT_TRUE(log().contains("exit code 0 after")) << log();
}

TEST_F(RunChatTest, TheReasonForANoReachesTheModel) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for("> ", 60s));
    ASSERT_TRUE(is_asked(culprit, "simple"));
    culprit.type("no, use the benchmark instead\n");
    ASSERT_TRUE(culprit.wait_for("Done with simple.", 60s)) << culprit.output();
    EXPECT_TRUE(log().contains("the person said no: use the benchmark instead")) << log();
    EXPECT_TRUE(model_->journal().contains("use the benchmark instead"));
    EXPECT_FALSE(log().contains("one-1"));
}

TEST_F(RunChatTest, AlwaysAsksOnceAndCountsInTheNextSession) {
    {
        Child culprit(settings({}, true));
        ASSERT_TRUE(culprit.wait_for("> ", 60s));
        ASSERT_TRUE(is_asked(culprit, "plain"));
        EXPECT_TRUE(culprit.output().contains("always: ./say.sh")) << culprit.output();
        culprit.type("a\n");
        ASSERT_TRUE(culprit.wait_for("Done with plain.", 60s)) << culprit.output();
        ASSERT_TRUE(culprit.wait_for("> ", 60s));  // keys before the prompt are no wish to leave
        culprit.type("\n");
        EXPECT_EQ(culprit.wait(60s), 0);
    }
    EXPECT_TRUE(must(read_file(home() / ".config/culprit/allowed.toml")).contains("./say.sh"));
    {
        Child again(settings({}, true));
        ASSERT_TRUE(again.wait_for("> ", 60s));
        again.type("plain\n\n");
        ASSERT_TRUE(again.wait_for("Done with plain.", 60s)) << again.output();
        EXPECT_FALSE(again.output().contains("wants to run")) << again.output();
    }
    if (!Sandbox().problem().empty()) return;
    Child more(settings({}, true));  // what needs more than that is asked about
    ASSERT_TRUE(more.wait_for("> ", 60s));
    EXPECT_TRUE(is_asked(more, "network")) << more.output();
}

TEST_F(RunChatTest, ACommandCanBeEditedBeforeItRuns) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for("> ", 60s));
    ASSERT_TRUE(is_asked(culprit, "plain"));
    culprit.type("e\n");
    ASSERT_TRUE(culprit.wait_for("edit: ./say.sh loud", 60s)) << culprit.output();
    culprit.type("er\n");
    ASSERT_TRUE(culprit.wait_for("Done with plain.", 60s)) << culprit.output();
    EXPECT_TRUE(log().contains("said louder")) << log();
    EXPECT_TRUE(log().contains("the engineer changed the call")) << log();
}

TEST_F(RunChatTest, CtrlCAtTheQuestionStopsTheTurn) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for("> ", 60s));
    ASSERT_TRUE(is_asked(culprit, "simple"));
    culprit.type("\x03");
    ASSERT_TRUE(culprit.wait_for("Stopped.", 60s)) << culprit.output();
    EXPECT_FALSE(log().contains("one-1"));
    culprit.type("hello\n\n");
    EXPECT_TRUE(culprit.wait_for("Understood.", 60s)) << culprit.output();
}

TEST_F(RunChatTest, CtrlCEndsTheCommandAndKeepsItsOutput) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for("> ", 60s));
    ASSERT_TRUE(is_asked(culprit, "long"));
    culprit.type("y\n");
    ASSERT_TRUE(culprit.wait_for("│ begun", 60s)) << culprit.output();
    culprit.type("\x03");
    ASSERT_TRUE(culprit.wait_for("Stopped.", 60s)) << culprit.output();
    EXPECT_TRUE(is_gone("sleep 1234.5"));
    EXPECT_TRUE(log().contains("its output until then is in artifacts/run-1.txt")) << log();
}

TEST_F(RunChatTest, NothingRunsOnWhenCulpritIsKilled) {
    if (!Sandbox().problem().empty()) GTEST_SKIP() << Sandbox().problem();
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for("> ", 60s));
    ASSERT_TRUE(is_asked(culprit, "long"));
    culprit.type("y\n");
    ASSERT_TRUE(culprit.wait_for("│ begun", 60s)) << culprit.output();
    culprit.signal(SIGKILL);
    culprit.wait(60s);
    EXPECT_TRUE(is_gone("sleep 1234.5"));
}

TEST_F(RunChatTest, WhatRunsInTheBackgroundEndsWithTheSession) {
    Child culprit(settings({}, true));
    ASSERT_TRUE(culprit.wait_for("> ", 60s));
    ASSERT_TRUE(is_asked(culprit, "server"));
    culprit.type("y\n");
    ASSERT_TRUE(culprit.wait_for("Done with server.", 60s)) << culprit.output();
    EXPECT_TRUE(log().contains("b1 runs in the background")) << log();
    EXPECT_TRUE(runs("sleep 1234.5"));
    ASSERT_TRUE(culprit.wait_for("> ", 60s));
    culprit.type("\n");
    EXPECT_EQ(culprit.wait(60s), 0);
    EXPECT_TRUE(is_gone("sleep 1234.5"));
}

}  // namespace
}  // namespace culprit
