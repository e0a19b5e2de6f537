// Every wire against a model server that others wrote: text, calls, letters cut in pieces, usage, faults.
#include "base/text.h"
#include "sessions/store.h"
#include "support/mock_model.h"

namespace culprit {
namespace {

using test::Child;
using test::must;

constexpr std::string_view kFixtures = R"({"fixtures":[
 {"match":{"userMessage":"steps","turnIndex":0},
  "response":{"toolCalls":[{"id":"c1","name":"grep","arguments":{"pattern":"Resolve"}}]}},
 {"match":{"userMessage":"steps","turnIndex":1},
  "response":{"toolCalls":[{"id":"c2","name":"list_files","arguments":{"path":"tree"}},
                           {"id":"c3","name":"read_file","arguments":{"path":"tree/A.cs"}},
                           {"id":"c4","name":"nonsense","arguments":{}}]}},
 {"match":{"userMessage":"steps","turnIndex":2},"response":{"content":"It is A.Resolve."}},
 {"match":{"userMessage":"cut"},"response":{"content":"one two three four five"},
  "latency":20,"chunkSize":4,"truncateAfterChunks":3},
 {"match":{"userMessage":"letters"},"response":{"content":"Grüße, 世界 🌍 e\u0301"},"chunkSize":1,"latency":1},
 {"match":{"userMessage":"counted"},
  "response":{"content":"Counted.","usage":{"prompt_tokens":1200,"completion_tokens":34,"input_tokens":1200,
    "output_tokens":34,"promptTokenCount":1200,"candidatesTokenCount":34}}},
 {"match":{"userMessage":"hello"},"response":{"content":"Hello."}}
]})";

struct ServedWire {
    const char* provider;
    const char* model;
    const char* path;          // of the address
    const char* key;           // the variable that the message of a refused key names; empty: none is wanted
    bool counts_usage = true;  // the server reports the usage that the fixture says
};

void PrintTo(const ServedWire& wire, std::ostream* out) { *out << wire.provider; }

const ServedWire kWires[] = {
    {"openai", "gpt-mock", "/v1", "OPENAI_API_KEY"},
    {"openai-responses", "gpt-mock", "/v1", "OPENAI_API_KEY"},
    {"azure", "deployed", "", "AZURE_OPENAI_API_KEY"},
    {"anthropic", "claude-mock", "", "ANTHROPIC_API_KEY"},
    {"gemini", "gemini-mock", "", "GEMINI_API_KEY"},
    {"ollama", "mock", "", "", false},
    {"compatible", "mock", "/v1", "OPENAI_API_KEY"},
};

class WireTest : public ::testing::TestWithParam<ServedWire> {
  protected:
    WireTest() : folder_(test::temporary_folder()), model_(kFixtures) {
        must(write_file(folder_.path() / "tree/A.cs", "class A\n{\n    int Resolve() => 1;\n}\n"));
        must(write_file(folder_.path() / "culprit.toml", "[retry]\nattempts = 2\nfirst_wait = 0.01\n"));
    }

    struct Ran {
        int code;
        std::string output;
    };
    Ran ask(std::string_view message, std::string_view format = "json") {
        const ServedWire& wire = GetParam();
        Child child({.argv = {test::culprit_program(), "--provider", wire.provider, "--model", wire.model,
                              "--base-url", model_.url() + wire.path, "--api-key", "k", "--root", "tree=tree",
                              "--format", std::string(format), "ask", std::string(message)},
                     .folder = folder_.path()});
        child.close_input();
        const int code = child.wait();
        return {code, child.output()};
    }

    std::vector<Event> events() {
        const SessionStore store(folder_.path() / ".culprit");
        return must(Log::read(must(store.find("")).log)).events();
    }

    TemporaryFolder folder_;
    test::MockModel model_;
};

TEST_P(WireTest, TextAndLettersInPieces) {
    const Ran ran = ask("letters");
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_EQ(text_at(must(parse_json(ran.output, "the answer")), "answer"), "Grüße, 世界 🌍 e\u0301");
}

TEST_P(WireTest, OneCallThenThreeThenAnAnswer) {
    const Ran ran = ask("steps");
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_EQ(text_at(must(parse_json(ran.output, "the answer")), "answer"), "It is A.Resolve.");
    std::string story;
    for (const Event& event : events()) {
        if (const auto* reply = std::get_if<AssistantReply>(&event.body))
            story += fmt::format("[{} calls]", reply->calls.size());
        if (const auto* result = std::get_if<ToolResult>(&event.body)) {
            story += fmt::format(" {}:{}{}", result->evidence, result->tool,
                                 result->fault.empty() ? "" : "!" + result->fault);
        }
    }
    EXPECT_EQ(story, "[1 calls] E1:grep[3 calls] E2:list_files E3:read_file E4:nonsense!not_found[0 calls]");
}

