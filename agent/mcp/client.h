// A plug-in server: a child process whose tools become ours, by the Model Context Protocol.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "agent/mcp/protocol.h"
#include "agent/settings.h"
#include "base/files.h"
#include "tools/tool.h"

namespace culprit {

// What a server says of one of its tools.
struct PluginTool {
    std::string name, about;
    Json schema;
    bool only_reads = false;  // as it says; whether that counts is for us to decide
};

// Started, greeted and asked for its tools in a thread of its own. Whatever the server does (nothing, noise,
// dying, a flood), every wait ends: at the server's deadline, at a call's limit, or when it is gone. Calls
// may be made from several threads. The server is ended, with all that it started, when the object goes.
class McpClient {
  public:
    // `woken` is called, from another thread, when state() may have changed.
    McpClient(PluginServer server, fs::path folder, std::function<void()> woken);
    ~McpClient();
    McpClient(const McpClient&) = delete;
    McpClient& operator=(const McpClient&) = delete;

    enum class State { Connecting, Ready, Failed };
    State state() const;
    std::string problem() const;  // why it failed, for people
    // Its tools, if they are there and were not taken before.
    std::optional<std::vector<PluginTool>> take_tools();
    const PluginServer& server() const { return server_; }

    // Fails with TimedOut at the server's call limit, Unavailable if it is gone, Invalid for what it reports
    // as an error, Cancelled on stop; the server is told of a call that nobody waits for any more.
    Result<Output> call(std::string_view tool, const Json& arguments, std::stop_token stop);

  private:
    void run_server(std::stop_token stop);
    void connect(std::stop_token stop);
    Result<std::vector<PluginTool>> list_tools(std::stop_token stop);
    Result<Json> request(std::string_view method, Json params, std::chrono::milliseconds limit,
                         std::stop_token stop);
    bool take_output(std::string_view bytes);
    void take_line(const std::string& line);
    void take_response(const Json& id, const Json& message);
    Result<> send(const Json& message, std::stop_token stop);
    void end(std::string why);

    PluginServer server_;
    fs::path folder_;
    std::function<void()> woken_;
    Descriptor to_server_, servers_input_;
    LineCutter lines_;

    mutable std::mutex mutex_;
    std::mutex write_mutex_;
    std::condition_variable_any changed_;
    std::map<std::int64_t, Json> waiting_;  // null until the response is there
    std::int64_t last_id_ = 0;
    std::size_t unasked_bytes_ = 0;  // that came since the last response
    State state_ = State::Connecting;
    std::string problem_, last_words_;
    std::optional<std::vector<PluginTool>> tools_;
    bool list_changed_ = false;
    std::stop_source stop_;  // of the server and of what waits for it
    std::jthread server_thread_, connect_thread_;
};

}  // namespace culprit
