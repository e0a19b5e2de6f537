#include "agent/mcp/server.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <thread>

#include <poll.h>
#include <unistd.h>

#include "agent/console.h"
#include "agent/mcp/protocol.h"
#include "base/process.h"
#include "tools/args.h"
#include "tools/invoke.h"
#include "tools/run/runner.h"

namespace culprit {
namespace {

constexpr std::size_t kMostLine = 16u << 20;
constexpr std::size_t kMostCalls = 32;  // at once

constexpr std::string_view kInstructions =
    "Finds the root cause of performance regressions. Profiles and traces are read with profile_summary, "
    "profile_top and profile_diff, sources with find_symbol, callers and read_file; paths are relative to "
    "the "
    "source roots that list_files shows.";

class McpServer {
  public:
    McpServer(Session& session, const Toolbox& tools, const Judge& judge)
        : session_(session), tools_(tools), judge_(judge) {}

    Result<> serve(std::stop_token stop) {
        const StopSignal signal(stop);
        LineCutter lines(kMostLine);
        std::array<char, 65536> piece;
        for (;;) {
            std::array<pollfd, 2> set{{{STDIN_FILENO, POLLIN, 0}, {signal.fd(), POLLIN, 0}}};
            if (::poll(set.data(), set.size(), -1) < 0) continue;
            if (stop.stop_requested()) return std::unexpected(cancelled());
            const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
            if (got <= 0) return finish_calls();
            const bool good = lines.feed({piece.data(), static_cast<std::size_t>(got)},
                                         [&](const std::string& line) { take_line(line); });
            if (!good) return fail(Fault::Invalid, "a message on stdin is longer than {} bytes", kMostLine);
            if (auto written = failure(); !written) return written;
        }
    }

    ~McpServer() {
        for (auto& [id, call] : calls_) call.stop.request_stop();
        static_cast<void>(finish_calls());
    }

  private:
    struct RunningCall {
        std::stop_source stop;
        bool done = false;
        std::jthread thread;
    };

    // Whoever closed stdin may still wait for answers.
    Result<> finish_calls() {
        for (auto& [id, call] : calls_) {
            if (call.thread.joinable()) call.thread.join();
        }
        return failure();
    }

    void send(const Json& message) {
        const std::scoped_lock lock(out_mutex_);
        print(STDOUT_FILENO, dump_json(message) + "\n");
    }

    void take_line(const std::string& line) {
        const auto message = parse_json(line, "the message");
        if (!message) return send(rpc_error(nullptr, RpcError::Parse, message.error().what));
        if (!message->is_array()) return take(*message);
        for (const Json& each : *message) take(each);  // a batch, as the revision 2025-03-26 has it
    }

    void take(const Json& message) {
        const Json& id = member(message, "id");
        const std::string method = text_at(message, "method");
        const Json& params = member(message, "params");
        if (method.empty()) {
            if (!message.contains("result") && !message.contains("error"))
                send(rpc_error(id, RpcError::InvalidRequest, "a request needs a method"));
            return;
        }
        if (method == "notifications/cancelled") return cancel(member(params, "requestId"));
        if (!message.contains("id")) return;  // of no other notification is there anything to do
        if (method == "initialize") return send(rpc_result(id, initialize(params)));
        if (method == "ping") return send(rpc_result(id, Json::object()));
        if (method == "tools/list") return send(rpc_result(id, {{"tools", listed_tools()}}));
        if (method == "tools/call") return begin_call(id, params);
        send(rpc_error(id, RpcError::NoMethod, "there is no method " + method));
    }

    Json initialize(const Json& params) {
        const std::string wanted = text_at(params, "protocolVersion");
        const bool known = std::ranges::find(kMcpVersions, wanted) != kMcpVersions.end();
        client_ = text_at(member(params, "clientInfo"), "name", "a client");
        const std::scoped_lock lock(log_mutex_);
        keep(session_.record(UserText{fmt::format("[Calls of {}, by the Model Context Protocol]", client_)}));
        return {{"protocolVersion", known ? wanted : std::string(kMcpVersions.front())},
                {"capabilities", {{"tools", {{"listChanged", false}}}}},
                {"serverInfo", {{"name", "culprit"}, {"version", CULPRIT_VERSION}}},
                {"instructions", kInstructions}};
    }

    Json listed_tools() const {
        Json list = Json::array();
        for (const OfferedTool& tool : tools_.all()) {
            const Tool* row = find_tool(tool.name);  // a client may show its model some of the tools alone
            list.push_back({{"name", tool.name},
                            {"description", tool.about},
                            {"inputSchema", row ? argument_schema(*row) : tool.schema},
                            {"annotations",
                             {{"readOnlyHint", tool.effect == Effect::Reads},
                              {"destructiveHint", tool.effect == Effect::Runs},
                              {"openWorldHint", tool.effect == Effect::Runs}}}});
        }
        return list;
    }

