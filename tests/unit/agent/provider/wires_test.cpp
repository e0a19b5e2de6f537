// What holds for every wire: however the bytes are cut the reply is the same, a cut stream is told from a
// whole one, hostile bytes are harmless, and the request is the one in the golden file.
#include "base/text.h"
#include "unit/agent/provider/wire_support.h"

namespace culprit {
namespace {

using test::Conversation;
using test::decode;
using test::Heard;
using test::must;
using test::shown;
using test::sse;

struct WireCase {
    const char* name;
    const Wire& wire;
    std::string stream;    // text with letters of several bytes, thinking, two calls at once, usage
    std::string expected;  // as shown() has it
};

std::vector<WireCase> cases() {
    return {
        {"openai-chat", kOpenAiChat,
         ": a comment\n\n" +
             sse({R"({"choices":[{"delta":{"role":"assistant","content":""}}]})",
                  R"({"choices":[{"delta":{"reasoning_content":"hm"}}]})",
                  R"({"choices":[{"delta":{"content":"Lo"}}]})",
                  R"({"choices":[{"delta":{"content":"oking ä😀"}}]})",
                  R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"grep","arguments":""}}]}}]})",
                  R"({"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"pattern\":\"ä\"}"}}]}}]})",
                  R"({"choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"read","arguments":"{}"}}]}}]})",
                  R"({"choices":[{"delta":{},"finish_reason":"tool_calls"}]})",
                  R"({"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":6}}})",
                  "[DONE]"}),
         "(hm)Looking ä😀<grep><read>\nLooking ä😀 stop 1 [a grep {\"pattern\":\"ä\"}] [b read {}] in 10 out 4 "
         "cached 6 "
         "written 0"},
        {"openai-responses", kOpenAiResponses,
         sse({R"({"type":"response.created","response":{}})",
              R"({"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs"}})",
              R"({"type":"response.reasoning_summary_text.delta","output_index":0,"delta":"hm"})",
              R"({"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs","summary":[],"encrypted_content":"xyz","status":"completed"}})",
              R"({"type":"response.output_text.delta","output_index":1,"delta":"Looking ä😀"})",
              R"({"type":"response.output_item.done","output_index":1,"item":{"type":"message"}})",
              R"({"type":"response.output_item.added","output_index":2,"item":{"type":"function_call","call_id":"a","name":"grep","arguments":""}})",
              R"({"type":"response.function_call_arguments.delta","output_index":2,"delta":"{\"pattern\":\"ä\"}"})",
              R"({"type":"response.output_item.done","output_index":2,"item":{"type":"function_call","call_id":"a","name":"grep","arguments":"{\"pattern\":\"ä\"}"}})",
              R"({"type":"response.output_item.added","output_index":3,"item":{"type":"function_call","call_id":"b","name":"read","arguments":"{}"}})",
              R"({"type":"response.completed","response":{"usage":{"input_tokens":10,"output_tokens":4,"input_tokens_details":{"cached_tokens":6}}}})"}),
         "(hm)Looking ä😀<grep><read>\nLooking ä😀 stop 1 [a grep {\"pattern\":\"ä\"}] [b read {}] in 10 out 4 "
         "cached 6 "
         "written 0\nopenai-responses "
         R"([{"type":"reasoning","id":"rs","summary":[],"encrypted_content":"xyz"},{"type":"message"},{"type":"function_call"}])"},
        {"anthropic", kAnthropic,
         "event: message_start\n" +
             sse({R"({"type":"message_start","message":{"usage":{"input_tokens":3,"cache_read_input_tokens":5,"cache_creation_input_tokens":2,"output_tokens":1}}})",
                  R"({"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}})",
                  R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}})",
                  R"({"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}})",
                  R"({"type":"content_block_stop","index":0})", R"({"type":"ping"})",
                  R"({"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}})",
                  R"({"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Looking ä😀"}})",
                  R"({"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"a","name":"grep","input":{}}})",
                  R"({"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"pattern\":"}})",
                  R"({"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"\"ä\"}"}})",
                  R"({"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"b","name":"read","input":{}}})",
                  R"({"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":4}})",
                  R"({"type":"message_stop"})"}),
         "(hm)Looking ä😀<grep><read>\nLooking ä😀 stop 1 [a grep {\"pattern\":\"ä\"}] [b read ] in 10 out 4 "
         "cached 5 "
         "written 2\nanthropic "
         R"([{"type":"thinking","thinking":"hm","signature":"sig"}])"},
        {"gemini", kGemini,
         sse({R"({"candidates":[{"content":{"parts":[{"text":"hm","thought":true}]}}]})",
              R"({"candidates":[{"content":{"parts":[{"text":"Looking ä😀"}]}}]})",
              R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"grep","args":{"pattern":"ä"}},"thoughtSignature":"sig"},{"functionCall":{"name":"read","args":{}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":3,"thoughtsTokenCount":1,"cachedContentTokenCount":6}})"}),
         "(hm)Looking ä😀<grep><read>\nLooking ä😀 stop 1 [ grep {\"pattern\":\"ä\"}] [ read {}] in 10 out 4 "
         "cached 6 written "
         "0\ngemini "
         R"({"text":"","calls":["sig",""]})"},
        {"ollama", kOllama,
         "{\"message\":{\"content\":\"\",\"thinking\":\"hm\"}}\n{\"message\":{\"content\":\"Looking ä😀\"}}\n"
         "{\"message\":{\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"grep\",\"arguments\":{"
         "\"pattern\":\"ä\"}}},"
         "{\"function\":{\"name\":\"read\",\"arguments\":{}}}]}}\n"
         "{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":10,"
         "\"eval_count\":4}\n",
         "(hm)Looking ä😀<grep><read>\nLooking ä😀 stop 1 [ grep {\"pattern\":\"ä\"}] [ read {}] in 10 out 4 "
         "cached 0 written "
         "0"},
    };
}

