// .NET as it is installed here: its command, its tools, its running programs, and building a project to run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "tools/tool.h"

namespace culprit {

// "dotnet": of PATH, DOTNET_ROOT, or the folder that Microsoft's install script uses. Fails with NotFound.
Result<fs::path> find_dotnet();

// How a tool such as dotnet-trace is started: argv to put the arguments behind, and the folder to do it in.
struct DotnetTool {
    std::vector<std::string> argv;
    fs::path folder;
    std::string where;  // for people: "~/.dotnet/tools", "the manifest in /src"
};

// Looks in PATH, in the folder of global tools, and in the tool manifests of `near` and the folders above it.
// Fails with NotFound, saying how to install it.
Result<DotnetTool> find_dotnet_tool(std::string_view name, const fs::path& near);

// Installs a tool from NuGet for this user. Fails with Unavailable and what the installer said.
Result<> install_dotnet_tool(std::string_view name, std::stop_token stop);

// A program as it is started.
struct Launch {
    std::vector<std::string> argv;
    fs::path folder;
    std::string built;  // the project it was built from, empty if it was there
};

struct LaunchRequest {
    fs::path program;  // a project or a folder with one, a .dll, or an executable file
    std::vector<std::string> arguments = {};
    fs::path folder = {};        // where it runs; empty: the folder of the project or of the program
    std::string framework = {};  // of a project that builds for several: "net10.0"
    fs::path builds = {};  // below it projects are built, each in a folder of its own: never in the checkout
};

// Makes the program ready to start: a project is built in Release. Never started through `dotnet run`: that
// is a program of its own, which would be measured in place of this one. Fails with NotFound or Invalid if
// there is no program in that, with Unavailable and the compiler's errors if it does not build.
Result<Launch> make_launch(const LaunchRequest& request, const Progress& progress, std::stop_token stop);

// The projects at a path: itself, or those of a folder, the ones nearest to it.
std::vector<fs::path> projects_at(const fs::path& path);

struct DotnetProcess {
    int pid = 0;
    std::string command;
};

// The .NET programs of this user that a tracer could reach, the ones with the lowest number first.
std::vector<DotnetProcess> dotnet_processes();
bool is_dotnet_process(int pid);

}  // namespace culprit
