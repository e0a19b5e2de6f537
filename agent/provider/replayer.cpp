#include "agent/provider/replayer.h"

#include <algorithm>

namespace culprit {
namespace {

Result<> check_calls(const Request& request) {
    std::vector<std::string_view> open;
    for (const Message& message : request.messages) {
        if (message.role == Message::Role::Tool) {
            const auto call = std::ranges::find(open, std::string_view(message.result->call_id));
            if (call == open.end()) return fail(Fault::Internal, "the request has a result without a call");
            open.erase(call);
            continue;
        }
        if (!open.empty())
            return fail(Fault::Internal, "the request has no result for the call {}", open.front());
        for (const ToolCall& call : message.calls) open.push_back(call.id);
    }
    if (!open.empty())
        return fail(Fault::Internal, "the request has no result for the call {}", open.front());
    return {};
}

Fault fault_named(std::string_view name) {
    for (const Fault fault : {Fault::Invalid, Fault::NotFound, Fault::Denied, Fault::TimedOut,
                              Fault::Unavailable, Fault::Corrupt, Fault::Cancelled}) {
        if (to_string(fault) == name) return fault;
    }
    return Fault::Internal;
}

}  // namespace

Replayer::Replayer(std::span<const Event> turn, std::function<void()> stop_turn)
    : left_(turn), stop_turn_(std::move(stop_turn)) {
    for (const Event& event : turn) {
        if (const auto* reply = std::get_if<AssistantReply>(&event.body)) model_ = reply->model;
    }
}

Result<Answer> Replayer::stream(const Request& request, const OnDelta& on_delta, std::stop_token) {
    TRY_OK(check_calls(request));
    while (!left_.empty()) {
        const EventBody& body = left_.front().body;
        left_ = left_.subspan(1);
        if (const auto* reply = std::get_if<AssistantReply>(&body)) {
            if (!reply->text.empty()) on_delta(TextDelta{reply->text});
            stop_if_recorded();
            return Answer{.text = reply->text,
                          .calls = reply->calls,
                          .stop = reply->stop,
                          .usage = reply->usage,
                          .carried = reply->carried};
        }
        if (const auto* stopped = std::get_if<Cancelled>(&body)) {
            if (!stopped->partial.empty()) on_delta(TextDelta{stopped->partial});
            return std::unexpected(cancelled());
        }
        if (const auto* failed = std::get_if<TurnFailed>(&body)) {
            if (!failed->partial.empty()) on_delta(TextDelta{failed->partial});
            return fail(fault_named(failed->fault), "{}", failed->what);
        }
    }
    return fail(Fault::Internal,
                "the recording has no further answer: the program asked for one more than it did then");
}

void Replayer::call_done() {
    // Past the decision and the result of the call that is done; a recording that is to be updated may have
    // neither.
    while (!left_.empty() && std::holds_alternative<CallDecided>(left_.front().body))
        left_ = left_.subspan(1);
    if (!left_.empty() && std::holds_alternative<ToolResult>(left_.front().body)) left_ = left_.subspan(1);
    stop_if_recorded();
}

// If the next call of the recording was stopped, stops the turn.
void Replayer::stop_if_recorded() {
    for (const Event& event : left_) {
        if (std::holds_alternative<CallDecided>(event.body)) continue;
        const auto* result = std::get_if<ToolResult>(&event.body);
        if (result && result->fault == to_string(Fault::Cancelled)) stop_turn_();
        return;
    }
}

}  // namespace culprit
