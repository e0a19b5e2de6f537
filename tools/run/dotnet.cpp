#include "tools/run/dotnet.h"

#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>

#include <unistd.h>

#include "base/process.h"
#include "base/text.h"
#include "tools/run/proc.h"

namespace culprit {
namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

fs::path home() { return variable("HOME"); }

bool is_executable(const fs::path& file) {
    std::error_code code;
    return fs::is_regular_file(file, code) && ::access(file.c_str(), X_OK) == 0;
}

bool manifest_has(const fs::path& manifest, std::string_view tool) {
    const auto text = read_file(manifest, 1u << 20);
    if (!text) return false;
    const auto json = parse_json(*text, manifest.string());
    return json && member(*json, "tools").is_object() && member(*json, "tools").contains(tool);
}

struct Manifest {
    fs::path folder, file;
};

// The nearest one that has the tool.
std::optional<Manifest> manifest_with(std::string_view tool, fs::path folder) {
    for (;; folder = folder.parent_path()) {
        for (const char* name : {".config/dotnet-tools.json", "dotnet-tools.json"}) {
            if (manifest_has(folder / name, tool)) return Manifest{folder, folder / name};
        }
        if (!folder.has_relative_path()) return std::nullopt;
    }
}

// As grants name it: real, and only if it is there.
void add_if_there(std::vector<fs::path>& paths, const fs::path& path) {
    std::error_code code;
    const auto real = real_path(path);
    if (real && fs::exists(*real, code)) paths.push_back(*real);
}

Needs install_needs() {
    return {.writes = {real_path(home() / ".dotnet/tools").value_or(fs::path())}, .network = true};
}

std::vector<std::string> install_argv(std::string_view name) {
    return {"dotnet", "tool", "install", "--global", std::string(name)};
}

// "dotnet-diagnostic-PID-START-socket": the number that the process has in its own PID namespace; else 0.
int pid_in_name(const std::string& name) {
    constexpr std::string_view kStart = "dotnet-diagnostic-", kEnd = "-socket";
    int pid = 0;
    if (name.starts_with(kStart) && name.ends_with(kEnd))
        std::from_chars(name.data() + kStart.size(), name.data() + name.size(), pid);
    return pid;
}

// The sockets in a folder, by that number.
std::map<int, fs::path> sockets_in(const fs::path& folder) {
    std::map<int, fs::path> sockets;
    std::error_code code;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
        const int pid = pid_in_name(entry->path().filename());
        if (pid > 0) sockets.emplace(pid, real_path(entry->path()).value_or(entry->path()));
    }
    return sockets;
}

// For who only has the pid of something else.
std::string running_programs() {
    std::vector<std::string> rows;
    for (const DotnetProcess& each : dotnet_processes())
        rows.push_back(fmt::format("{} ({})", each.pid, one_line(each.command, 100)));
    return rows.empty() ? "no .NET program runs here" : ".NET programs that run: " + join(rows, "; ");
}

}  // namespace

Result<fs::path> find_dotnet() {
    if (fs::path found = find_program("dotnet"); !found.empty()) return found;
    for (const fs::path& folder : {fs::path(variable("DOTNET_ROOT")), home() / ".dotnet",
                                   fs::path("/usr/share/dotnet"), fs::path("/usr/lib/dotnet")}) {
        if (!folder.empty() && is_executable(folder / "dotnet")) return folder / "dotnet";
    }
    return fail(Fault::NotFound,
                "'dotnet' is not installed or not in PATH; the .NET SDK is needed: "
                "https://dotnet.microsoft.com/download");
}

const std::vector<std::string>& quiet_dotnet() {
    static const std::vector<std::string> variables = {
        "DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_NOLOGO=1", "DOTNET_CLI_UI_LANGUAGE=en",
        "DOTNET_CLI_USE_MSBUILD_SERVER=0", "MSBUILDDISABLENODEREUSE=1"};
    return variables;
}

Needs package_needs() {
    const std::string named = variable("NUGET_PACKAGES");
    const fs::path cache = named.empty() ? home() / ".nuget/packages" : fs::path(named);
    Needs needs{.writes = {real_path(cache).value_or(cache)}, .network = true};
    add_if_there(needs.reads, home() / ".nuget/NuGet");
    add_if_there(needs.reads, home() / ".config/NuGet");
    return needs;
}

