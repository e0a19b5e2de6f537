// The loop under a model that says what a test has it say: mistakes, limits, calls side by side, a window
// that fills.
#include "agent/loop.h"

#include <barrier>
#include <deque>

#include "agent/console.h"
#include "base/text.h"
#include "support/support.h"
#include "tools/invoke.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using test::must;

class ScriptedModel : public Provider {
  public:
    std::deque<Result<Answer>> answers;
    std::vector<std::string> asked;  // the messages of each request
    ModelFacts window;

    std::string_view model() const override { return "scripted"; }
    ModelFacts facts() const override { return window; }
    Result<Answer> stream(const Request& request, const OnDelta& on_delta, std::stop_token) override {
        std::string text;
        for (const Message& message : request.messages) text += fmt::format("{}\n", message.text);
        asked.push_back(std::move(text));
        if (answers.empty()) return fail(Fault::Internal, "the script is over");
        auto answer = answers.front();
        if (answers.size() > 1) answers.pop_front();  // the last one comes again and again
        if (answer && !answer->text.empty()) on_delta(TextDelta{answer->text});
        return answer;
    }
};

class NotedTerminal : public SilentTerminal {
  public:
    std::string told, shown;
    void answer(std::string_view text) override { shown += text; }
    void notice(std::string_view text) override { told += fmt::format("{}\n", text); }
    void failure(std::string_view text) override { told += fmt::format("{}\n", text); }
};

Answer says(std::string_view text) { return {.text = std::string(text)}; }
Answer calls(std::vector<ToolCall> wanted, StopReason stop = StopReason::Calls) {
    return {.calls = std::move(wanted), .stop = stop};
}

class LoopTest : public ::testing::Test {
  protected:
    LoopTest() : folder_(test::temporary_folder()), project_{folder_.path()}, workspace_(project_) {
        must(write_file(folder_.path() / "tree/A.cs", "class A\n{\n    int Resolve() => 1;\n}\n"));
        must(session_.add_source("tree", folder_.path() / "tree"));
    }

    TurnEnd turn(std::string message = "why") {
        TurnParts parts{.session = session_,
                        .provider = model_,
                        .terminal = terminal_,
                        .tools = tools_,
                        .run_call = run_call_,
                        .judge = [this](const auto& tool, const auto& call, auto& bench,
                                        auto& terminal) { return consent_.judge(tool, call, bench, terminal); },
                        .limits = limits_};
        return must(run_turn(std::move(parts), std::move(message), {}));
    }

    // "E1 grep", "E2 grep !invalid": the results so far.
    std::string results() const {
        std::string text;
        for (const Event& event : session_.events()) {
            if (const auto* result = std::get_if<ToolResult>(&event.body))
                text += fmt::format("{} {}{}\n", result->evidence, result->tool,
                                    result->fault.empty() ? "" : " !" + result->fault);
        }
        return text;
    }
    const ToolResult& last_result() const {
        const ToolResult* last = nullptr;
        for (const Event& event : session_.events()) {
            if (const auto* result = std::get_if<ToolResult>(&event.body)) last = result;
        }
        return *last;
    }
    template <class T>
    int count() const {
        int number = 0;
        for (const Event& event : session_.events()) number += std::holds_alternative<T>(event.body);
        return number;
    }

    TemporaryFolder folder_;
    Project project_;
    Workspace workspace_;
    Clock clock_;
    Session session_{project_, workspace_, clock_};
    Toolbox tools_;
    std::vector<std::string> warnings_;
    Consent consent_{project_.folder, {}, warnings_};
    ScriptedModel model_;
    NotedTerminal terminal_;
    TurnLimits limits_;
    CallRunner run_call_ = [this](const ToolCall& call, std::string_view evidence, Workbench& bench) {
        return invoke(call, evidence, session_.place().artifacts, tools_, bench);
    };
};

TEST_F(LoopTest, MistakesAreAnsweredSoThatTheModelCanGoOn) {
    model_.answers = {
        calls({{"a", "nonsense", "{}"}, {"b", "grep", "no json"}, {"c", "grep", "{}"}, {"", "grep", "[]"}}),
        says("Done.")};
    EXPECT_EQ(turn(), TurnEnd::Answered);
    EXPECT_EQ(results(), "E1 nonsense !not_found\nE2 grep !invalid\nE3 grep !invalid\nE4 grep !invalid\n");
    for (const char* part :
         {"there is no tool 'nonsense'; there are: ", "the arguments of grep", "'pattern'"})
        EXPECT_NE(model_.asked.back().find(part), std::string::npos) << part << "\n" << model_.asked.back();
}

