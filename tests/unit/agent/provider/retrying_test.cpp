// Asking again, and going on where a stream was cut: a real HTTP provider against a server that misbehaves.
#include "agent/provider/retrying.h"

#include "agent/config.h"
#include "base/text.h"
#include "support/loopback_server.h"
#include "unit/agent/provider/wire_support.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using test::LoopbackServer;
using test::Served;
using test::sse;
using test::stream_head;
using test::whole_answer_of;

std::string text_event(std::string_view text) {
    return sse({fmt::format(R"({{"choices":[{{"delta":{{"content":"{}"}}}}]}})", text)});
}
const std::string kEnd = sse({R"({"choices":[{"delta":{},"finish_reason":"stop"}]})", "[DONE]"});

struct Told {
    std::string shown;
    std::vector<std::string> notices;
    Result<Answer> answer;
};

Told ask(const LoopbackServer& server, RetryRules rules = {.attempts = 4, .first_wait = 1ms},
         std::chrono::milliseconds stall = 5s, std::chrono::milliseconds silence = 5s) {
    ModelChoice choice{.connection = {.endpoint = find_endpoint("compatible"),
                                      .base_url = server.url() + "/v1",
                                      .stall_limit = stall,
                                      .silence_limit = silence},
                       .settings = {.model = "m"}};
    const auto provider = make_provider(choice, rules);
    Request request{.system = "s"};
    request.messages = {{.role = Message::Role::User, .text = "go"}};
    Told told;
    told.answer = provider->stream(request,
                                   [&](const Delta& delta) {
                                       if (const auto* text = std::get_if<TextDelta>(&delta))
                                           told.shown += text->text;
                                       if (const auto* notice = std::get_if<NoticeDelta>(&delta))
                                           told.notices.emplace_back(notice->text);
                                   },
                                   {});
    return told;
}

const Served kGood = {{stream_head(), text_event("all good"), kEnd}};

TEST(Retrying, PassingFaultsAreAskedAgainEachOneTold) {
    for (const int status : {408, 409, 429, 500, 502, 503, 529}) {
        LoopbackServer server({whole_answer_of(status, R"({"error":{"message":"busy"}})"), kGood});
        const Told told = ask(server);
        EXPECT_EQ(told.shown, "all good") << status;
        ASSERT_EQ(told.notices.size(), 1u);
        EXPECT_TRUE(told.notices[0].starts_with(
            fmt::format("the model server answered {}: busy; asking again in ", status)))
            << told.notices[0];
        EXPECT_TRUE(told.notices[0].ends_with(" (2 of 4)")) << told.notices[0];
    }
}

TEST(Retrying, WhatIsTheRequestsFaultIsNeverAskedAgain) {
    const std::pair<int, std::string_view> kCases[] = {{400, "check --model, --base-url"},
                                                       {401, "set a valid key in OPENAI_API_KEY"},
                                                       {403, "set a valid key in OPENAI_API_KEY"},
                                                       {404, "is the model 'm' right (--model)"}};
    for (const auto& [status, advice] : kCases) {
        LoopbackServer server({whole_answer_of(status, R"({"error":{"message":"no"}})"), kGood});
        const Told told = ask(server);
        ASSERT_FALSE(told.answer) << status;
        EXPECT_NE(told.answer.error().what.find(advice), std::string::npos) << told.answer.error().what;
        EXPECT_EQ(server.bodies().size(), 1u);
        EXPECT_TRUE(told.notices.empty());
    }
}

TEST(Retrying, AKeyThatTheServerRepeatsIsMasked) {
    const std::string key = "a-key-of-no-known-shape";
    LoopbackServer server({whole_answer_of(401, R"({"error":{"message":"no such key: )" + key + R"("}})")});
    const auto provider = make_provider({.connection = {.endpoint = find_endpoint("compatible"),
                                                        .base_url = server.url() + "/v1",
                                                        .key = {.value = key}},
                                         .settings = {.model = "m"}},
                                        {.attempts = 1, .first_wait = 1ms});
    const auto answer = provider->stream({.messages = {{.role = Message::Role::User, .text = "go"}}},
                                         [](const Delta&) {}, {});
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().what.contains("no such key: [masked]")) << answer.error().what;
}

TEST(Retrying, TheServersOwnWaitIsKept) {
    LoopbackServer server({whole_answer_of(429, "{}", "Retry-After-Ms: 30\r\nRetry-After: 60\r\n"), kGood});
    const auto start = std::chrono::steady_clock::now();
    const Told told = ask(server);
    EXPECT_GE(std::chrono::steady_clock::now() - start, 30ms);
    EXPECT_NE(told.notices.at(0).find("asking again in 30.0 ms"), std::string::npos) << told.notices[0];

    LoopbackServer patient({whole_answer_of(429, "{}", "Retry-After: 3600\r\n"), kGood});
    const Told refused = ask(patient);
    ASSERT_FALSE(refused.answer);
    EXPECT_NE(refused.answer.error().what.find("it asks to wait 3.6 ks: send again then"), std::string::npos)
        << refused.answer.error().what;
}

