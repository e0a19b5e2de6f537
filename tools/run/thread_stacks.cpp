// thread_stacks: what each thread of a running .NET program does now, and whether anything moves.
#include <algorithm>
#include <optional>

#include "base/text.h"
#include "tools/profile/store.h"
#include "tools/run/artifacts.h"
#include "tools/run/thread_locks.h"
#include "tools/run/thread_states.h"
#include "tools/run/tools.h"
#include "tools/run/trace.h"

namespace culprit {
namespace {

constexpr std::int64_t kMostSnapshots = 20, kMostSeconds = 30;
constexpr std::size_t kMostFrames = 14, kMostGroups = 12;
// Samples of all threads; waits for locks; the pool's changes of its size.
constexpr std::string_view kProviders =
    "Microsoft-DotNETCore-SampleProfiler,Microsoft-Windows-DotNETRuntime:0x14000:4";

struct Watched {
    int pid = 0;
    std::vector<ThreadRecording> recordings;
    bool starved = false;
    double seconds = 0;
    std::string last_file;  // as a model names it
};

std::map<std::uint64_t, ThreadUse> use_between(const std::map<std::uint64_t, ThreadUse>& before,
                                               std::map<std::uint64_t, ThreadUse> after) {
    for (auto& [id, use] : after) {
        const auto known = before.find(id);
        if (known != before.end()) use.cpu -= known->second.cpu;
    }
    return after;
}

Result<Watched> watch(const Args& args, const DotnetProcess& process, const TraceRequest& usual,
                      Runner& runner, Workbench& bench) {
    Watched watched{.pid = process.pid};
    for (std::int64_t i = 0; i < args.integer("snapshots"); ++i) {
        bench.progress(fmt::format("snapshot {} of {}", i + 1, args.integer("snapshots")), -1);
        TraceRequest request = usual;
        TRY(request.file, new_file(artifacts_folder(bench), "threads", ".nettrace"));
        const auto before = threads_of(process.pid);
        auto end = trace_process(
            request, process, runner, [](std::string_view, double) {}, bench.stop);
        if (!end) {
            if (watched.recordings.empty()) return std::unexpected(end.error());
            break;  // it ended meanwhile: what was seen until then counts
        }
        const auto after = threads_of(process.pid);
        TRY(const ProfileStore::Pinned profile, bench.profiles.open(request.file));
        watched.recordings.push_back({snapshot_of(*profile), use_between(before, after)});
        for (const PoolAdjustment& each : profile->recording.dotnet.pool_adjustments)
            watched.starved = watched.starved || each.reason == "Starvation";
        watched.seconds += end->seconds;
        watched.last_file = bench.roots.shown(request.file);
        if (bench.stop.stop_requested()) break;
    }
    return watched;
}

// What a call is about: one of the two, and how it is recorded.
struct Target {
    std::optional<LaunchRequest> program;
    std::optional<DotnetProcess> process;
    TraceRequest request;
};

Result<Target> target_of(const Args& args, const Workbench& bench) {
    if (args.integer("snapshots") < 1 || args.integer("snapshots") > kMostSnapshots ||
        args.integer("seconds") < 1 || args.integer("seconds") > kMostSeconds)
        return fail(Fault::Invalid, "1 to {} snapshots of 1 to {} seconds are possible", kMostSnapshots,
                    kMostSeconds);
    const bool by_pid = args.integer("pid") != 0;
    if (by_pid == !args.text("program").empty())
        return fail(Fault::Invalid, "give either pid (what runs already) or program (what to start)");
    Target target;
    std::error_code code;
    fs::path near = fs::current_path(code);
    if (by_pid) {
        TRY(target.process, find_dotnet_process(static_cast<int>(args.integer("pid"))));
    } else {
        TRY(near, bench.roots.resolve(args.text("program")));
        TRY(target.program, launch_request(near, args, bench.roots));
    }
    TRY(DotnetTool tracer, find_dotnet_tool("dotnet-trace", near));
    target.request = {.tracer = std::move(tracer),
                      .providers = std::string(kProviders),
                      .most = std::chrono::seconds(args.integer("seconds"))};
    return target;
}

Result<Plan> plan_thread_stacks(const Args& args, Workbench& bench) {
    TRY(const Target target, target_of(args, bench));
    Plan plan;
    if (target.program) plan_launch(*target.program, plan);
    plan_trace(target.request, target.process ? &*target.process : nullptr, plan);
    return plan;
}

// Started for it, left alone until it hangs, and ended.
Result<Watched> watch_started(const Args& args, const Target& target, Runner& runner, Workbench& bench) {
    TRY(const Launch launch, make_launch(*target.program, runner, bench.progress, bench.stop));
    TRY(TracedProgram program, TracedProgram::start(launch, runner, std::chrono::hours(1)));
    TRY_OK(program.wait_until_ready({args.text("ready"), std::chrono::seconds(args.integer("after"))},
                                    bench.progress, bench.stop));
    TRY(const DotnetProcess process, program.wait_for_process(bench.stop));
    return watch(args, process, target.request, runner, bench);
}

std::string thread_text(const ThreadState& thread) {
    return fmt::format("thread {}{}", thread.id,
                       thread.name.empty() ? "" : fmt::format(" ({})", printable(thread.name)));
}

std::string reading_text(const LockReading& reading) {
    std::vector<std::string> held;
    for (const LockPlace& each : reading.holds)
        held.push_back(fmt::format("{} since {} ({})", each.lock, each.method, each.place));
    return fmt::format("thread {} waits for {} in {} ({}){}", reading.thread, reading.waits_for.lock,
                       reading.waits_for.method, reading.waits_for.place,
                       held.empty() ? "" : " and holds " + join(held, ", "));
}

std::string verdict_text(ThreadVerdict verdict, const std::vector<LockReading>& circle,
                         const std::vector<ThreadState>& threads) {
    switch (verdict) {
        case ThreadVerdict::Deadlock: {
            std::string text = "deadlock: these threads wait for each other\n";
            for (const LockReading& each : circle) text += "  " + reading_text(each) + "\n";
            return text +
                   "  who holds what is read from the source: it holds if both sides mean the same object\n";
        }
        case ThreadVerdict::LikelyDeadlock:
            return "likely deadlock: threads wait for locks all the time, and no thread runs that could hold "
                   "them\n";
        case ThreadVerdict::Starvation: {
            const auto blocked = std::ranges::count_if(threads, [](const ThreadState& each) {
                return each.is_worker && each.wait != ThreadWait::Idle && each.wait != ThreadWait::None;
            });
            return fmt::format(
                "starvation: {} workers of the thread pool are blocked in synchronous waits, so work that "
                "would wake them finds no thread\n",
                blocked);
        }
        case ThreadVerdict::Busy:
            return "busy: threads use the processor; if nothing comes of it, they spin (livelock)\n";
        case ThreadVerdict::Moving: return "moving: threads work now and then; nothing hangs for good\n";
        case ThreadVerdict::Idle:
            return "idle: all threads wait for work, input or time; code that awaits stands on no thread and "
                   "is not seen\n";
    }
    return {};
}

// Threads with the same state and stack are told of once.
struct ThreadGroup {
    std::vector<const ThreadState*> threads;
    std::chrono::milliseconds cpu{0};
};

std::vector<ThreadGroup> groups_of(const std::vector<ThreadState>& threads) {
    std::vector<ThreadGroup> groups;
    for (const ThreadState& each : threads) {
        auto group = std::ranges::find_if(groups, [&](const ThreadGroup& known) {
            return known.threads.front()->last().shown == each.last().shown &&
                   known.threads.front()->is_stuck == each.is_stuck;
        });
        if (group == groups.end()) group = groups.insert(groups.end(), ThreadGroup{});
        group->threads.push_back(&each);
        group->cpu += each.cpu;
    }
    // What stands still for a reason first, then what runs, what is idle last.
    const auto rank = [](const ThreadGroup& group) {
        const ThreadState& first = *group.threads.front();
        return first.wait == ThreadWait::Idle   ? 9
               : first.wait == ThreadWait::None ? 5
                                                : static_cast<int>(first.wait);
    };
    std::ranges::stable_sort(groups, {}, rank);
    return groups;
}

std::string group_text(const ThreadGroup& group) {
    const ThreadState& first = *group.threads.front();
    std::string text = thread_text(first);
    if (group.threads.size() > 1)
        text += fmt::format(" and {} more with the same stack", group.threads.size() - 1);
    text += fmt::format(
        ": {}{}, {} ms of CPU\n",
        first.wait == ThreadWait::None ? "runs" : fmt::format("waits ({})", to_string(first.wait)),
        first.is_stuck ? ", the same all the time" : "", group.cpu.count());
    const auto& shown = first.last().shown;
    for (std::size_t i = 0; i < std::min(shown.size(), kMostFrames); ++i)
        text += "    " + one_line(shown[i], 120) + "\n";
    if (shown.size() > kMostFrames)
        text += fmt::format("    ({} frames further out)\n", shown.size() - kMostFrames);
    return text;
}

Json place_json(const LockPlace& place) {
    return {{"lock", place.lock}, {"method", place.method}, {"place", place.place}};
}

Json data_of(ThreadVerdict verdict, const std::vector<LockReading>& circle,
             const std::vector<ThreadState>& threads, const Watched& watched) {
    Json rows = Json::array(), locks = Json::array();
    for (const ThreadState& each : threads) {
        rows.push_back({{"id", each.id},
                        {"name", valid_utf8(each.name)},
                        {"state", to_string(each.wait)},
                        {"stuck", each.is_stuck},
                        {"cpu_ms", each.cpu.count()},
                        {"stack", each.last().shown}});
    }
    for (const LockReading& each : circle) {
        Json held = Json::array();
        for (const LockPlace& place : each.holds) held.push_back(place_json(place));
        locks.push_back({{"thread", each.thread},
                         {"waits_for", place_json(each.waits_for)},
                         {"holds", std::move(held)},
                         {"path", each.path}});
    }
    return {{"verdict", to_string(verdict)}, {"deadlock", std::move(locks)},
            {"starved", watched.starved},    {"snapshots", watched.recordings.size()},
            {"file", watched.last_file},     {"threads", std::move(rows)}};
}

Result<Output> run_thread_stacks(const Args& args, Workbench& bench) {
    TRY(Runner* const runner, runner_of(bench));
    TRY(const Target target, target_of(args, bench));
    TRY(const Watched watched, target.process ? watch(args, *target.process, target.request, *runner, bench)
                                              : watch_started(args, target, *runner, bench));
    const std::vector<ThreadState> threads = thread_states(watched.recordings);
    const std::vector<LockReading> circle =
        find_deadlock(read_locks(threads, bench.roots, bench.source, bench.stop));
    const auto time = std::chrono::milliseconds(static_cast<std::int64_t>(watched.seconds * 1000));
    const ThreadVerdict verdict = thread_verdict(threads, !circle.empty(), watched.starved, time);
    std::string text = verdict_text(verdict, circle, threads);
    text += fmt::format(
        "process {}: {} threads with managed code, watched {} times for {:.1f} s in all; the last recording "
        "is {}\n",
        watched.pid, threads.size(), watched.recordings.size(), watched.seconds, watched.last_file);
    const std::vector<ThreadGroup> groups = groups_of(threads);
    for (std::size_t i = 0; i < std::min(groups.size(), kMostGroups); ++i) text += group_text(groups[i]);
    if (groups.size() > kMostGroups)
        text += fmt::format("({} more stacks; they are in the data and the recording)\n",
                            groups.size() - kMostGroups);
    return Output{.text = std::move(text), .data = data_of(verdict, circle, threads, watched)};
}

}  // namespace

Tool thread_stacks_tool() {
    return {"thread_stacks",
            "threads",
            "Say what each thread of a running .NET program does now: its stack, what it waits for, the CPU "
            "it uses, "
            "from several short recordings. For a program that hangs: deadlock (who waits for whom, with the "
            "locks "
            "read from the source), starved thread pool, spinning, or just idle.",
            Effect::Runs,
            {{"pid", Kind::Integer, "of the process; or give program", std::int64_t{0}},
             {"program", Kind::Path,
              "what to start in place of that, and to end: a project or its folder, a .dll, or an executable",
              ""},
             program_arguments_arg(),
             {"ready", Kind::String, "wait until the program has printed this", ""},
             {"after", Kind::Integer, "and so many seconds more, for it to hang", std::int64_t{5}},
             {"snapshots", Kind::Integer, "how many recordings", std::int64_t{3}},
             {"seconds", Kind::Integer, "of each recording", std::int64_t{2}},
             framework_arg(),
             write_arg(),
             offline_arg()},
            run_thread_stacks,
            "threads --pid 4711",
            plan_thread_stacks};
}

}  // namespace culprit
