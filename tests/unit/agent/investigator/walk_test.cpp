#include "agent/investigator/walk.h"

#include <deque>

#include <nlohmann/json.hpp>

#include "agent/investigator/investigator.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::must;

// A conversation with the investigator in which a test plays the tools.
class Investigation {
  public:
    Investigation(std::string message, const std::string& sources) : message_(std::move(message)) {
        request_.system = fmt::format(
            "# Source trees and files of this session\n{}\n# Memory\n- not/ (source tree)\n", sources);
        request_.messages.push_back({.role = Message::Role::User, .text = message_});
    }
    // The next reply; its calls are to be answered in their order.
    Answer& next() {
        answers_.push_back(must(provider_->stream(request_, [](const Delta&) {}, {})));
        Answer& answer = answers_.back();
        request_.messages.push_back(
            {.role = Message::Role::Assistant, .text = answer.text, .calls = answer.calls});
        return answer;
    }
    void give(const ToolCall& call, Json data, std::string text = "", std::string fault = "") {
        results_.push_back({.call_id = call.id,
                            .tool = call.name,
                            .evidence = fmt::format("E{}", results_.size() + 1),
                            .text = std::move(text),
                            .data = std::move(data),
                            .fault = std::move(fault)});
        request_.messages.push_back(
            {.role = Message::Role::Tool, .text = results_.back().text, .result = &results_.back()});
    }

  private:
    std::string message_;
    Request request_;
    std::unique_ptr<Provider> provider_ = make_investigator();
    std::deque<Answer> answers_;
    std::deque<ToolResult> results_;
};

Json json(std::string_view text) { return must(parse_json(text, "a result")); }

constexpr const char* kTwoStates = "- before/ (source tree)\n- after/ (source tree)\n";

TEST(Walk, AStressTestIsComparedRecordedAndCleanedUpAfter) {
    Investigation it("the producer seems slower after my change", kTwoStates);
    Answer* answer = &it.next();
    ASSERT_EQ(answer->calls.size(), 2u);
    EXPECT_EQ(answer->calls[0].name, "list_files");
    it.give(answer->calls[0], {{"files", {"before/StressTest.csproj"}}});
    it.give(answer->calls[1], {{"files", {"after/StressTest.csproj"}}});

    answer = &it.next();
    ASSERT_EQ(answer->calls[0].name, "grep");
    it.give(answer->calls[0], json(R"x({"matches":[{"text":"case \"producer\": Produce();"}]})x"));
    answer = &it.next();
    EXPECT_EQ(answer->calls[0].arguments, R"({"action":"find"})");
    it.give(answer->calls[0], json(R"x({"compose":[{"file":"after/docker-compose.yml"}]})x"));
    answer = &it.next();
    EXPECT_EQ(answer->calls[0].arguments, R"({"action":"up","file":"after/docker-compose.yml"})");
    it.give(answer->calls[0], Json::object(), "started");

    answer = &it.next();
    EXPECT_EQ(
        answer->calls[0].arguments,
        R"({"program":"after/StressTest.csproj","before":"before/StressTest.csproj","rounds":6,"arguments":"producer"})");
    it.give(answer->calls[0], Json::object(), "regressed: rate changed by -20.0 %\n");
    answer = &it.next();
    ASSERT_EQ(answer->calls.size(), 2u);
    EXPECT_EQ(answer->calls[0].name, "collect_trace");
    it.give(answer->calls[0], {{"file", "artifacts/trace-1.nettrace"}});
    it.give(answer->calls[1], {{"file", "artifacts/trace-2.nettrace"}});
    answer = &it.next();
    EXPECT_EQ(answer->calls[0].arguments, R"({"action":"down"})");
    it.give(answer->calls[0], Json::object(), "stopped");
    answer = &it.next();
    EXPECT_EQ(
        answer->calls[0].arguments,
        R"x({"text":"The stress test is `after/StressTest.csproj`, run with `producer`; what it needs is )x"
        R"x(started with `after/docker-compose.yml`.","evidence":"E6"})x");
    it.give(answer->calls[0], Json::object(), "remembered");
    answer = &it.next();
    ASSERT_EQ(answer->calls.size(), 2u);
    EXPECT_EQ(answer->calls[0].arguments, R"({"file":"artifacts/trace-1.nettrace"})");
    while (!answer->calls.empty()) {
        for (const ToolCall& call : answer->calls) it.give(call, nullptr, "cut short", "corrupt");
        answer = &it.next();
    }
    EXPECT_THAT(answer->text,
                ::testing::HasSubstr("Measured in turn: regressed: rate changed by -20.0 % [E6]"));
}

