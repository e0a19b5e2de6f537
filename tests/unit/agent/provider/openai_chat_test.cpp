#include "unit/agent/provider/wire_support.h"

namespace culprit {
namespace {

using test::Heard;
using test::must;
using test::sse;

Heard decode(std::string_view stream, std::size_t piece = 1 << 20) {
    return test::decode(kOpenAiChat, stream, piece);
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

}  // namespace
}  // namespace culprit
