// collect_trace: records a .NET program with dotnet-trace and says what the recording is worth.
#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "tools/profile/store.h"
#include "tools/profile/tools.h"
#include "tools/run/artifacts.h"
#include "tools/run/tools.h"
#include "tools/run/trace.h"
#include "tools/run/worktree.h"

namespace culprit {
namespace {

constexpr std::int64_t kMostSeconds = 3600;
constexpr double kShort = 2;              // seconds of recording under which a person is told why
constexpr std::uint64_t kFewEvents = 50;  // of the kind that was asked for

// What a call is about: one of the two.
struct Target {
    std::optional<LaunchRequest> program;
    std::optional<DotnetProcess> process;
    std::optional<Worktree> checkout = {};  // of the commit, if it is one's
    fs::path near() const { return program ? program->file : fs::path(); }
};

Result<Target> target_of(const Args& args, const Workbench& bench) {
    const bool by_pid = args.integer("pid") != 0;
    if (by_pid == !args.text("program").empty())
        return fail(Fault::Invalid, "give either program (what to start) or pid (what runs already)");
    if (args.integer("seconds") < 1 || args.integer("seconds") > kMostSeconds)
        return fail(Fault::Invalid, "seconds is {}: 1 to {} are possible", args.integer("seconds"),
                    kMostSeconds);
    Target target;
    if (by_pid && !args.text("commit").empty())
        return fail(Fault::Invalid, "commit goes with program, not with pid");
    if (by_pid) {
        TRY(target.process, find_dotnet_process(static_cast<int>(args.integer("pid"))));
        return target;
    }
    TRY(const fs::path program, bench.roots.resolve(args.text("program")));
    TRY(target.program, launch_request(program, args, bench.roots));
    return target;
}

TraceRequest request_of(const Args& args, DotnetTool tracer) {
    return {.tracer = std::move(tracer),
            .providers = std::string(trace_purpose(args.text("purpose")).providers),
            .most = std::chrono::seconds(args.integer("seconds"))};
}

Result<Plan> plan_collect_trace(const Args& args, Workbench& bench) {
    TRY(const Target target, target_of(args, bench));
    Plan plan;
    auto tracer = find_dotnet_tool("dotnet-trace", target.near());
    if (!tracer && !args.flag("install")) return std::unexpected(tracer.error());
    if (!tracer) plan_install("dotnet-trace", plan);
    if (!args.text("commit").empty())
        plan.starts.push_back(Worktree::shown(target.near(), args.text("commit")));
    if (target.program) plan_launch(*target.program, plan);
    plan_trace(request_of(args, tracer.value_or(DotnetTool{})), target.process ? &*target.process : nullptr,
               plan);
    return plan;
}

// The program as it was at the commit.
Result<> go_back(const Args& args, Target& target, Runner& runner, Workbench& bench) {
    const std::string& commit = args.text("commit");
    if (commit.empty()) return {};
    bench.progress(fmt::format("checking out {}", commit), -1);
    TRY(Worktree tree, Worktree::make(target.near(), commit, bench.stop));
    runner.lend(tree.folder());
    TRY(const fs::path program, tree.in(target.near()));
    TRY(target.program, launch_request(program, args, bench.roots));
    target.checkout.emplace(std::move(tree));
    return {};
}

Result<DotnetTool> tracer_for(const Args& args, const fs::path& near, Runner& runner, Workbench& bench) {
    auto tracer = find_dotnet_tool("dotnet-trace", near);
    if (tracer || !args.flag("install")) return tracer;
    bench.progress("installing dotnet-trace", -1);
    TRY_OK(install_dotnet_tool("dotnet-trace", runner, bench.stop));
    return find_dotnet_tool("dotnet-trace", near);
}

Result<TraceEnd> record(const Args& args, const Target& target, const TraceRequest& request, Runner& runner,
                        Workbench& bench) {
    if (target.process) return trace_process(request, *target.process, runner, bench.progress, bench.stop);
    TRY(const Launch launch, make_launch(*target.program, runner, bench.progress, bench.stop));
    return trace_program(request, launch, {args.text("ready"), std::chrono::seconds(args.integer("after"))},
                         runner, bench.progress, bench.stop);
}

std::string ending_text(const TraceEnd& end) {
    const std::string seconds = fmt::format("{:.1f} s", end.seconds);
    switch (end.why) {
        case TraceEnd::Why::TimeUp: return fmt::format("recorded {}, then the time was up", seconds);
        case TraceEnd::Why::Stopped: return fmt::format("stopped by the engineer after {}", seconds);
        case TraceEnd::Why::ProgramEnded: break;
    }
    if (!end.exit_code) return fmt::format("the program ended after {}", seconds);
    const std::string code =
        fmt::format("exit code {}{}", *end.exit_code,
                    *end.exit_code > 128 ? fmt::format(", signal {}", *end.exit_code - 128) : std::string());
    return *end.exit_code == 0
               ? fmt::format("the program ended by itself after {}", seconds)
               : fmt::format("the program failed after {} ({}): the recording up to there is kept", seconds,
                             code);
}

// Why there is little in a trace, and what to do; empty if there is enough.
std::string poverty(const TraceEnd& end, const Profile& profile, const TracePurpose& purpose) {
    const Metric* metric = profile.metric(purpose.metric);
    const std::uint64_t events = metric ? metric->events : 0;
    const bool is_short = end.why == TraceEnd::Why::ProgramEnded && end.seconds < kShort;
    if (is_short && events < 10 * kFewEvents) {
        return fmt::format(
            "the trace is small because the program ended after {:.1f} s: give it more work, or "
            "a longer duration of its own",
            end.seconds);
    }
    if (events >= kFewEvents) return {};
    if (purpose.name == "contention")
        return fmt::format(
            "{} waits for locks: threads did not contend for Monitor locks (other waits are in "
            "thread samples: purpose \"all\")",
            events);
    if (purpose.name == "allocations")
        return fmt::format(
            "{} allocation events, one for about every 100 KB: the program allocates next to "
            "nothing, or did nothing meanwhile",
            events);
    return fmt::format(
        "{} samples are next to nothing: no thread ran managed code, or the program was not "
        "under load",
        events);
}

std::string text_of(const std::string& shown, const TraceRequest& request, const TraceEnd& end,
                    std::string_view purpose, std::uint64_t bytes) {
    return fmt::format("{}: {} of {} events, process {}; {}\n  providers {}; dotnet-trace of {}\n", shown,
                       bytes_text(static_cast<double>(bytes)), purpose, end.pid, ending_text(end),
                       request.providers, request.tracer.where);
}

std::string output_text(std::string_view output) {
    constexpr std::size_t kMost = 1500;
    output = trim(output);
    if (output.empty()) return {};
    const bool is_cut = output.size() > kMost;
    return fmt::format("the program printed{}:\n{}\n", is_cut ? " at the end" : "",
                       is_cut ? output.substr(output.size() - kMost) : output);
}

Json data_of(const std::string& shown, const TraceRequest& request, const TraceEnd& end, std::uint64_t bytes,
             const std::vector<std::string>& notes) {
    static constexpr std::array<std::string_view, 3> kWhy = {"time_up", "program_ended", "stopped"};
    Json data = {{"file", shown},
                 {"bytes", bytes},
                 {"seconds", end.seconds},
                 {"ended", kWhy[static_cast<std::size_t>(end.why)]},
                 {"pid", end.pid},
                 {"providers", request.providers},
                 {"output", valid_utf8(end.output)},
                 {"notes", notes}};
    if (end.exit_code) data["exit_code"] = *end.exit_code;
    return data;
}

// What the file holds, as profile_summary tells it.
Result<Output> summary_of(const std::string& shown, Workbench& bench) {
    Args args;
    args.set("file", shown);
    return profile_summary_tool().run(args, bench);
}

Result<Output> run_collect_trace(const Args& args, Workbench& bench) {
    TRY(Runner* const runner, runner_of(bench));
    TRY(Target target, target_of(args, bench));
    TRY_OK(go_back(args, target, *runner, bench));
    TRY(DotnetTool tracer, tracer_for(args, target.near(), *runner, bench));
    TraceRequest request = request_of(args, std::move(tracer));
    TRY(request.file, new_file(artifacts_folder(bench), "trace", ".nettrace"));
    TRY(TraceEnd end, record(args, target, request, *runner, bench));
    std::vector<std::string> notes = std::move(end.notes);
    if (const std::string removed = remove_old_traces(request.file.parent_path()); !removed.empty())
        notes.push_back(removed);

    std::error_code code;
    const std::uint64_t bytes = fs::file_size(request.file, code);
    const std::string shown = bench.roots.shown(request.file);
    std::string text = text_of(shown, request, end, args.text("purpose"), bytes);
    Json data = data_of(shown, request, end, bytes, notes);
    // A stopped call must still say where its trace is.
    Workbench reading{bench.roots, bench.source, bench.profiles, bench.memory, {}, bench.progress};
    if (const auto profile = bench.profiles.open(request.file); !profile) {
        notes.push_back(fmt::format("the trace cannot be read: {}", profile.error().what));
    } else {
        const std::string why = poverty(end, **profile, trace_purpose(args.text("purpose")));
        if (!why.empty()) notes.push_back(why);
        if (auto summary = summary_of(shown, reading)) {
            text += summary->text;
            data["summary"] = std::move(summary->data);
        }
    }
    for (const std::string& note : notes) text += "note: " + note + "\n";
    data["notes"] = notes;
    text += output_text(end.output);
    return Output{.text = std::move(text), .data = std::move(data)};
}

}  // namespace

Tool collect_trace_tool() {
    return {"collect_trace",
            "trace",
            "Record a .NET program with dotnet-trace: a project (built in Release outside of its folder), a "
            ".dll or an executable that is started for it, or one that runs. The trace becomes an artefact "
            "that the profile tools open. A program that was started is ended with the recording; if it "
            "crashes, what was recorded until then is kept.",
            Effect::Runs,
            {{"program", Kind::Path, "a project or its folder, a .dll, or an executable; or give pid", ""},
             {"pid", Kind::Integer, "a running .NET program instead; it goes on afterwards", std::int64_t{0}},
             {"commit", Kind::String, "the program as it was at this commit, checked out beside", ""},
             program_arguments_arg(),
             {"purpose",
              Kind::String,
              "cpu: samples of all threads every millisecond; allocations: who allocates what, and "
              "collections; contention: waits for locks; all: everything, at more cost",
              "cpu",
              {"cpu", "allocations", "contention", "all"}},
             {"seconds", Kind::Integer,
              "how long to record at most; the program's own duration should be longer (read its help: some "
              "count in minutes)",
              std::int64_t{15}},
             {"ready", Kind::String,
              "begin when the program has printed this, so that its start is not in "
              "the trace; empty: at its first instruction",
              ""},
             {"after", Kind::Integer, "begin so many seconds later than that", std::int64_t{0}},
             framework_arg(),
             write_arg(),
             offline_arg(),
             {"install", Kind::Boolean, "install dotnet-trace from NuGet if it is missing", false}},
            run_collect_trace,
            "trace --program StressTest --arguments 'producer --minutes 1' --purpose allocations",
            plan_collect_trace};
}

}  // namespace culprit
