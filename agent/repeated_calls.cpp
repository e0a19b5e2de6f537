#include "agent/repeated_calls.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace culprit {
namespace {

constexpr std::string_view kHint = "you asked for exactly this twice already, and the result was the same (";

struct Asked {
    const ToolCall* call;
    const ToolResult* result;
};

// The calls of this turn that have a result, newest first.
std::vector<Asked> asked_in_turn(std::span<const Event> events) {
    std::vector<Asked> asked;
    std::vector<const ToolResult*> results;  // of the reply that comes next, going back
    for (std::size_t i = events.size(); i-- > 0;) {
        const EventBody& body = events[i].body;
        if (std::holds_alternative<UserText>(body) || std::holds_alternative<Summarized>(body)) break;
        if (const auto* result = std::get_if<ToolResult>(&body)) results.push_back(result);
        const auto* reply = std::get_if<AssistantReply>(&body);
        if (!reply) continue;
        for (std::size_t call = reply->calls.size(); call-- > 0;) {
            const auto result = std::ranges::find(results, reply->calls[call].id, &ToolResult::call_id);
            if (result != results.end()) asked.push_back({&reply->calls[call], *result});
        }
        results.clear();
    }
    return asked;
}

}  // namespace

std::string repetition_hint(std::span<const Event> events, const ToolCall& call,
                            const std::function<bool(std::string_view)>& is_reading) {
    std::vector<const ToolResult*> same;
    for (const Asked& each : asked_in_turn(events)) {
        if (each.call->name != call.name || each.call->arguments != call.arguments) {
            if (!is_reading(each.call->name)) break;
        } else if (!each.result->text.starts_with(kHint)) {
            same.push_back(each.result);
        }
    }
    if (same.size() < 2 || same[0]->text != same[1]->text) return {};
    return fmt::format(
        "{}{} and {}): it was not run again. Use what you have, ask for something else, or answer", kHint,
        same[1]->evidence, same[0]->evidence);
}

}  // namespace culprit
