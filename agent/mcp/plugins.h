// The plug-in servers of a session, and their tools among ours: "server__tool".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/mcp/client.h"
#include "agent/terminal.h"
#include "tools/toolbox.h"

namespace culprit {

// The servers of the folder's .mcp.json ({"mcpServers":{NAME:{"command","args","env"}}}); what cannot be used
// of it is told in `warnings`. They are the project's: see may_start().
std::vector<PluginServer> read_mcp_json(const fs::path& folder, std::vector<std::string>& warnings);

// Which of them are started: the person's own, and of the project's those that the person names ("*": all).
// Of the others `warnings` says how to start them.
std::vector<PluginServer> may_start(std::vector<PluginServer> servers, const std::vector<std::string>& named,
                                    std::vector<std::string>& warnings);

class Plugins {
  public:
    // Starts them and comes back at once.
    Plugins(std::vector<PluginServer> servers, const fs::path& folder);

    // Puts the tools of those that are ready by now among `tools`; of each that failed, and of each tool that
    // cannot be taken, the person is told once.
    void take_in(Toolbox& tools, Terminal& terminal);

    // Waits until each is ready or has failed.
    void wait(std::chrono::milliseconds limit, std::stop_token stop);

  private:
    void add_tools(McpClient& client, Toolbox& tools, Terminal& terminal);

    std::mutex mutex_;
    std::condition_variable_any woken_;
    std::vector<bool> told_;  // that it failed, of each
    std::vector<std::unique_ptr<McpClient>> clients_;
};

}  // namespace culprit
