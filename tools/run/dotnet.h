// .NET as it is installed here: its command, its tools, its package cache, its running programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/run/runner.h"

namespace culprit {

// "dotnet": of PATH, DOTNET_ROOT, or the folder that Microsoft's install script uses. Fails with NotFound.
Result<fs::path> find_dotnet();

// What the command is told in its environment: no questions, no greetings, English messages, and no server
// processes that outlive it.
const std::vector<std::string>& quiet_dotnet();

// What a restore of packages needs: the network, the package cache to write, the settings that name sources.
Needs package_needs();

// How a tool such as dotnet-trace is started: argv to put the arguments behind, and the folder to do it in.
struct DotnetTool {
    std::vector<std::string> argv;
    fs::path folder;
    std::string where;  // for people: "~/.dotnet/tools", "the manifest in /src"
    Needs needs = {};   // to be found in the sandbox
};

// Looks in PATH, in the folder of global tools, and in the tool manifests of `near` and the folders above it.
// Fails with NotFound, saying how to install it.
Result<DotnetTool> find_dotnet_tool(std::string_view name, const fs::path& near);

// Installs a tool from NuGet for this user; what that starts and needs. Fails with Unavailable and what the
// installer said.
void plan_install(std::string_view name, Plan& plan);
Result<> install_dotnet_tool(std::string_view name, Runner& runner, std::stop_token stop);

struct DotnetProcess {
    int pid = 0;
    std::string command;
    fs::path socket;  // its diagnostic socket
};

// The .NET programs of this user that a tracer could reach, the ones with the lowest number first.
std::vector<DotnetProcess> dotnet_processes();
// Those among what `pid` started, and itself, that have their socket in `folder`: their TMPDIR.
std::vector<DotnetProcess> dotnet_processes_of(int pid, const fs::path& folder);

// Fails with NotFound if there is none with this pid, Invalid if it is no .NET program (naming those that
// are).
Result<DotnetProcess> find_dotnet_process(int pid);

}  // namespace culprit