Result<DotnetTool> find_dotnet_tool(std::string_view name, const fs::path& near) {
    if (const fs::path found = find_program(name); !found.empty()) {
        DotnetTool tool{{found.string()}, {}, found.parent_path().string()};
        // What PATH names in the home folder is there in the sandbox anyway.
        const bool is_hidden = is_hidden_place(found) && !lies_within(found, home());
        if (is_hidden) add_if_there(tool.needs.reads, found.parent_path());
        return tool;
    }
    const fs::path global = home() / ".dotnet" / "tools" / name;
    if (is_executable(global)) return DotnetTool{{global.string()}, {}, "~/.dotnet/tools"};
    if (const auto manifest = near.empty() ? std::nullopt : manifest_with(name, near)) {
        TRY(const fs::path dotnet, find_dotnet());
        DotnetTool tool{{dotnet.string(), "tool", "run", std::string(name), "--"},
                        manifest->folder,
                        "the manifest in " + manifest->folder.string()};
        if (is_hidden_place(manifest->file)) add_if_there(tool.needs.reads, manifest->file);
        return tool;
    }
    return fail(Fault::NotFound,
                "{0} is not installed (looked in PATH, ~/.dotnet/tools and the tool manifests from {1} up): "
                "'dotnet tool install --global {0}' installs it, as does this call with install=true",
                name, near.empty() ? "here" : near.string());
}

void plan_install(std::string_view name, Plan& plan) {
    plan.starts.push_back({.argv = install_argv(name)});
    add_needs(plan.needs, install_needs());
}

Result<> install_dotnet_tool(std::string_view name, Runner& runner, std::stop_token stop) {
    TRY(const fs::path dotnet, find_dotnet());
    const Needs needs = install_needs();
    TRY_OK(make_folder(needs.writes.front()));
    Command command{
        .argv = install_argv(name), .environment = quiet_dotnet(), .limit = std::chrono::minutes(5)};
    command.argv.front() = dotnet.string();
    TRY(const Command boxed, runner.boxed(std::move(command), needs));
    TRY(const Finished finished, run(boxed, std::move(stop)));
    if (finished.exit_code == 0) return {};
    return fail(Fault::Unavailable, "'dotnet tool install --global {}' failed (exit code {}): {}", name,
                finished.exit_code, one_line(trim(finished.err + " " + finished.out), 400));
}

std::vector<DotnetProcess> dotnet_processes() {
    std::vector<DotnetProcess> processes;
    std::error_code code;
    for (auto& [pid, socket] : sockets_in(fs::temp_directory_path(code)))
        if (is_running(pid)) processes.push_back({pid, command_line_of(pid), socket});
    return processes;
}

std::vector<DotnetProcess> dotnet_processes_of(int pid, const fs::path& folder) {
    const std::map<int, fs::path> sockets = sockets_in(folder);
    std::vector<DotnetProcess> processes;
    if (sockets.empty()) return processes;
    for (const int each : family_of(pid)) {
        const auto socket = sockets.find(inner_pid(each));
        if (socket != sockets.end()) processes.push_back({each, command_line_of(each), socket->second});
    }
    return processes;
}

Result<DotnetProcess> find_dotnet_process(int pid) {
    if (!is_running(pid))
        return fail(Fault::NotFound, "no process with pid {} runs; {}", pid, running_programs());
    std::error_code code;
    const auto sockets = sockets_in(fs::temp_directory_path(code));
    const auto socket = sockets.find(pid);
    if (socket != sockets.end()) return DotnetProcess{pid, command_line_of(pid), socket->second};
    return fail(Fault::Invalid,
                "process {} ({}) is no .NET program that can be traced (its diagnostic socket is not in {}: "
                "another language, another TMPDIR, a container, or DOTNET_EnableDiagnostics=0); {}",
                pid, one_line(command_line_of(pid), 100), fs::temp_directory_path(code).string(),
                running_programs());
}

}  // namespace culprit
