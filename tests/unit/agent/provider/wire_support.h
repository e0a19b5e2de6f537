// Canned streams through a decoder, and the conversation that every wire encodes.
#pragma once

#include <initializer_list>

#include "agent/provider/wire.h"
#include "support/support.h"

namespace culprit::test {

// Server-sent events with these data.
std::string sse(std::initializer_list<std::string_view> pieces);

struct Heard {
    std::string deltas;  // text, (thinking), <call>
    Result<Answer> answer;
};

// The stream in pieces of this size.
Heard decode(const Wire& wire, std::string_view stream, std::size_t piece = 1 << 20);

// All of an answer as text, to compare.
std::string shown(const Heard& heard);

// A conversation with everything in it: text, two calls at once, results good and bad, an answer, a question.
struct Conversation {
    Conversation();
    std::deque<OfferedTool> tools;
    AssistantReply calling, answering;
    ToolResult good, bad;
    Request request;
};

}  // namespace culprit::test
