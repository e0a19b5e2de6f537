// What both sides of the Model Context Protocol share: JSON-RPC 2.0, a message a line.
//
// Source: modelcontextprotocol.io/specification/2025-11-25, basic/transports and server/tools
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/json.h"

namespace culprit {

// The revisions that are spoken, the newest first.
constexpr std::array<std::string_view, 3> kMcpVersions = {"2025-11-25", "2025-06-18", "2025-03-26"};

enum class RpcError {
    Parse = -32700,
    InvalidRequest = -32600,
    NoMethod = -32601,
    InvalidParams = -32602,
    Busy = -32000
};

Json rpc_request(const Json& id, std::string_view method, Json params);
Json rpc_notification(std::string_view method, Json params);
Json rpc_result(const Json& id, Json result);
Json rpc_error(const Json& id, RpcError code, std::string_view message);

// Cuts a stream of bytes into lines, each with at most `most` bytes.
class LineCutter {
  public:
    explicit LineCutter(std::size_t most) : most_(most) {}
    // Gives each whole line to `on_line`. False: a line is longer than it may be, and nothing more is to be
    // had.
    template <class OnLine>
    bool feed(std::string_view bytes, const OnLine& on_line) {
        while (!bytes.empty()) {
            const std::size_t end = bytes.find('\n');
            line_ += bytes.substr(0, end);
            if (line_.size() > most_) return false;
            if (end == std::string_view::npos) return true;
            bytes.remove_prefix(end + 1);
            on_line(std::exchange(line_, {}));
        }
        return true;
    }

  private:
    std::size_t most_;
    std::string line_;
};

}  // namespace culprit
