#include <algorithm>
#include <array>

#include "base/text.h"
#include "tools/run/runner.h"
#include "tools/run/tools.h"

namespace culprit {
namespace {

constexpr double kUsualLimit = 120, kUsualBackgroundLimit = 3600, kMostLimit = 24 * 3600;  // seconds

Result<fs::path> folder_of(const Args& args, const Workbench& bench) {
    const std::string& given = args.text("folder");
    if (!given.empty()) return bench.roots.resolve(given);
    const auto sources = bench.roots.sources();
    if (sources.empty()) return fail(Fault::Invalid, "there is no source root to run in: name a folder");
    return sources.front()->path;
}

Result<Start> start_of(const Args& args, const Workbench& bench) {
    const bool has_argv = !args.list("argv").empty();
    if (has_argv == !args.text("command").empty())
        return fail(
            Fault::Invalid,
            "run_command takes a command, a line for the shell, or argv, a list of words; one of them");
    Start start{
        .argv = args.list("argv"), .line = args.text("command"), .environment = args.list("environment")};
    if (start.line.contains('\0')) return fail(Fault::Invalid, "the command holds a NUL byte");
    for (const std::string& variable : start.environment) {
        const std::size_t equals = variable.find('=');
        if (equals == 0 || equals == std::string::npos || variable.contains('\0'))
            return fail(Fault::Invalid, "'{}' in environment is not NAME=value", one_line(variable, 60));
    }
    TRY(start.folder, folder_of(args, bench));
    return start;
}

Result<Plan> plan_command(const Args& args, Workbench& bench) {
    Plan plan{.editable = "command", .replaces = "argv"};
    TRY(Start start, start_of(args, bench));
    for (const std::string& each : args.list("write")) {
        TRY(fs::path path, path_for_command(each, start.folder, bench.roots));
        plan.needs.writes.push_back(std::move(path));
    }
    plan.needs.network = args.flag("network");
    plan.needs.unconfined = args.flag("unconfined");
    plan.starts.push_back(std::move(start));
    return plan;
}

Output output_of(const RunReport& report, const Needs& granted) {
    Output output;
    std::string hint(report.succeeded() ? "" : missing_grant(report.text, granted));
    if (!hint.empty()) hint += '\n';
    output.text =
        fmt::format("{}\n$ {}\n{}{}{}", end_text(report), printable(report.command), hint, report.text,
                    report.text.empty()           ? "(no output)\n"
                    : report.text.ends_with('\n') ? ""
                                                  : "\n");
    output.data = report_json(report);
    if (!report.succeeded()) output.data["finding"] = true;
    return output;
}

Result<Output> run_command(const Args& args, Workbench& bench) {
    TRY(Runner* const runner, runner_of(bench));
    RunRequest request{.input = args.text("input")};
    TRY(request.start, start_of(args, bench));
    const double usual = args.flag("background") ? kUsualBackgroundLimit : kUsualLimit;
    const double seconds = args.number("limit_s");
    if (!(seconds >= 0 && seconds <= kMostLimit))
        return fail(Fault::Invalid, "limit_s must be from 0 to {} seconds", kMostLimit);
    request.limit =
        std::chrono::milliseconds(static_cast<std::int64_t>((seconds > 0 ? seconds : usual) * 1000));
    if (!args.flag("background")) {
        TRY(const RunReport report, runner->run(request, bench.stop));
        return output_of(report, runner->granted());
    }
    TRY(const std::string id, runner->start(request));
    return Output{
        .text = fmt::format("{} runs in the background: {}\nThe tool background shows its output and stops "
                            "it; it ends with the session.\n",
                            id, printable(start_text(request.start))),
        .data = {{"id", id}}};
}

}  // namespace

Tool run_command_tool() {
    return {
        .name = "run_command",
        .command = "run",
        .about =
            "Run a command; gives how it ended, what it took and its output. In a sandbox: the disk is "
            "read-only but for "
            "/tmp and `write`, home folders and keys are hidden, no network without `network`; the engineer "
            "is shown both "
            "and may refuse. Prefer plain commands joined by && and |: $( ), loops and here-documents are "
            "asked about each "
            "time.",
        .effect = Effect::Runs,
        .args =
            {
                {"argv", Kind::Strings, "the program and its arguments", ""},
                {"command", Kind::String, "or a line for bash", ""},
                {"folder", Kind::Path, "where it runs; default: the first source root", ""},
                {"write", Kind::Strings, "what it must write, seen from the folder, e.g. \".\"", ""},
                {"network", Kind::Boolean, "it needs the network", false},
                {"environment", Kind::Strings, "NAME=value", ""},
                {"input", Kind::String, "for its stdin", ""},
                {"limit_s", Kind::Number, "seconds until it is ended; 0: 120, in the background 3600", 0.0},
                {"background", Kind::Boolean, "leave it running and return, e.g. a server", false},
                {"unconfined", Kind::Boolean, "outside of the sandbox, where it cannot work inside", false},
            },
        .run = run_command,
        .example = "run --write . -- dotnet build -c Release",
        .plan = plan_command,
        .streams = true,
    };
}

}  // namespace culprit
