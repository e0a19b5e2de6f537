// culprit ask as scripts use it: formats, schemas, stdin, limits, batches, exit codes.
#include <thread>

#include "base/text.h"
#include "sessions/store.h"
#include "support/mock_model.h"

namespace culprit {
namespace {

using test::Child;
using test::must;

constexpr std::string_view kFixtures = R"({"fixtures":[
 {"match":{"userMessage":"Give the whole answer again"},"response":{"content":"{\"cause\":\"lock\",\"share\":0.5}"}},
 {"match":{"userMessage":"gladly"},"response":{"content":"Here:\n```json\n{\"cause\":\"gc\",\"share\":0.25}\n```"}},
 {"match":{"userMessage":"wrongly"},"response":{"content":"{\"cause\":7}"}},
 {"match":{"userMessage":"calls","hasToolResult":false},
  "response":{"toolCalls":[{"id":"c1","name":"list_files","arguments":{}}]}},
 {"match":{"userMessage":"calls","hasToolResult":true},"response":{"content":"Called."}},
 {"match":{"userMessage":"for ever"},
  "response":{"toolCalls":[{"id":"c1","name":"list_files","arguments":{}}]}},
 {"match":{"userMessage":"late"},"response":{"content":"Late."},"latency":10000},
 {"match":{"userMessage":"from a file"},"response":{"content":"Read it."}},
 {"match":{"userMessage":"first"},"response":{"content":"Answer one."},"latency":300},
 {"match":{"userMessage":"second"},"response":{"content":"Answer two."}},
 {"match":{"userMessage":"hello"},"response":{"content":"Hello."}}
]})";