TEST_P(WireTest, UsageIsCounted) {
    const Json usage = member(must(parse_json(ask("counted").output, "the answer")), "usage");
    if (GetParam().counts_usage) {
        EXPECT_EQ(integer_at(usage, "input"), 1200) << dump_json(usage);
        EXPECT_EQ(integer_at(usage, "output"), 34) << dump_json(usage);
    } else {
        EXPECT_GE(integer_at(usage, "output"), 0);
    }
}

TEST_P(WireTest, WhatPassesIsAskedAgainAndTold) {
    for (const int status : {408, 409, 429, 500, 503, 529}) {
        model_.fail_once(status, "{}");
        const Ran ran = ask("hello", "stream-json");
        EXPECT_EQ(ran.code, 0) << ran.output;
        EXPECT_NE(ran.output.find(
                      fmt::format("the model server answered {}: Injected error; asking again in", status)),
                  std::string::npos)
            << ran.output;
    }
}

TEST_P(WireTest, WhatDoesNotPassIsToldAtOnce) {
    const struct {
        int status;
        std::string advice;
    } kRefusals[] = {
        {400, "check --model"}, {401, GetParam().key}, {403, GetParam().key}, {404, GetParam().model}};
    for (const auto& refusal : kRefusals) {
        model_.fail_once(refusal.status, "{}");
        const Ran ran = ask("hello", "stream-json");
        EXPECT_EQ(ran.code, 4) << ran.output;
        EXPECT_EQ(ran.output.find("asking again"), std::string::npos) << ran.output;
        EXPECT_NE(
            ran.output.find(fmt::format("the model server answered {}: Injected error", refusal.status)),
            std::string::npos)
            << ran.output;
        EXPECT_NE(ran.output.find(refusal.advice), std::string::npos) << ran.output;
    }
}

TEST_P(WireTest, AStreamThatIsAlwaysCutComesToAnEnd) {
    const Ran ran = ask("cut");
    EXPECT_EQ(ran.code, 4) << ran.output;
    const std::vector<Event> all = events();
    const auto* failed = std::get_if<TurnFailed>(&all.back().body);
    ASSERT_TRUE(failed);
    EXPECT_NE(failed->what.find("after 2 attempts"), std::string::npos) << failed->what;
    EXPECT_EQ(ask("hello").code, 0);
}

TEST(AzureToken, IsWhatACommandPrints) {
    ::setenv("AIMOCK_API_KEYS", "entra-token", 1);
    const test::MockModel model(kFixtures);
    ::unsetenv("AIMOCK_API_KEYS");
    const TemporaryFolder folder = test::temporary_folder();
    const auto ask = [&](std::string_view token) {
        Child child(
            {.argv = {test::culprit_program(), "ask", "hello"},
             .folder = folder.path(),
             .environment = {"AZURE_OPENAI_ENDPOINT=" + model.url(), "AZURE_OPENAI_DEPLOYMENT=deployed",
                             fmt::format("AZURE_OPENAI_TOKEN_COMMAND=echo {}", token)}});
        child.close_input();
        const int code = child.wait();
        return std::pair(code, child.output());
    };
    const auto [code, output] = ask("entra-token");
    EXPECT_EQ(code, 0) << output;
    EXPECT_TRUE(output.contains("Hello.")) << output;
    const auto [refused, said] = ask("expired");
    EXPECT_EQ(refused, 4) << said;
    EXPECT_TRUE(said.contains("401") && !said.contains("expired")) << said;
}

TEST(WireTypes, RequestsFitTheTypesOfTheProvidersOwnPackages) {
    const fs::path peers = test::source_path("tests/peers");
    if (!fs::exists(peers / "node_modules/typescript"))
        GTEST_SKIP() << "TypeScript is not installed: ./check installs it";
    Child child({.argv = {test::node_program(), peers / "check_types.mjs",
                          test::source_path("tests/unit/agent/provider/golden")}});
    EXPECT_EQ(child.wait(), 0) << child.output();
    EXPECT_EQ(child.output(), "13 requests checked\n");
}

INSTANTIATE_TEST_SUITE_P(Mock, WireTest, ::testing::ValuesIn(kWires),
                         [](const auto& each) { return replace_all(each.param.provider, "-", "_"); });

}  // namespace
}  // namespace culprit