TEST(Walk, WhatIsRefusedIsToldAndTheRestIsDone) {
    Investigation it("it is slower", "- src/ (source tree)\n");
    it.give(it.next().calls[0], {{"files", {"src/bench/Bench.csproj"}}});
    for (const char* name : {"grep", "container"}) {
        Answer& answer = it.next();
        ASSERT_EQ(answer.calls.size(), 1u) << name;
        ASSERT_EQ(answer.calls[0].name, name);
        it.give(answer.calls[0], nullptr, fmt::format("{} was not run", name), "denied");
    }
    it.give(it.next().calls[0], {{"files", Json::array()}});
    Answer* answer = &it.next();
    EXPECT_EQ(answer->calls[0].arguments,
              R"({"program":"src/bench/Bench.csproj","before":"HEAD~1","rounds":6})")
        << "nothing was changed since the last commit";
    it.give(answer->calls[0], nullptr, "compare_runs was not run", "denied");
    answer = &it.next();
    ASSERT_EQ(answer->calls.size(), 2u);
    EXPECT_EQ(answer->calls[0].arguments,
              R"({"program":"src/bench/Bench.csproj","purpose":"all","seconds":8,"commit":"HEAD~1"})");
    for (const ToolCall& call : answer->calls) it.give(call, nullptr, "collect_trace was not run", "denied");
    answer = &it.next();
    ASSERT_EQ(answer->calls.size(), 1u);
    EXPECT_EQ(answer->calls[0].arguments, R"({"about":"it is slower"})") << "what is left is the source";
    it.give(answer->calls[0], {{"hypotheses", Json::array()}});
    EXPECT_THAT(it.next().text, ::testing::HasSubstr("Could not be done: compare_runs was not run [E5]"));
}

TEST(Walk, AProgramThatHangsIsLookedAt) {
    Investigation it("I think there is a deadlock in the flush path", "- src/ (source tree)\n");
    it.give(it.next().calls[0], {{"files", {"src/App.csproj"}}});
    const Answer& asked = it.next();
    ASSERT_EQ(asked.calls[0].name, "thread_stacks");
    EXPECT_EQ(asked.calls[0].arguments, R"({"program":"src/App.csproj"})");
    const Json place = {{"lock", "P._a"}, {"method", "P.Flush"}, {"place", "src/P.cs:4"}};
    it.give(asked.calls[0],
            {{"verdict", "deadlock"},
             {"deadlock",
              {{{"thread", 7},
                {"waits_for", place},
                {"holds", {place}},
                {"path", {"at P.Flush() (src/P.cs:line 4)"}}}}}},
            "deadlock: these threads wait for each other\n  thread 7\nprocess 5: watched\nthread 7: waits\n");
    const std::string text = it.next().text;
    EXPECT_THAT(text,
                ::testing::HasSubstr("Thread 7 waits for `P._a` in `P.Flush` (src/P.cs:4) and holds `P._a`"));
    EXPECT_THAT(text, ::testing::HasSubstr("at P.Flush() (src/P.cs:line 4)\n"));
    EXPECT_THAT(text,
                ::testing::HasSubstr(
                    "- deadlock: these threads wait for each other [E2]\n- process 5: watched [E2]\n\n"));
}

TEST(Walk, ANamedProcessIsLookedAtAtOnce) {
    Investigation it("process 4711 hangs", "");
    EXPECT_EQ(it.next().calls[0].arguments, R"({"pid":4711})");
}

}  // namespace
}  // namespace culprit
