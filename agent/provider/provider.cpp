#include "agent/provider/provider.h"

namespace culprit {

std::size_t request_bytes(const Request& request) {
    std::size_t bytes = request.system.size();
    for (const Message& message : request.messages) {
        bytes += message.text.size();
        for (const ToolCall& call : message.calls) bytes += call.name.size() + call.arguments.size();
        if (message.carried) bytes += message.carried->data.size();
    }
    if (!request.tools) return bytes;
    for (const OfferedTool& tool : *request.tools)
        bytes += tool.name.size() + tool.about.size() + tool.schema_bytes;
    return bytes;
}

}  // namespace culprit