class AskTest : public ::testing::Test {
  protected:
    AskTest() : folder_(test::temporary_folder()), model_(kFixtures) {
        must(write_file(folder_.path() / "culprit.toml", "[retry]\nattempts = 2\nfirst_wait = 0.01\n"));
        must(write_file(folder_.path() / "schema.json",
                        R"({"type":"object","required":["cause","share"],"additionalProperties":false,
                            "properties":{"cause":{"type":"string"},"share":{"type":"number"}}})"));
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

    TemporaryFolder folder_;
    test::MockModel model_;
};

TEST_F(AskTest, StreamJsonTellsEachThingAsItHappens) {
    const Ran ran = culprit({"--format", "stream-json", "ask", "calls"});
    EXPECT_EQ(ran.code, 0) << ran.output;
    std::string types, text;
    for (const std::string_view line : split_lines(ran.output)) {
        const Json event = must(parse_json(line, "an event"));
        if (text_at(event, "type") != "text") types += text_at(event, "type") + " ";
        if (text_at(event, "type") == "text") text += text_at(event, "text");
        if (text_at(event, "type") == "start") {
            EXPECT_EQ(integer_at(event, "version"), 1);
        }
        if (text_at(event, "type") == "tool") {
            EXPECT_EQ(text_at(event, "name"), "list_files");
        }
        if (text_at(event, "type") == "result") {
            EXPECT_EQ(text_at(event, "answer"), "Called.");
            EXPECT_EQ(integer_at(event, "exit_code", -1), 0);
        }
    }
    EXPECT_EQ(types, "start tool result ");
    EXPECT_EQ(text, "Called.");
}

TEST_F(AskTest, AnAnswerThatFitsTheSchemaIsPrintedAlone) {
    const Ran ran = culprit({"ask", "gladly", "--output-schema", "schema.json"});
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_EQ(must(parse_json(ran.output, "the output")), Json({{"cause", "gc"}, {"share", 0.25}}));
}

TEST_F(AskTest, AnAnswerThatDoesNotFitIsRepairedOnce) {
    const Ran ran = culprit({"--format", "json", "ask", "wrongly", "--output-schema", "schema.json"});
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_EQ(text_at(member(must(parse_json(ran.output, "the output")), "output"), "cause"), "lock");
    EXPECT_NE(model_.journal().find("Missing required property 'share'"), std::string::npos);
}

TEST_F(AskTest, AnAnswerThatNeverFitsIsAFailure) {
    must(write_file(folder_.path() / "never.json", R"({"type":"object","required":["nowhere"]})"));
    const Ran never = culprit({"ask", "wrongly", "--output-schema", "never.json"});
    EXPECT_EQ(never.code, 4) << never.output;
    EXPECT_NE(never.output.find("does not fit the schema, repaired or not"), std::string::npos)
        << never.output;
}

TEST_F(AskTest, WhatIsNoSchemaIsWrongUse) {
    EXPECT_EQ(culprit({"ask", "hello", "--output-schema", "none.json"}).code, 3);
    must(write_file(folder_.path() / "bad.json", R"({"type":"nothing"})"));
    EXPECT_EQ(culprit({"ask", "hello", "--output-schema", "bad.json"}).code, 2);
}

TEST_F(AskTest, StdinIsTheMessageOrIsAttached) {
    EXPECT_NE(culprit({"ask"}, "hello\n").output.find("Hello."), std::string::npos);
    EXPECT_NE(culprit({"ask", "-"}, "hello\n").output.find("Hello."), std::string::npos);
    EXPECT_EQ(culprit({"ask"}, "").code, 2);
    EXPECT_NE(culprit({"ask", "from a file"}, "the piped lines\n").output.find("Read it."),
              std::string::npos);
    EXPECT_NE(model_.journal().find("the piped lines"), std::string::npos);
}

TEST_F(AskTest, BlanksAreNoMessage) {
    const Ran ran = culprit({"ask", "  "}, " \n");
    EXPECT_EQ(ran.code, 2);
    EXPECT_NE(ran.output.find("is empty"), std::string::npos) << ran.output;
}

TEST_F(AskTest, LimitsEndWithFourAndSayWhich) {
    const Ran steps = culprit({"--max-steps", "2", "ask", "for ever"});
    EXPECT_EQ(steps.code, 4) << steps.output;
    EXPECT_NE(steps.output.find("2 steps without an answer"), std::string::npos) << steps.output;
    const Ran time = culprit({"--timeout", "0.2", "ask", "late"});
    EXPECT_EQ(time.code, 4) << time.output;
    EXPECT_NE(time.output.find("without an answer"), std::string::npos) << time.output;
}

TEST_F(AskTest, AnInterruptEndsWith130) {
    Child child({.argv = {test::culprit_program(), "--model", "mock", "--base-url", model_.url() + "/v1",
                          "ask", "late"},
                 .folder = folder_.path()});
    child.close_input();
    const fs::path sessions = folder_.path() / ".culprit/sessions";
    for (int i = 0; i < 200 && (!fs::exists(sessions) || fs::is_empty(sessions)); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    child.signal(SIGINT);
    EXPECT_EQ(child.wait(), 130) << child.output();
}

TEST_F(AskTest, ResumeGoesOnWithASession) {
    const std::string id = text_at(
        must(parse_json(culprit({"--format", "json", "ask", "hello"}).output, "the answer")), "session");
    const Ran ran = culprit({"--format", "json", "ask", "second", "--resume", id});
    EXPECT_EQ(text_at(must(parse_json(ran.output, "the answer")), "session"), id);
    EXPECT_EQ(culprit({"ask", "second", "--resume", "nosuch"}).code, 3);
}

TEST_F(AskTest, ABatchIsAnsweredInItsOrder) {
    const Ran ran = culprit({"ask", "--batch", "-", "--max-concurrent-queries", "2"}, "first\n\nsecond\n");
    EXPECT_EQ(ran.code, 0) << ran.output;
    std::string answers;
    for (const std::string_view line : split_lines(ran.output))
        answers += text_at(must(parse_json(line, "a line")), "answer") + " ";
    EXPECT_EQ(answers, "Answer one. Answer two. ");
}

TEST_F(AskTest, VerboseTellsWhatItTook) {
    const Ran ran = culprit({"--verbose", "ask", "hello"});
    EXPECT_NE(ran.output.find(" tokens in"), std::string::npos) << ran.output;
}

TEST_F(AskTest, WhatDoesNotGoTogetherIsWrongUse) {
    EXPECT_EQ(culprit({"--format", "stream-json", "sessions"}).code, 2);
    EXPECT_EQ(culprit({"ask", "hello", "--batch", "x"}).code, 2);
}

TEST_F(AskTest, SlashCommandsShowAndChangeTheModel) {
    const Ran ran =
        culprit({},
                "/model\n/cost\nhello\n\n/context\n/cost\n/model other effort=high\n/model investigator\n"
                "/nonsense\n/model x=1\n/help\n\n");
    EXPECT_EQ(ran.code, 0) << ran.output;
    for (const char* part :
         {"mock (from --model)", "Hello.", " of the window of ", "system prompt",
          "This session: ", "other (from --model)", "effort high", "investigator (as asked)",
          "there is no command /nonsense;", "/model does not know 'x=1'", "tokens and money"})
        EXPECT_NE(ran.output.find(part), std::string::npos) << part << "\n" << ran.output;
}

TEST_F(AskTest, ModelsSaysWhatIsSetUpAndAnswers) {
    Child child(
        {.argv = {test::culprit_program(), "--format", "json", "models"},
         .folder = folder_.path(),
         .environment = {"OPENAI_BASE_URL=" + model_.url() + "/v1", "OPENAI_API_KEY=k", "OPENAI_MODEL="}});
    EXPECT_EQ(child.wait(), 0);
    const Json json = must(parse_json(child.output(), "the models"));
    bool answers = false;
    for (const Json& each : member(json, "providers"))
        answers = answers || (text_at(each, "provider") == "openai" && flag_at(each, "answers"));
    EXPECT_TRUE(answers) << child.output();
    EXPECT_EQ(text_at(member(json, "default"), "model"), "investigator");
}

}  // namespace
}  // namespace culprit
