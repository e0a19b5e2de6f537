#include "tools/run/launch.h"

#include <algorithm>
#include <array>

#include <unistd.h>

#include "base/process.h"
#include "base/text.h"
#include "tools/run/dotnet.h"
#include "tools/run/words.h"

namespace culprit {
namespace {

constexpr std::chrono::minutes kBuildLimit{10};
constexpr std::size_t kMostErrors = 12;  // of a build, that are shown

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

// The folder of the repository that a path lies in; its own if it lies in none.
fs::path tree_of(const fs::path& folder) {
    std::error_code code;
    for (fs::path each = folder; each.has_relative_path(); each = each.parent_path())
        if (fs::exists(each / ".git", code)) return each;
    return folder;
}

Needs build_needs(const LaunchRequest& request) {
    Needs needs = package_needs();
    add_needs(needs, {.reads = request.needs.reads});
    return needs;
}

std::vector<std::string> build_argv(const LaunchRequest& request, const fs::path& folder) {
    std::vector<std::string> argv = {
        "dotnet", "build", request.file.string(), "-c", "Release", "--artifacts-path", folder.string()};
    if (!request.framework.empty()) argv.insert(argv.end(), {"-f", request.framework});
    return argv;
}

// The program that the project makes, in `folder`.
Result<fs::path> build(const LaunchRequest& request, const fs::path& folder, Runner& runner,
                       std::stop_token stop) {
    TRY(const fs::path dotnet, find_dotnet());
    Needs needs = build_needs(request);
    TRY_OK(make_folder(needs.writes.front()));
    needs.writes.push_back(folder);
    Command command{.argv = build_argv(request, folder),
                    .folder = request.folder(),
                    .environment = quiet_dotnet(),
                    .limit = kBuildLimit};
    command.argv.front() = dotnet.string();
    command.argv.insert(command.argv.end(), {"-t:Build", "-getProperty:TargetPath", "-nodeReuse:false",
                                             "-p:UseSharedCompilation=false"});
    TRY(const Command boxed, runner.boxed(std::move(command), needs));
    TRY(const Finished finished, run(boxed, std::move(stop)));
    const std::string project = request.file.string();
    if (finished.end == Finished::End::TimedOut) {
        return fail(Fault::TimedOut, "building {} took more than {} minutes; build it once by hand", project,
                    kBuildLimit.count());
    }
    if (finished.exit_code != 0) {
        return fail(Fault::Unavailable, "{} does not build (exit code {}):\n{}", project, finished.exit_code,
                    errors_of(finished));
    }
    // The property is the last line; warnings may stand before it.
    const auto lines = split_lines(trim(finished.out));
    const fs::path target = lines.empty() ? fs::path() : fs::path(trim(lines.back()));
    if (target.extension() != ".dll") {
        return fail(Fault::Invalid,
                    "{} builds for several frameworks: say which with framework, such as \"net10.0\"",
                    project);
    }
    return target;
}

Result<> check_startable(const fs::path& program) {
    std::error_code code;
    if (!fs::is_regular_file(program, code)) return fail(Fault::NotFound, "there is no {}", program.string());
    if (program.extension() == ".dll") {
        if (fs::exists(fs::path(program).replace_extension(".runtimeconfig.json"), code)) return {};
        return fail(Fault::Invalid,
                    "{} is a library, not a program (it has no .runtimeconfig.json); name a project with "
                    "OutputType Exe, such as a stress test",
                    program.string());
    }
    if (::access(program.c_str(), X_OK) == 0) return {};
    return fail(Fault::Invalid, "{} is no program: name a project, a .dll or an executable file",
                program.string());
}

// How a program that is there is started; `dotnet` is as PATH has it, or whole.
std::vector<std::string> argv_of(const fs::path& program, const std::string& dotnet,
                                 const std::vector<std::string>& arguments) {
    std::vector<std::string> argv = {program.string()};
    if (program.extension() == ".dll") argv = {dotnet, "exec", program.string()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return argv;
}

// What of hidden places it must see: its repository, or the files beside it; of what holds much else, itself
// alone.
void add_reads(const fs::path& file, const Roots& roots, Needs& needs) {
    const auto is_narrow = [](const fs::path& folder) {
        return is_hidden_place(folder.parent_path()) && !opens_too_much(folder);
    };
    const fs::path beside = file.parent_path(), tree = is_project(file) ? tree_of(beside) : beside;
    const fs::path wanted = is_narrow(tree) ? tree : is_narrow(beside) ? beside : file;
    if (!is_hidden_place(wanted)) return;
    for (const Root* root : roots.sources())
        if (lies_within(wanted, root->path)) return;
    needs.reads.push_back(wanted);
}

}  // namespace

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

Result<fs::path> find_startable(const fs::path& path) {
    std::error_code code;
    if (fs::is_directory(path, code)) return only_project(path);
    if (!is_project(path)) TRY_OK(check_startable(path));
    return path;
}

Arg program_arguments_arg() {
    return {"arguments", Kind::String, "of the program, quoted as for a shell: \"producer --seconds 60\"",
            ""};
}

Arg framework_arg() {
    return {"framework", Kind::String, "of a project that builds for several, such as \"net10.0\"", ""};
}

Arg write_arg() {
    return {"write", Kind::Strings, "folders and files the program must write, seen from its own folder", ""};
}

Arg offline_arg() { return {"offline", Kind::Boolean, "the program gets no network", false}; }

Result<LaunchRequest> launch_request(const fs::path& program, const Args& args, const Roots& roots) {
    LaunchRequest request{.framework = args.text("framework")};
    TRY(request.file, find_startable(program));
    TRY(request.arguments, split_words(args.text("arguments")));
    request.needs.network = !args.flag("offline");
    for (const std::string& each : args.list("write")) {
        TRY(fs::path path, path_for_command(each, request.folder(), roots));
        request.needs.writes.push_back(std::move(path));
    }
    add_reads(request.file, roots, request.needs);
    return request;
}

void plan_launch(const LaunchRequest& request, Plan& plan) {
    fs::path program = request.file;
    if (is_project(program)) {
        plan.starts.push_back({.argv = build_argv(request, "TEMPORARY"), .folder = request.folder()});
        add_needs(plan.needs, build_needs(request));
        program = program.stem().string() + ".dll";
    }
    plan.starts.push_back(
        {.argv = argv_of(program, "dotnet", request.arguments), .folder = request.folder()});
    add_needs(plan.needs, request.needs);
}

Result<Launch> make_launch(const LaunchRequest& request, Runner& runner, const Progress& progress,
                           std::stop_token stop) {
    Launch launch{.folder = request.folder(), .needs = request.needs};
    fs::path program = request.file;
    if (is_project(program)) {
        progress(fmt::format("building {}", program.filename().string()), -1);
        TRY(const fs::path folder, runner.scratch("build"));
        TRY(program, build(request, folder, runner, std::move(stop)));
        TRY_OK(check_startable(program));
        launch.built = request.file.string();
        launch.needs.writes.push_back(folder);  // BenchmarkDotNet builds more beside the program
    }
    std::string dotnet;
    if (program.extension() == ".dll") {
        TRY(const fs::path found, find_dotnet());
        dotnet = found.string();
    }
    launch.argv = argv_of(program, dotnet, request.arguments);
    return launch;
}

}  // namespace culprit
