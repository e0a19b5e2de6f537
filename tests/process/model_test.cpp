// Turns against a model server that others wrote: streamed text, calls one by one and side by side, and every
// fault.
#include "base/text.h"
#include "sessions/store.h"
#include "support/mock_model.h"

namespace culprit {
namespace {

using test::Child;
using test::must;

constexpr std::string_view kFixtures = R"({"fixtures":[
 {"match":{"userMessage":"steps","turnIndex":0},
  "response":{"content":"Looking.","toolCalls":[{"id":"c1","name":"grep","arguments":{"pattern":"Resolve"}}]}},
 {"match":{"userMessage":"steps","turnIndex":1},
  "response":{"toolCalls":[{"id":"c2","name":"list_files","arguments":{"path":"tree"}},
                           {"id":"c3","name":"read_file","arguments":{"path":"tree/A.cs"}},
                           {"id":"c4","name":"nonsense","arguments":{}}]}},
 {"match":{"userMessage":"steps","turnIndex":2},"response":{"content":"It is A.Resolve."}},
 {"match":{"userMessage":"cut"},"response":{"content":"one two three four five"},
  "latency":20,"chunkSize":4,"truncateAfterChunks":3},
 {"match":{"userMessage":"limited"},"response":{"error":{"message":"Rate limit reached","type":"rate"},"status":429}},
 {"match":{"userMessage":"broken"},"response":{"error":{"message":"It broke","type":"server"},"status":500}},
 {"match":{"userMessage":"hello"},"response":{"content":"Hello."}}
]})";

class ModelTest : public ::testing::Test {
  protected:
    explicit ModelTest(std::vector<std::string> flags = {})
        : folder_(test::temporary_folder()), model_(kFixtures, flags) {
        must(write_file(folder_.path() / "tree/A.cs", "class A\n{\n    int Resolve() => 1;\n}\n"));
        must(write_file(folder_.path() / "culprit.toml", "[retry]\nattempts = 2\nfirst_wait = 0.01\n"));
    }

    struct Ran {
        int code;
        std::string output;
    };
    Ran culprit(std::vector<std::string> arguments, std::string_view input = "") {
        std::vector<std::string> argv = {test::culprit_program(), "--model", "mock", "--base-url",
                                         model_.url() + "/v1"};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        Child child({.argv = argv, .folder = folder_.path()});
        child.type(input);
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

TEST_F(ModelTest, TextThenOneCallThenThreeThenAnAnswer) {
    const Ran ran = culprit({"--root", "tree=tree", "ask", "steps"});
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_NE(ran.output.find(" ms  grep pattern=\"Resolve\" → "), std::string::npos) << ran.output;
    EXPECT_NE(ran.output.find("It is A.Resolve."), std::string::npos) << ran.output;

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

TEST_F(ModelTest, EachFaultIsToldAndTheSessionGoesOn) {
    const struct {
        const char* message;
        const char* told;
    } kFaults[] = {
        {"limited", "the model server answered 429: Rate limit reached; "},
        {"broken", "the model server answered 500: It broke; "},
        {"cut", "broke off"},
    };
    for (const auto& fault : kFaults) {
        const Ran ran = culprit({"ask", fault.message});
        EXPECT_EQ(ran.code, 4) << ran.output;
        EXPECT_NE(ran.output.find(fault.told), std::string::npos) << ran.output;
        EXPECT_TRUE(std::holds_alternative<TurnFailed>(events().back().body));
        const Ran resumed = culprit({"resume"}, "hello\n\n");
        EXPECT_EQ(resumed.code, 0) << resumed.output;
        EXPECT_NE(resumed.output.find("Hello."), std::string::npos) << resumed.output;
    }
}

TEST_F(ModelTest, WhatWasShownOfACutAnswerIsKept) {
    culprit({"ask", "cut"});
    EXPECT_TRUE(std::get<TurnFailed>(events().back().body).partial.starts_with("one"));
    EXPECT_NE(culprit({"resume"}).output.find("> cut\n\none"), std::string::npos);
}

TEST_F(ModelTest, AServerThatIsNotThereIsNamed) {
    Child child({.argv = {test::culprit_program(), "--model", "m", "--base-url",
                          fmt::format("http://127.0.0.1:{}/v1", test::free_port()), "ask", "hello"},
                 .folder = folder_.path()});
    EXPECT_EQ(child.wait(), 4);
    EXPECT_NE(child.output().find("cannot reach http://127.0.0.1:"), std::string::npos) << child.output();
}

TEST_F(ModelTest, TheAnswerAsJson) {
    const Ran ran = culprit({"--format", "json", "ask", "hello"});
    EXPECT_EQ(ran.code, 0);
    const Json json = must(parse_json(ran.output, "the answer"));
    EXPECT_EQ(text_at(json, "answer"), "Hello.");
    EXPECT_TRUE(member(json, "frames").is_array());
    EXPECT_GT(integer_at(member(json, "usage"), "output"), 0);
}

class MalformedModelTest : public ModelTest {
  protected:
    MalformedModelTest() : ModelTest({"--chaos-malformed", "1"}) {}
};

TEST_F(MalformedModelTest, WhatIsNoJsonIsToldAndTheSessionStays) {
    const Ran ran = culprit({"ask", "hello"});
    EXPECT_EQ(ran.code, 4) << ran.output;
    EXPECT_TRUE(std::holds_alternative<TurnFailed>(events().back().body));
    EXPECT_EQ(culprit({"resume"}).code, 0);
}

}  // namespace
}  // namespace culprit
