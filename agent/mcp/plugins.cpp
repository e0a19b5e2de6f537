#include "agent/mcp/plugins.h"

#include <algorithm>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kLongestName = 64;  // of a tool, as providers have it

std::string tool_name(std::string_view server, std::string_view tool) {
    std::string name = fmt::format("{}__{}", server, tool);
    for (char& c : name) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        if (!plain) c = '_';
    }
    return name.substr(0, kLongestName);
}

}  // namespace

std::vector<PluginServer> read_mcp_json(const fs::path& folder, std::vector<std::string>& warnings) {
    std::vector<PluginServer> servers;
    const auto text = read_file(folder / ".mcp.json", 1 << 20);
    if (!text) {
        if (text.error().fault != Fault::NotFound) warnings.push_back(text.error().what);
        return servers;
    }
    const auto json = parse_json(*text, ".mcp.json");
    if (!json) {
        warnings.push_back(json.error().what + "; none of it is used");
        return servers;
    }
    const Json& rows = member(*json, "mcpServers");
    if (!rows.is_object()) {
        warnings.push_back(".mcp.json has no object 'mcpServers'; none of it is used");
        return servers;
    }
    for (const auto& [name, row] : rows.items()) {
        const std::string command = text_at(row, "command");
        if (command.empty()) {
            warnings.push_back(fmt::format(
                ".mcp.json: the server '{}' has no 'command'; only servers over stdio are started",
                printable(name)));
            continue;
        }
        PluginServer server{.name = name, .argv = {command}, .environment = {}, .of_project = true};
        for (const Json& each : member(row, "args")) {
            if (each.is_string()) server.argv.push_back(each.get<std::string>());
        }
        if (const Json& environment = member(row, "env"); environment.is_object()) {
            for (const auto& [key, value] : environment.items()) {
                if (value.is_string()) server.environment.push_back(key + "=" + value.get<std::string>());
            }
        }
        servers.push_back(std::move(server));
    }
    return servers;
}

std::vector<PluginServer> may_start(std::vector<PluginServer> servers, const std::vector<std::string>& named,
                                    std::vector<std::string>& warnings) {
    const auto is_named = [&](const PluginServer& server) {
        return std::ranges::any_of(named,
                                   [&](const auto& name) { return name == "*" || name == server.name; });
    };
    for (const std::string& name : named) {
        if (name != "*" && std::ranges::find(servers, name, &PluginServer::name) == servers.end())
            warnings.push_back(fmt::format("--mcp {}: there is no plug-in server of that name", name));
    }
    std::erase_if(servers, [&](const PluginServer& server) {
        if (server.argv.empty() || server.argv.front().empty()) return true;
        if (!server.of_project || is_named(server)) return false;
        warnings.push_back(fmt::format("The project has a plug-in server: --mcp {} starts it ({})",
                                       server.name, one_line(printable(join(server.argv, " ")), 120)));
        return true;
    });
    return servers;
}

Plugins::Plugins(std::vector<PluginServer> servers, const fs::path& folder) : told_(servers.size(), false) {
    for (PluginServer& server : servers) {
        clients_.push_back(std::make_unique<McpClient>(std::move(server), folder, [this] {
            const std::scoped_lock lock(mutex_);
            woken_.notify_all();
        }));
    }
}

void Plugins::take_in(Toolbox& tools, Terminal& terminal) {
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        if (clients_[i]->state() == McpClient::State::Failed) {
            if (!told_[i]) terminal.failure(clients_[i]->problem());
            told_[i] = true;
        } else {
            add_tools(*clients_[i], tools, terminal);
        }
    }
}

void Plugins::add_tools(McpClient& client, Toolbox& tools, Terminal& terminal) {
    auto taken = client.take_tools();
    if (!taken) return;
    const PluginServer& server = client.server();
    tools.remove_all(tool_name(server.name, ""));
    for (PluginTool& tool : *taken) {
        const auto added = tools.add({
            .name = tool_name(server.name, tool.name),
            .about = fmt::format("[of the plug-in server {}] {}", server.name, tool.about),
            .effect = tool.only_reads && server.trusted ? Effect::Reads : Effect::Runs,
            .schema = std::move(tool.schema),
            .run = [&client, name = tool.name](
                       const Json& arguments,
                       Workbench& bench) { return client.call(name, arguments, bench.stop); },
        });
        if (!added) terminal.notice(added.error().what);
    }
}

void Plugins::wait(std::chrono::milliseconds limit, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, stop, limit, [this] {
        return std::ranges::none_of(
            clients_, [](const auto& client) { return client->state() == McpClient::State::Connecting; });
    });
}

}  // namespace culprit