TEST(Retrying, AFaultThatStaysComesToAnEnd) {
    LoopbackServer server({whole_answer_of(500, R"({"error":{"message":"It broke"}})")});
    const Told told = ask(server);
    ASSERT_FALSE(told.answer);
    EXPECT_EQ(server.bodies().size(), 4u);
    EXPECT_EQ(told.notices.size(), 3u);
    EXPECT_EQ(told.answer.error().what,
              "the model server answered 500: It broke (after 4 attempts); send again later, or choose "
              "another model with "
              "--model");
}

TEST(Retrying, AStreamThatIsCutIsGoneOnWithAndNothingIsShownTwice) {
    for (const Served::End end : {Served::End::Close, Served::End::Reset}) {
        LoopbackServer server(
            {{.pieces = {stream_head(), text_event("one two "), text_event("thr")}, .end = end},
             {.pieces = {stream_head(), text_event("ee four")}, .end = end},
             {.pieces = {stream_head(), text_event(" five"), kEnd}}});
        const Told told = ask(server);
        ASSERT_TRUE(told.answer) << told.answer.error().what;
        EXPECT_EQ(told.shown, told.answer->text);
        // A reset may take what was sent just before it along.
        if (end == Served::End::Close) {
            EXPECT_EQ(told.shown, "one two three four five");
            const Json last = test::must(parse_json(server.bodies().back(), "the request"));
            const Json& messages = member(last, "messages");
            EXPECT_EQ(text_at(messages[messages.size() - 2], "content"), "one two three four");
            EXPECT_TRUE(text_at(messages.back(), "content").contains("Go on exactly where it stopped"));
        }
    }
}

TEST(Retrying, AStreamThatIsAlwaysCutComesToAnEnd) {
    LoopbackServer server({{.pieces = {stream_head(), text_event("x")}}});
    const Told told = ask(server);
    ASSERT_FALSE(told.answer);
    EXPECT_EQ(told.shown, "xxxx");
    EXPECT_EQ(told.notices.size(), 3u);
}

TEST(Retrying, AStalledStreamIsLeftAndAskedAgain) {
    LoopbackServer server(
        {{.pieces = {stream_head(), text_event("a")}, .end = Served::End::KeepOpen}, kGood});
    const Told told = ask(server, {.attempts = 3, .first_wait = 1ms}, 100ms);
    EXPECT_EQ(told.shown, "aall good");
    EXPECT_NE(told.notices.at(0).find(" sent nothing for 1"), std::string::npos) << told.notices[0];
}

TEST(Retrying, SignsOfLifeWithoutAnAnswerAreAStallToo) {
    std::vector<std::string> pieces = {stream_head()};
    for (int i = 0; i < 200; ++i) pieces.emplace_back(": keep-alive\n\n");
    LoopbackServer server({{.pieces = pieces, .pause = 5ms}, kGood});
    const Told told = ask(server, {.attempts = 3, .first_wait = 1ms}, 5s, 50ms);
    EXPECT_EQ(told.shown, "all good");
    EXPECT_NE(told.notices.at(0).find("keeps the connection open"), std::string::npos) << told.notices[0];
}

TEST(Retrying, CommentsAndSplitLettersAreNoFault) {
    const std::string stream = ": hello\n\n" + text_event("ä😀") + ": still here\n\n" + kEnd;
    std::vector<std::string> pieces = {stream_head()};
    for (const char c : stream) pieces.emplace_back(1, c);
    LoopbackServer server({{.pieces = pieces}});
    const Told told = ask(server);
    EXPECT_EQ(told.shown, "ä😀");
    EXPECT_TRUE(told.notices.empty());
}

TEST(Retrying, AMalformedPieceInsideOfAStreamIsGoneOnAfter) {
    LoopbackServer server(
        {{.pieces = {stream_head(), text_event("one "), "data: {\"choices\":[{\n\n", text_event("lost")}},
         {.pieces = {stream_head(), text_event("two"), kEnd}}});
    const Told told = ask(server);
    EXPECT_EQ(told.shown, "one two");
    EXPECT_NE(told.notices.at(0).find("broke the protocol"), std::string::npos) << told.notices[0];
}

TEST(Retrying, AConversationThatIsTooLongIsSaidToBe) {
    LoopbackServer server({whole_answer_of(
        400,
        R"({"error":{"message":"This model's maximum context length is 8192 tokens","code":"context_length_exceeded"}})")});
    EXPECT_EQ(ask(server).answer.error().fault, Fault::TooLarge);
}

}  // namespace
}  // namespace culprit
