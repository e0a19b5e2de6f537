#include "agent/provider/openai_chat.h"

#include "support/support.h"

namespace culprit {
namespace {

using test::must;

std::string sse(std::initializer_list<std::string_view> pieces) {
    std::string stream;
    for (const std::string_view piece : pieces) stream += "data: " + std::string(piece) + "\n\n";
    return stream;
}

struct Heard {
    std::string deltas;
    Result<Answer> answer;
};

Heard decode(std::string_view stream, std::size_t piece = 1 << 20) {
    std::string deltas;
    const OnDelta on_delta = [&](const Delta& delta) {
        if (const auto* text = std::get_if<TextDelta>(&delta)) deltas += text->text;
        if (const auto* text = std::get_if<ThinkingDelta>(&delta))
            deltas += "(" + std::string(text->text) + ")";
        if (const auto* call = std::get_if<CallDelta>(&delta)) deltas += "<" + std::string(call->name) + ">";
    };
    const auto decoder = kOpenAiChat.decoder();
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        if (auto fed = decoder->feed(stream.substr(at, piece), on_delta); !fed)
            return {deltas, std::unexpected(fed.error())};
    }
    return {deltas, decoder->finish()};
}

const std::string kCalls = sse({
    R"({"choices":[{"delta":{"role":"assistant","content":"Lo"}}]})",
    R"({"choices":[{"delta":{"content":"oking ä😀"}}]})",
    R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"grep","arguments":""}}]}}]})",
    R"({"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"pattern\""}}]}}]})",
    R"({"choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"read_file","arguments":"{}"}}]}}]})",
    R"({"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":\"x\"}"}}]}}]})",
    R"({"choices":[{"delta":{},"finish_reason":"tool_calls"}]})",
    R"({"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":6}}})",
    "[DONE]",
});

TEST(OpenAiChat, ReadsTextAndCallsInPiecesHoweverTheBytesAreCut) {
    for (const std::size_t piece : {1u, 2u, 3u, 7u, 64u, 100000u}) {
        const Heard heard = decode(kCalls, piece);
        const Answer answer = must(heard.answer);
        EXPECT_EQ(heard.deltas, "Looking ä😀<grep><read_file>");
        EXPECT_EQ(answer.text, "Looking ä😀");
        ASSERT_EQ(answer.calls.size(), 2u);
        EXPECT_EQ(answer.calls[0].arguments, R"({"pattern":"x"})");
        EXPECT_EQ(answer.calls[1].name, "read_file");
        EXPECT_EQ(answer.stop, StopReason::Calls);
        EXPECT_EQ(answer.usage.input_tokens, 10);
        EXPECT_EQ(answer.usage.cached_tokens, 6);
    }
}

TEST(OpenAiChat, WholeCallsUnderOneIndexAreSeveral) {
    const Answer answer = must(
        decode(
            sse({R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"{}"}},)"
                 R"({"index":0,"id":"b","function":{"name":"y","arguments":"{}"}}]}}]})",
                 "[DONE]"}))
            .answer);
    ASSERT_EQ(answer.calls.size(), 2u);
    EXPECT_EQ(answer.calls[1].name, "y");
}

TEST(OpenAiChat, ACutStreamIsToldFromAWholeOne) {
    EXPECT_EQ(decode(sse({R"({"choices":[{"delta":{"content":"half"}}]})"})).answer.error().fault,
              Fault::Unavailable);
    const Answer answer =
        must(decode(sse({R"({"choices":[{"delta":{"content":"all"},"finish_reason":"stop"}]})"})).answer);
    EXPECT_EQ(answer.text, "all");
    EXPECT_EQ(must(decode(sse({R"({"choices":[{"delta":{},"finish_reason":"length"}]})"})).answer).stop,
              StopReason::Length);
}

TEST(OpenAiChat, WhatIsNoJsonNamesThePlace) {
    const Heard heard = decode(sse({R"({"choices":[{"delta":{"content":"a"}}]})", R"({"choices":[{"del)"}));
    EXPECT_EQ(heard.deltas, "a");
    EXPECT_EQ(heard.answer.error().fault, Fault::Corrupt);
    EXPECT_NE(heard.answer.error().what.find("is not JSON: byte 18"), std::string::npos)
        << heard.answer.error().what;
}

TEST(OpenAiChat, AnErrorInsideOfTheStreamIsTold) {
    EXPECT_EQ(decode(sse({R"({"error":{"message":"overloaded"}})"})).answer.error().what,
              "the model server reports in the middle of its answer: overloaded");
}

TEST(OpenAiChat, EveryCutAndManyFlipsAreHarmless) {
    for (std::size_t size = 0; size < kCalls.size(); ++size) decode(std::string_view(kCalls).substr(0, size));
    for (std::size_t at = 0; at < kCalls.size(); ++at) {
        std::string flipped = kCalls;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
        decode(flipped);
    }
}

TEST(OpenAiChat, TheRequestIsWhatTheReferenceAsksFor) {
    const AssistantReply reply{.text = "", .calls = {{"c1", "memory", R"({"command":"view"})"}}};
    const ToolResult result{.call_id = "c1"};
    Request request{.system = "Be exact.", .tools = std::span(all_tools()).first(0)};
    request.messages = {{.role = Message::Role::User, .text = "why \xFF?"},
                        {.role = Message::Role::Assistant, .calls = reply.calls},
                        {.role = Message::Role::Tool, .text = "[E1] nothing", .result = &result}};
    EXPECT_EQ(kOpenAiChat.encode(request, {.model = "m"}),
              R"({"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[)"
              R"({"role":"system","content":"Be exact."},{"role":"user","content":"why )"
              "\uFFFD"
              R"(?"},)"
              R"({"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":)"
              R"({"name":"memory","arguments":"{\"command\":\"view\"}"}}]},)"
              R"({"role":"tool","tool_call_id":"c1","content":"[E1] nothing"}]})");
}

}  // namespace
}  // namespace culprit
