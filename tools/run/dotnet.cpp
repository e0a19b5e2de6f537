#include "tools/run/dotnet.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include <unistd.h>

#include "base/process.h"
#include "base/text.h"
#include "tools/run/proc.h"

namespace culprit {
namespace {

constexpr std::chrono::minutes kBuildLimit{10};
constexpr std::size_t kMostErrors = 12;  // of a build, that are shown
// No questions, no greetings, English messages, and no server processes that outlive the build.
const std::vector<std::string> kQuiet = {"DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_NOLOGO=1",
                                         "DOTNET_CLI_UI_LANGUAGE=en", "DOTNET_CLI_USE_MSBUILD_SERVER=0",
                                         "MSBUILDDISABLENODEREUSE=1"};

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

// The nearest folder whose manifest has the tool.
fs::path manifest_folder(std::string_view tool, fs::path folder) {
    for (;; folder = folder.parent_path()) {
        for (const char* name : {".config/dotnet-tools.json", "dotnet-tools.json"}) {
            if (manifest_has(folder / name, tool)) return folder;
        }
        if (!folder.has_relative_path()) return {};
    }
}

bool is_project(const fs::path& file) {
    constexpr std::array<std::string_view, 3> kEndings = {".csproj", ".fsproj", ".vbproj"};
    return std::ranges::find(kEndings, file.extension().string()) != kEndings.end();
}

// The compiler's errors, each once; the end of the output if it has none.
std::string errors_of(const Finished& finished) {
    const std::string all = finished.err + "\n" + finished.out;
    std::vector<std::string> errors;
    for (std::string_view line : split_lines(all)) {
        if (line.find("error ") == std::string_view::npos) continue;
        line = trim(line.substr(0, line.rfind(" [")));  // the project, which is the same for all of them
        if (std::ranges::find(errors, line) == errors.end()) errors.emplace_back(line);
    }
    if (errors.empty()) {
        const auto lines = split_lines(trim(all));
        const std::size_t first = lines.size() - std::min(lines.size(), kMostErrors);
        for (std::size_t i = first; i < lines.size(); ++i) errors.emplace_back(lines[i]);
    }
    const std::size_t more = errors.size() - std::min(errors.size(), kMostErrors);
    errors.resize(errors.size() - more);
    if (more > 0) errors.push_back(fmt::format("and {} more", more));
    return join(errors, "\n");
}

// The program that the project makes.
Result<fs::path> build(const fs::path& project, const LaunchRequest& request, const fs::path& dotnet,
                       std::stop_token stop) {
    const std::string name =
        fmt::format("{}-{}", project.stem().string(), content_hash(project.string()).substr(0, 8));
    Command command{.argv = {dotnet.string(), "build", project.string(), "-c", "Release", "--artifacts-path",
                             (request.builds / name).string(), "-t:Build", "-getProperty:TargetPath",
                             "-nodeReuse:false", "-p:UseSharedCompilation=false"},
                    .folder = project.parent_path(),
                    .environment = kQuiet,
                    .limit = kBuildLimit};
    if (!request.framework.empty()) {
        command.argv.insert(command.argv.end(), {"-f", request.framework});
    }
    TRY(const Finished finished, run(command, std::move(stop)));
    if (finished.end == Finished::End::TimedOut) {
        return fail(Fault::TimedOut, "building {} took more than {} minutes; build it once by hand",
                    project.string(), kBuildLimit.count());
    }
    if (finished.exit_code != 0) {
        return fail(Fault::Unavailable, "{} does not build (exit code {}):\n{}", project.string(),
                    finished.exit_code, errors_of(finished));
    }
    // The property is the last line; warnings may stand before it.
    const auto lines = split_lines(trim(finished.out));
    const fs::path target = lines.empty() ? fs::path() : fs::path(trim(lines.back()));
    if (target.extension() != ".dll") {
        return fail(Fault::Invalid,
                    "{} builds for several frameworks: say which with framework, such as \"net10.0\"",
                    project.string());
    }
    return target;
}

Result<fs::path> only_project(const fs::path& folder) {
    const std::vector<fs::path> projects = projects_at(folder);
    if (projects.size() == 1) return projects.front();
    if (projects.empty()) {
        return fail(Fault::NotFound,
                    "there is no .csproj, .fsproj or .vbproj in {}; name a project, a .dll "
                    "or an executable file",
                    folder.string());
    }
    std::vector<std::string> names;
    for (const fs::path& each : projects) names.push_back(each.lexically_relative(folder).string());
    return fail(Fault::Invalid, "{} has {} projects; name one: {}", folder.string(), names.size(),
                join(names, ", "));
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

Result<DotnetTool> find_dotnet_tool(std::string_view name, const fs::path& near) {
    if (const fs::path found = find_program(name); !found.empty())
        return DotnetTool{{found.string()}, {}, found.parent_path().string()};
    const fs::path global = home() / ".dotnet" / "tools" / name;
    if (is_executable(global)) return DotnetTool{{global.string()}, {}, "~/.dotnet/tools"};
    if (const fs::path folder = near.empty() ? fs::path() : manifest_folder(name, near); !folder.empty()) {
        TRY(const fs::path dotnet, find_dotnet());
        return DotnetTool{{dotnet.string(), "tool", "run", std::string(name), "--"},
                          folder,
                          "the manifest in " + folder.string()};
    }
    return fail(Fault::NotFound,
                "{0} is not installed (looked in PATH, ~/.dotnet/tools and the tool manifests from {1} up): "
                "'dotnet tool install --global {0}' installs it, as does this call with install=true",
                name, near.empty() ? "here" : near.string());
}

Result<> install_dotnet_tool(std::string_view name, std::stop_token stop) {
    TRY(const fs::path dotnet, find_dotnet());
    const Command command{.argv = {dotnet.string(), "tool", "install", "--global", std::string(name)},
                          .environment = kQuiet,
                          .limit = std::chrono::minutes(5)};
    TRY(const Finished finished, run(command, std::move(stop)));
    if (finished.exit_code == 0) return {};
    return fail(Fault::Unavailable, "'dotnet tool install --global {}' failed (exit code {}): {}", name,
                finished.exit_code, one_line(trim(finished.err + " " + finished.out), 400));
}

std::vector<fs::path> projects_at(const fs::path& path) {
    std::error_code code;
    if (fs::is_regular_file(path, code))
        return is_project(path) ? std::vector{path} : std::vector<fs::path>{};
    constexpr int kDeepest = 3;
    std::vector<fs::path> level = {path};
    for (int depth = 0; depth <= kDeepest && !level.empty(); ++depth) {
        std::vector<fs::path> projects, below;
        for (const fs::path& folder : level) {
            for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
                 entry.increment(code)) {
                const std::string name = entry->path().filename();
                if (is_project(entry->path())) projects.push_back(entry->path());
                const bool is_output = name == "bin" || name == "obj" || name.starts_with('.');
                if (!is_output && entry->is_directory(code) && !entry->is_symlink(code))
                    below.push_back(entry->path());
            }
        }
        std::ranges::sort(projects);
        if (!projects.empty()) return projects;
        level = std::move(below);
    }
    return {};
}

Result<Launch> make_launch(const LaunchRequest& request, const Progress& progress, std::stop_token stop) {
    std::error_code code;
    fs::path program = request.program;
    std::string built;
    fs::path folder = program.parent_path();
    const bool is_folder = fs::is_directory(program, code);
    if (is_folder || is_project(program)) {
        if (is_folder) {
            TRY(program, only_project(program));
        }
        TRY(const fs::path dotnet, find_dotnet());
        progress(fmt::format("building {}", program.filename().string()), -1);
        folder = program.parent_path();
        built = program.string();
        TRY(program, build(program, request, dotnet, std::move(stop)));
    }
    if (!fs::is_regular_file(program, code)) return fail(Fault::NotFound, "there is no {}", program.string());
    Launch launch{.argv = {program.string()},
                  .folder = request.folder.empty() ? folder : request.folder,
                  .built = std::move(built)};
    if (program.extension() == ".dll") {
        if (!fs::exists(fs::path(program).replace_extension(".runtimeconfig.json"), code)) {
            return fail(Fault::Invalid,
                        "{} is a library, not a program (it has no .runtimeconfig.json); name a project with "
                        "OutputType Exe, such as a stress test",
                        program.string());
        }
        TRY(const fs::path dotnet, find_dotnet());
        launch.argv = {dotnet.string(), "exec", program.string()};
    } else if (!is_executable(program)) {
        return fail(Fault::Invalid, "{} is no program: name a project, a .dll or an executable file",
                    program.string());
    }
    launch.argv.insert(launch.argv.end(), request.arguments.begin(), request.arguments.end());
    return launch;
}

std::vector<DotnetProcess> dotnet_processes() {
    // The runtime listens at TMPDIR/dotnet-diagnostic-PID-START-socket.
    constexpr std::string_view kStart = "dotnet-diagnostic-", kEnd = "-socket";
    std::vector<DotnetProcess> processes;
    std::error_code code;
    const fs::path folder = fs::temp_directory_path(code);
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
        const std::string name = entry->path().filename();
        if (!name.starts_with(kStart) || !name.ends_with(kEnd)) continue;
        int pid = 0;
        std::from_chars(name.data() + kStart.size(), name.data() + name.size(), pid);
        if (is_running(pid)) processes.push_back({pid, command_line_of(pid)});
    }
    std::ranges::sort(processes, {}, &DotnetProcess::pid);
    return processes;
}

bool is_dotnet_process(int pid) {
    return std::ranges::any_of(dotnet_processes(),
                               [&](const DotnetProcess& each) { return each.pid == pid; });
}

}  // namespace culprit