TEST_F(LoopTest, AnEmptyReplyIsAskedAboutTwiceThenTheTurnFails) {
    model_.answers = {Answer{}, says("There.")};
    EXPECT_EQ(turn(), TurnEnd::Answered);
    EXPECT_EQ(count<Nudged>(), 1);
    EXPECT_NE(model_.asked.back().find("Your reply was empty"), std::string::npos);
    model_.answers = {Answer{}};
    EXPECT_EQ(turn(), TurnEnd::Failed);
    EXPECT_EQ(count<Nudged>(), 3);
    EXPECT_NE(terminal_.told.find("the model said nothing"), std::string::npos);
}

TEST_F(LoopTest, ARefusalWithoutAWordIsAskedAboutAndNamed) {
    model_.answers = {Answer{.stop = StopReason::Refused}};
    EXPECT_EQ(turn(), TurnEnd::Failed);
    EXPECT_NE(terminal_.told.find("the model declined to reply"), std::string::npos);
}

TEST_F(LoopTest, ACallThatTheLimitOfLengthCutIsNotRun) {
    model_.answers = {
        calls({{"a", "grep", R"({"pattern":"A"})"}, {"b", "grep", R"({"patt)"}}, StopReason::Length),
        says("Done.")};
    EXPECT_EQ(turn(), TurnEnd::Answered);
    EXPECT_EQ(results(), "E1 grep\nE2 grep !invalid\n");
    EXPECT_NE(last_result().text.find("reached its limit of length"), std::string::npos);
}

TEST_F(LoopTest, TheSameCallAThirdTimeIsAHint) {
    const Answer again = calls({{"a", "grep", R"({"pattern":"Resolve"})"}});
    model_.answers = {again, again, again, says("Done.")};
    EXPECT_EQ(turn(), TurnEnd::Answered);
    EXPECT_EQ(results(), "E1 grep\nE2 grep\nE3 grep !denied\n");
    EXPECT_NE(last_result().text.find("(E1 and E2)"), std::string::npos) << last_result().text;
    model_.answers = {again, says("Done.")};
    turn();
    EXPECT_EQ(last_result().fault, "") << "another turn may ask again";
}

TEST_F(LoopTest, EachLimitEndsTheTurnAndSaysWhich) {
    Answer again = calls({{"a", "list_files", "{}"}});
    again.usage = {1000, 100};
    model_.answers = {again};
    limits_ = {.most_steps = 3};
    EXPECT_EQ(turn(), TurnEnd::Limited);
    limits_ = {.most_tokens = 2000};
    EXPECT_EQ(turn(), TurnEnd::Limited);
    model_.window.prices = Prices{.input = 1000, .output = 1000};
    limits_ = {.most_cost = 1.5};
    EXPECT_EQ(turn(), TurnEnd::Limited);
    run_call_ = [](const ToolCall& call, std::string_view evidence, Workbench& bench) -> Result<ToolResult> {
        while (!bench.stop.stop_requested()) std::this_thread::sleep_for(1ms);
        return ToolResult{.call_id = call.id, .tool = call.name, .evidence = std::string(evidence)};
    };
    limits_ = {.most_time = 30ms};
    EXPECT_EQ(turn(), TurnEnd::Limited);
    for (const char* part :
         {"3 steps without", "2,200 tokens used without", "$2.2000 spent without", "30.0 ms without"})
        EXPECT_NE(terminal_.told.find(part), std::string::npos) << part << "\n" << terminal_.told;
}

TEST_F(LoopTest, AWriteUpIsShownThoughALimitForbidsItsRepair) {
    model_.answers = {
        says("## Observed Behavior\nIt is slow.\n## Root Cause Analysis\nNothing was found.\n## Call Stack\n"
             "at A.Missing() (tree/A.cs:line 3) - here\n## Resolution\nTake it out.\n")};
    limits_ = {.most_steps = 1};
    EXPECT_EQ(turn(), TurnEnd::Limited);
    EXPECT_EQ(terminal_.shown.find("It is slow."), terminal_.shown.rfind("It is slow.")) << terminal_.shown;
    EXPECT_TRUE(terminal_.shown.contains("A.Missing() (tree/A.cs:line 3)")) << terminal_.shown;
    EXPECT_TRUE(terminal_.shown.contains("Take it out.")) << terminal_.shown;
    EXPECT_TRUE(terminal_.told.contains("1 step")) << terminal_.told;
    EXPECT_EQ(std::get<TurnFailed>(session_.events().back().body).partial, "");
}

TEST_F(LoopTest, CallsThatOnlyReadRunSideBySideAndResultsStandInTheirOrder) {
    constexpr int kCalls = 4;
    std::barrier all_there(kCalls);  // each waits until the others run: one after the other it would hang
    run_call_ = [&](const ToolCall& call, std::string_view evidence, Workbench&) -> Result<ToolResult> {
        all_there.arrive_and_wait();
        std::this_thread::sleep_for(std::chrono::milliseconds('d' - call.id[0]));  // the first ends last
        return ToolResult{.call_id = call.id, .tool = call.name, .evidence = std::string(evidence)};
    };
    model_.answers = {
        calls({{"a", "grep", "1"}, {"b", "list_files", "2"}, {"c", "read_file", "3"}, {"d", "grep", "4"}}),
        says("Done.")};
    EXPECT_EQ(turn(), TurnEnd::Answered);
    EXPECT_EQ(results(), "E1 grep\nE2 list_files\nE3 read_file\nE4 grep\n");
}

TEST_F(LoopTest, AFullWindowIsMadeRoomInAndTheResultsCanBeReadAgain) {
    run_call_ = [](const ToolCall& call, std::string_view evidence, Workbench&) -> Result<ToolResult> {
        return ToolResult{.call_id = call.id,
                          .tool = call.name,
                          .evidence = std::string(evidence),
                          .text = fmt::format("{} begins {}", evidence, std::string(8000, 'x'))};
    };
    model_.window.window = 40000;
    for (int i = 0; i < 20; ++i)
        model_.answers.push_back(calls({{"a", "grep", fmt::format(R"({{"pattern":"{}"}})", i)}}));
    model_.answers.push_back(says("Done."));
    EXPECT_EQ(turn(), TurnEnd::Answered);
    EXPECT_GE(count<ResultsShortened>(), 1);
    EXPECT_NE(terminal_.told.find("results are shortened to a line each"), std::string::npos);
    EXPECT_NE(model_.asked.back().find("[E1] grep: 8.0 kB left out to make room; read_file artifacts/E1.txt"),
              std::string::npos)
        << model_.asked.back().substr(0, 300);
    EXPECT_EQ(must(read_file(session_.place().artifacts / "E1.txt")).substr(0, 9), "E1 begins");
    for (const std::string& request : model_.asked) EXPECT_LT(request.size(), 4u * 40000);
}

TEST_F(LoopTest, WhenResultsAreNotEnoughTheModelSumsUp) {
    model_.window.window = 20000;
    for (int i = 0; i < 40; ++i) {
        model_.answers = {says(fmt::format("Answer {} {}", i, std::string(2000, 'y')))};
        EXPECT_EQ(turn("question"), TurnEnd::Answered);
    }
    EXPECT_NE(terminal_.told.find("it sums up what came before"), std::string::npos);
    EXPECT_EQ(count<Summarized>(), 1) << "what a summary stands for is not kept in memory";
    EXPECT_NE(model_.asked.back().find("[What came before, in short:]"), std::string::npos);
    const Log whole = must(Log::read(session_.place().log));
    EXPECT_GT(whole.events().size(), 80u) << "the log is never rewritten";
    EXPECT_EQ(whole.turns(), 40);
}

TEST_F(LoopTest, WhatTheProviderFindsTooLongIsShortenedOnce) {
    model_.answers = {says(std::string(3000, 'z'))};
    turn();
    model_.answers = {fail(Fault::TooLarge, "too long"), says("the summary"), says("Done.")};
    EXPECT_EQ(turn("go on"), TurnEnd::Answered);
    EXPECT_NE(model_.asked.back().find("the summary"), std::string::npos);
    EXPECT_NE(model_.asked.back().find("go on"), std::string::npos) << "the message is still to be answered";
    model_.answers = {fail(Fault::TooLarge, "too long")};
    EXPECT_EQ(turn(), TurnEnd::Failed);
}

}  // namespace
}  // namespace culprit