    void begin_call(const Json& id, const Json& params) {
        const std::string name = text_at(params, "name");
        const OfferedTool* tool = tools_.find(name);
        if (!tool) return send(rpc_error(id, RpcError::InvalidParams, "there is no tool " + name));
        const std::scoped_lock lock(calls_mutex_);
        std::erase_if(calls_, [](const auto& each) { return each.second.done; });
        if (calls_.size() >= kMostCalls || calls_.contains(dump_json(id)))
            return send(rpc_error(id, RpcError::Busy, "too many calls at once, or two with one id"));
        const Json& arguments = member(params, "arguments");
        ToolCall call{.id = dump_json(id),
                      .name = name,
                      .arguments = arguments.is_null() ? "{}" : dump_json(arguments)};
        RunningCall& running = calls_[call.id];
        running.thread =
            std::jthread([this, id, call = std::move(call), tool, stop = running.stop.get_token(),
                          token = member(member(params, "_meta"), "progressToken")] {
                run_call(id, call, *tool, token, stop);
                const std::scoped_lock done_lock(calls_mutex_);
                calls_.at(call.id).done = true;
            });
    }

    void cancel(const Json& id) {
        const std::scoped_lock lock(calls_mutex_);
        if (const auto call = calls_.find(dump_json(id)); call != calls_.end())
            call->second.stop.request_stop();
    }

    void run_call(const Json& id, const ToolCall& call, const OfferedTool& tool, const Json& token,
                  std::stop_token stop) {
        std::unique_lock one_by_one(writing_mutex_, std::defer_lock);
        if (tool.effect != Effect::Reads) one_by_one.lock();
        const std::string evidence = next_evidence();
        ToolResult result{.call_id = call.id, .tool = call.name, .evidence = evidence};
        Workbench bench = session_.workspace().bench(stop);
        if (!token.is_null()) bench.progress = progress_to(token);
        const Permit permit = permit_of(tool, call, bench);
        if (!permit.allowed) {
            result.text = fmt::format("{} was not run: {}", call.name, permit.why);
            result.fault = to_string(Fault::Denied);
        } else {
            Runner runner = session_.workspace().runner(session_.place().artifacts, permit.granted, {});
            bench.runner = &runner;
            auto ran = invoke(call, evidence, session_.place().artifacts, tools_, bench);
            if (!ran) return;  // cancelled: nobody waits for it
            result = *std::move(ran);
        }
        log(call, permit, result);
        send(rpc_result(id, result_json(result)));
    }

    Permit permit_of(const OfferedTool& tool, const ToolCall& call, Workbench& bench) {
        SilentTerminal nobody;
        Runner runner = session_.workspace().runner(session_.place().artifacts, {}, {});
        bench.runner = &runner;
        auto permit = judge_(tool, call, bench, nobody);
        bench.runner = nullptr;
        return permit ? *std::move(permit) : Permit{.why = permit.error().what};
    }

    // Its number must grow with each: where the share is not known, it counts.
    Progress progress_to(const Json& token) {
        return [this, token, last = 0.0](std::string_view what, double share) mutable {
            last = share > last ? share : last + (share < 0 ? 1 : 1e-6);
            Json params = {{"progressToken", token}, {"progress", last}, {"message", what}};
            if (share >= 0) params["total"] = 1;
            send(rpc_notification("notifications/progress", std::move(params)));
        };
    }

    static Json result_json(const ToolResult& result) {
        Json json = {{"content", Json::array({{{"type", "text"}, {"text", result.text}}})},
                     {"isError", !result.fault.empty()}};
        if (result.data.is_object()) json["structuredContent"] = result.data;
        return json;
    }

    std::string next_evidence() {
        const std::scoped_lock lock(log_mutex_);
        return session_.next_evidence(running_evidence_++);
    }

    void log(const ToolCall& call, const Permit& permit, const ToolResult& result) {
        const std::scoped_lock lock(log_mutex_);
        --running_evidence_;
        keep(session_.record(AssistantReply{.text = {}, .calls = {call}, .model = "mcp:" + client_}));
        keep(session_.record(CallDecided{call.id, permit.allowed, permit.why, permit.shown}));
        keep(session_.record(result));
    }

    Result<> failure() {
        const std::scoped_lock lock(log_mutex_);
        return failure_;
    }

    void keep(Result<> recorded) {
        if (failure_ && !recorded) failure_ = std::move(recorded);
    }

    Session& session_;
    const Toolbox& tools_;
    const Judge& judge_;
    std::string client_ = "a client";
    std::mutex out_mutex_, log_mutex_, writing_mutex_, calls_mutex_;
    std::size_t running_evidence_ = 0;
    Result<> failure_;
    std::map<std::string, RunningCall> calls_;  // by id as JSON; last, so that its threads end first
};

}  // namespace

Result<> serve_mcp(Session& session, const Toolbox& tools, const Judge& judge, std::stop_token stop) {
    return McpServer(session, tools, judge).serve(std::move(stop));
}

}  // namespace culprit