class WiresTest : public ::testing::TestWithParam<WireCase> {};

TEST_P(WiresTest, TheReplyIsTheSameHoweverTheBytesAreCut) {
    const auto& [name, wire, stream, expected] = GetParam();
    EXPECT_EQ(shown(decode(wire, stream)), expected);
    for (const std::size_t piece : {1u, 2u, 3u, 7u})
        EXPECT_EQ(shown(decode(wire, stream, piece)), expected) << piece;
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
        const auto decoder = wire.decoder();
        must(decoder->feed(std::string_view(stream).substr(0, cut), [](const Delta&) {}));
        must(decoder->feed(std::string_view(stream).substr(cut), [](const Delta&) {}));
        EXPECT_TRUE(shown({"", decoder->finish()}).ends_with(expected.substr(expected.find('\n')))) << cut;
    }
}

TEST_P(WiresTest, ACutStreamIsNeverTakenForAWholeOne) {
    const auto& [name, wire, stream, expected] = GetParam();
    for (std::size_t size = 0; size < stream.size() / 2; ++size) {
        const Heard heard = decode(wire, std::string_view(stream).substr(0, size));
        ASSERT_FALSE(heard.answer) << size;
        EXPECT_EQ(heard.answer.error().fault, Fault::Unavailable) << heard.answer.error().what;
    }
}

TEST(AnthropicTest, ATextThatSaysNothingIsNeverSent) {
    Request request;
    request.messages.push_back({.role = Message::Role::User, .text = " \n"});
    const Json body = must(parse_json(kAnthropic.encode(request, {.model = "m"}), "the request"));
    EXPECT_EQ(body["messages"][0]["content"][0]["text"], "(an empty message)");
}

TEST_P(WiresTest, FlippedBitsAreHarmless) {
    const auto& [name, wire, stream, expected] = GetParam();
    for (std::size_t at = 0; at < stream.size(); ++at) {
        std::string flipped = stream;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
        decode(wire, flipped);
    }
}

TEST_P(WiresTest, TheRequestIsTheOneInTheGoldenFile) {
    const WireCase& tested = GetParam();
    Conversation conversation;
    const Json json =
        must(parse_json(tested.wire.encode(conversation.request, {.model = "m"}), "the request"));
    test::expect_golden(
        test::source_path(fmt::format("tests/unit/agent/provider/golden/{}.json", tested.name)),
        dump_json(json, 2) + "\n");
}

TEST_P(WiresTest, WhatMustComeBackComesBack) {
    const auto& [name, wire, stream, expected] = GetParam();
    const Answer answer = must(decode(wire, stream).answer);
    if (answer.carried.wire.empty()) GTEST_SKIP() << "this wire has nothing that must come back";
    Conversation conversation;
    conversation.request.messages[1].carried = &answer.carried;
    const Json json = must(parse_json(wire.encode(conversation.request, {.model = "m"}), "the request"));
    test::expect_golden(
        test::source_path(fmt::format("tests/unit/agent/provider/golden/{}-carried.json", name)),
        dump_json(json, 2) + "\n");
}

TEST_P(WiresTest, WhatAnotherWireWantsBackIsNotSent) {
    const Wire& wire = GetParam().wire;
    Conversation conversation;
    const std::string without = wire.encode(conversation.request, {.model = "m"});
    for (const char* data :
         {R"([{"type":"thinking"}])", R"({"text":"s","calls":["s"]})", R"([{"type":"reasoning"}])"}) {
        const Carried foreign{"another", data};
        conversation.request.messages[1].carried = &foreign;
        EXPECT_EQ(wire.encode(conversation.request, {.model = "m"}), without);
    }
}

