#include "agent/provider/wire.h"

namespace culprit {

std::string CallIds::of_new(const ToolCall& call) {
    return latest_[call.id] = fmt::format("call{:05}", ++count_);
}

std::string CallIds::of_result(const ToolResult& result) { return latest_[result.call_id]; }

Json carried_by(const Message& reply, const Wire& wire) {
    if (!reply.carried || reply.carried->wire != wire.name) return {};
    auto carried = parse_json(reply.carried->data, "");
    return carried ? *std::move(carried) : Json();
}

Json arguments_object(const ToolCall& call) {
    auto arguments = parse_json(call.arguments, "");
    return arguments && arguments->is_object() ? *std::move(arguments) : Json::object();
}

}  // namespace culprit
