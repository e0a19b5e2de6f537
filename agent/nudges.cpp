#include "agent/nudges.h"

namespace culprit {

std::string nudge(const Answer& empty_reply) {
    switch (empty_reply.stop) {
        case StopReason::Length:
            return "[Your reply reached its limit of length before it said anything. Think less, and answer "
                   "or call a "
                   "tool now.]";
        case StopReason::Refused:
            return "[You declined to reply. If a part of this cannot be answered, say which, and answer the "
                   "rest.]";
        case StopReason::Done:
        case StopReason::Calls: break;
    }
    return "[Your reply was empty. Answer, or call a tool.]";
}

Error silence(const Answer& empty_reply) {
    switch (empty_reply.stop) {
        case StopReason::Length:
            return {
                Fault::Unavailable,
                "the model reached its limit of length before it said anything; raise --max-tokens or lower "
                "--reasoning-effort"};
        case StopReason::Refused:
            return {Fault::Denied,
                    "the model declined to reply; say it in other words, or choose another model"};
        case StopReason::Done:
        case StopReason::Calls: break;
    }
    return {Fault::Unavailable, "the model said nothing; send the message again"};
}

bool is_cut(const Answer& answer, const ToolCall& call) {
    return answer.stop == StopReason::Length && &call == &answer.calls.back() &&
           !parse_json(call.arguments, "");
}

}  // namespace culprit