TEST_P(WiresTest, TheSettingsOfTheModelAreSaid) {
    const WireCase& tested = GetParam();
    Conversation conversation;
    conversation.request.messages.resize(1);
    const ModelSettings settings{.model = "m",
                                 .temperature = 0.5,
                                 .effort = "high",
                                 .max_tokens = 4000,
                                 .facts = {.name = {}, .window = 64000, .reasons = true}};
    const Json json = must(parse_json(tested.wire.encode(conversation.request, settings), "the request"));
    test::expect_golden(
        test::source_path(fmt::format("tests/unit/agent/provider/golden/{}-settings.json", tested.name)),
        dump_json(json, 2) + "\n");
}

INSTANTIATE_TEST_SUITE_P(Each, WiresTest, ::testing::ValuesIn(cases()),
                         [](const auto& each) { return replace_all(each.param.name, "-", "_"); });

TEST(Wires, ErrorsInsideOfAStreamSayWhatTheyAre) {
    const auto fault_of = [](const Wire& wire, std::string_view data) {
        const bool lines = &wire == &kOllama;
        return decode(wire, lines ? std::string(data) + "\n" : sse({data})).answer.error().fault;
    };
    EXPECT_EQ(fault_of(kOpenAiChat, R"({"error":{"message":"overloaded"}})"), Fault::Unavailable);
    EXPECT_EQ(fault_of(kAnthropic, R"({"type":"error","error":{"type":"overloaded_error","message":"x"}})"),
              Fault::Unavailable);
    EXPECT_EQ(
        fault_of(kAnthropic, R"({"type":"error","error":{"type":"invalid_request_error","message":"x"}})"),
        Fault::Invalid);
    EXPECT_EQ(
        fault_of(
            kOpenAiResponses,
            R"({"type":"response.failed","response":{"error":{"code":"context_length_exceeded","message":"x"}}})"),
        Fault::TooLarge);
    EXPECT_EQ(fault_of(kOpenAiResponses, R"({"type":"error","code":"server_error","message":"x"})"),
              Fault::Unavailable);
    EXPECT_EQ(fault_of(kGemini, R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"x"}})"),
              Fault::Unavailable);
    EXPECT_EQ(fault_of(kOllama, R"({"error":"it broke"})"), Fault::Unavailable);
    EXPECT_EQ(fault_of(kOllama, R"({"err)"), Fault::Corrupt);
}

TEST(Wires, AReplyThatReachedItsLimitOrWasRefusedSaysSo) {
    const auto stop_of = [](const Wire& wire, std::string_view stream) {
        return must(decode(wire, stream).answer).stop;
    };
    EXPECT_EQ(
        stop_of(
            kOpenAiResponses,
            sse({R"({"type":"response.incomplete","response":{"incomplete_details":{"reason":"max_output_tokens"}}})"})),
        StopReason::Length);
    EXPECT_EQ(stop_of(kAnthropic, sse({R"({"type":"message_delta","delta":{"stop_reason":"max_tokens"}})"})),
              StopReason::Length);
    EXPECT_EQ(stop_of(kAnthropic, sse({R"({"type":"message_delta","delta":{"stop_reason":"refusal"}})"})),
              StopReason::Refused);
    EXPECT_EQ(stop_of(kGemini, sse({R"({"candidates":[{"finishReason":"MAX_TOKENS"}]})"})),
              StopReason::Length);
    EXPECT_EQ(stop_of(kGemini, sse({R"({"promptFeedback":{"blockReason":"SAFETY"}})"})), StopReason::Refused);
    EXPECT_EQ(
        stop_of(kOpenAiChat, sse({R"({"choices":[{"delta":{"refusal":"no"},"finish_reason":"stop"}]})"})),
        StopReason::Refused);
    EXPECT_EQ(stop_of(kOllama, "{\"done\":true,\"done_reason\":\"length\"}\n"), StopReason::Length);
}

TEST(Wires, CallIdsAreOneOfAKindInTheWholeConversation) {
    Conversation conversation;
    Request& request = conversation.request;
    request.messages.insert(request.messages.end(), request.messages.begin() + 1,
                            request.messages.begin() + 4);
    const std::string body = kAnthropic.encode(request, {.model = "m"});
    for (const char* id : {"call00001", "call00002", "call00003", "call00004"}) {
        const std::size_t first = body.find(fmt::format(R"("id":"{}")", id));
        EXPECT_NE(first, std::string::npos) << id;
        EXPECT_EQ(body.find(fmt::format(R"("id":"{}")", id), first + 1), std::string::npos) << id;
        EXPECT_NE(body.find(fmt::format(R"("tool_use_id":"{}")", id)), std::string::npos) << id;
    }
}

}  // namespace
}  // namespace culprit
