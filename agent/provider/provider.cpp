#include "agent/provider/provider.h"

namespace culprit {

std::size_t tool_bytes(const Request& request) {
    std::size_t bytes = 0;
    for (const OfferedTool* tool : request.tools)
        bytes += tool->name.size() + tool->about.size() + tool->schema_bytes;
    return bytes;
}

std::size_t request_bytes(const Request& request) {
    std::size_t bytes = request.system.size();
    for (const Message& message : request.messages) {
        bytes += message.text.size();
        for (const ToolCall& call : message.calls) bytes += call.name.size() + call.arguments.size();
        if (message.carried) bytes += message.carried->data.size();
    }
    return bytes + tool_bytes(request);
}

}  // namespace culprit
