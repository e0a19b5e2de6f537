#include "tools/run/trace.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "tools/run/proc.h"
#include "tools/run/side_program.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

// The runtime's loader and JIT events (0x18) at level 5 are in every session: with them most of the frames
// of a program that is killed keep their names, which otherwise come at the very end.
constexpr std::array<TracePurpose, 4> kPurposes = {{
    {"cpu", "Microsoft-DotNETCore-SampleProfiler,Microsoft-Windows-DotNETRuntime:0x18:5", "samples"},
    {"allocations", "Microsoft-Windows-DotNETRuntime:0x19:5", "allocations"},
    {"contention", "Microsoft-Windows-DotNETRuntime:0x14018:5", "contention"},
    {"all", "Microsoft-DotNETCore-SampleProfiler,Microsoft-Windows-DotNETRuntime:0x4C14FCCBD:5", "samples"},
}};

constexpr auto kStartLimit = 30s;     // until the tracer listens, or has a session
constexpr auto kReadyLimit = 120s;    // until the program prints that it is ready
constexpr auto kRundownLimit = 5min;  // for the names of methods, which are written at the end
constexpr auto kProgramGrace = 5s;    // for the program to print its results after SIGTERM

constexpr std::string_view kRecording = "Output File";  // the tracer says this when its session is there
const std::string kWritesNames = "tracing: writing the names of methods";

std::string tail(std::string_view text, std::size_t most) {
    text = trim(text);
    return std::string(text.size() > most ? text.substr(text.size() - most) : text);
}

std::string said(std::string_view output) {
    const std::string text = tail(output, 800);
    return text.empty() ? "; it printed nothing" : "; it printed: " + text;
}

std::string duration_argument(std::chrono::seconds seconds) {
    const auto s = seconds.count();
    return fmt::format("{:02}:{:02}:{:02}:{:02}", s / 86400, s / 3600 % 24, s / 60 % 60, s % 60);
}

std::vector<std::string> tracer_words(const TraceRequest& request, const std::string& port) {
    return {
        "collect",           "--providers", request.providers, "--duration", duration_argument(request.most),
        "--diagnostic-port", port};
}

// The tracer sees its file and the sockets, and nothing else that is not to be seen by all.
Result<Command> tracer_command(const TraceRequest& request, const std::string& port, Needs needs,
                               Runner& runner) {
    TRY_OK(write_file(request.file, ""));
    TRY(const fs::path file, real_path(request.file));
    runner.lend(file);
    needs.writes.push_back(file);
    add_needs(needs, request.tracer.needs);
    Command command{.argv = request.tracer.argv,
                    .folder = request.tracer.folder,
                    .environment = {"DOTNET_NOLOGO=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1"},
                    .limit = kReadyLimit + request.most + kRundownLimit,
                    .grace = kRundownLimit};
    const auto words = tracer_words(request, port);
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    command.argv.insert(command.argv.end(), {"--output", file.string()});
    return runner.boxed(std::move(command), needs);
}

std::string port_of(const DotnetProcess& process) { return process.socket.string() + ",connect"; }

bool has_data(const fs::path& file) {
    std::error_code code;
    return fs::exists(file, code) && fs::file_size(file, code) > 0;
}

// The file must be there to be lent; what nothing was written into goes again.
class RemovedIfEmpty {
  public:
    explicit RemovedIfEmpty(const fs::path& file) : file_(file) {}
    RemovedIfEmpty(const RemovedIfEmpty&) = delete;
    RemovedIfEmpty& operator=(const RemovedIfEmpty&) = delete;
    ~RemovedIfEmpty() {
        std::error_code code;
        if (!has_data(file_)) fs::remove(file_, code);
    }

  private:
    const fs::path& file_;
};

double seconds_since(steady_clock::time_point start) {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
}

bool has_session(std::string_view tracer_output) {
    return tracer_output.find(kRecording) != std::string_view::npos;
}

struct Recorded {
    double seconds = 0;
    bool was_stopped = false;
};

// Waits until the recording is over; `look` is called now and then and may end it by returning false.
template <class Look>
Recorded record(const TraceRequest& request, SideProgram& tracer, const Progress& progress,
                const std::stop_token& stop, Look look) {
    const auto start = steady_clock::now();
    const auto most = static_cast<double>(request.most.count());
    while (!tracer.has_ended() && !stop.stop_requested() && look()) {
        const double seconds = seconds_since(start);
        progress(seconds < most ? fmt::format("tracing, {:.0f} of {:.0f} s", seconds, most) : kWritesNames,
                 std::min(seconds / most, 1.0));
        tracer.wait(250ms, stop);
    }
    const Recorded recorded{std::min(seconds_since(start), most), stop.stop_requested()};
    if (recorded.was_stopped) tracer.stop();
    return recorded;
}

Error failure_of(SideProgram& tracer) {
    const bool is_silent = !tracer.has_ended();
    tracer.stop();
    const auto& result = tracer.result();
    if (is_silent)
        return {Fault::TimedOut, fmt::format("dotnet-trace had no session after {} s{}", kStartLimit.count(),
                                             said(tracer.output()))};
    if (!result) return result.error();
    return tracer_failure(tracer.output(), result->exit_code);
}

// A program that the traced one started and that waits for a tracer of its own, which it will never get.
std::optional<DotnetProcess> waiting_child(const TracedProgram& program, const std::string& port) {
    const auto processes = program.processes();
    for (std::size_t i = 1; i < processes.size(); ++i)
        if (has_in_environment(processes[i].pid, port)) return processes[i];
    return std::nullopt;
}

void add_exit(TraceEnd& end, SideProgram& program) {
    const auto& finished = program.result();
    const bool by_itself =
        finished && (finished->end == Finished::End::Exited || finished->end == Finished::End::Signalled);
    if (by_itself) end.exit_code = finished->exit_code;
}

Result<> wait_for_port(SideProgram& tracer, const fs::path& socket, const std::stop_token& stop) {
    std::error_code code;
    const auto start = steady_clock::now();
    while (!fs::exists(socket, code)) {
        if (stop.stop_requested()) return std::unexpected(cancelled());
        if (tracer.has_ended() || steady_clock::now() - start > kStartLimit)
            return std::unexpected(failure_of(tracer));
        tracer.wait(20ms, stop);
    }
    return {};
}

// Of a program that was to go on.
Error ended_early(SideProgram& program) {
    const auto& finished = program.result();
    if (!finished) return finished.error();
    return {Fault::Unavailable,
            fmt::format("the program ended (exit code {}) before a recording could begin{}",
                        finished->exit_code, said(program.output()))};
}

// Why there is no session yet though nothing is to be waited for any more.
Error no_session(SideProgram& tracer, SideProgram& program, const Launch& launch) {
    if (program.has_ended()) return ended_early(program);
    if (tracer.has_ended()) return failure_of(tracer);
    return {
        Fault::Invalid,
        fmt::format(
            "{} ran for {} s and did not connect to the tracer: it is no .NET program, or one that starts "
            "another; start that one by itself, or give its pid{}",
            launch.argv.front(), kStartLimit.count(), said(program.output()))};
}

Result<> wait_for_session(SideProgram& tracer, SideProgram& program, const Launch& launch,
                          const std::stop_token& stop) {
    const auto start = steady_clock::now();
    while (!tracer.wait(50ms, stop, has_session)) {
        if (stop.stop_requested()) return std::unexpected(cancelled());
        const bool is_over =
            tracer.has_ended() || program.has_ended() || steady_clock::now() - start > kStartLimit;
        // What a short program was recorded in may be told of a moment after its end.
        if (is_over && !tracer.wait(program.has_ended() ? 1000ms : 0ms, stop, has_session))
            return std::unexpected(no_session(tracer, program, launch));
        if (is_over) break;
    }
    return {};
}

enum class AtStart { Waits, GoesOn };  // whether the program waits for the tracer before it runs

struct PortTrace {
    TraceEnd end;
    std::optional<DotnetProcess> stuck;  // nothing was recorded that is worth keeping: try again
};

Result<PortTrace> trace_over_port(const TraceRequest& request, const Launch& launch, AtStart at_start,
                                  Runner& runner, const Progress& progress, const std::stop_token& stop) {
    const RemovedIfEmpty kept(request.file);
    TRY(const fs::path folder, runner.scratch("port"));
    const fs::path socket = folder / "port";
    progress("starting dotnet-trace", -1);
    TRY(Command command, tracer_command(request, socket.string(), {.writes = {folder}}, runner));
    SideProgram tracer(std::move(command));
    TRY_OK(wait_for_port(tracer, socket, stop));
    const std::string port = fmt::format("DOTNET_DiagnosticPorts={}{}", socket.string(),
                                         at_start == AtStart::Waits ? "" : ",nosuspend");
    TRY(TracedProgram traced, TracedProgram::start(launch, runner, kStartLimit + request.most + kRundownLimit,
                                                   {port}, {.writes = {folder}}));
    SideProgram& program = traced.side();
    TRY_OK(wait_for_session(tracer, program, launch, stop));
    const auto itself = traced.processes();
    PortTrace trace{.end = {.pid = itself.empty() ? program.pid() : itself.front().pid}, .stuck = {}};
    const Recorded recorded = record(request, tracer, progress, stop, [&] {
        if (at_start == AtStart::Waits) trace.stuck = waiting_child(traced, port);
        return !trace.stuck;
    });
    if (trace.stuck) return trace;  // both end with their objects
    progress(kWritesNames, 1);
    static_cast<void>(tracer.result());
    // The tracer's end is that of the program, or comes a moment before it.
    if (recorded.seconds < static_cast<double>(request.most.count()) && !recorded.was_stopped)
        program.wait(1s, stop);
    const bool has_ended = program.has_ended();
    trace.end.seconds = recorded.seconds;
    trace.end.why = recorded.was_stopped ? TraceEnd::Why::Stopped
                    : has_ended          ? TraceEnd::Why::ProgramEnded
                                         : TraceEnd::Why::TimeUp;
    program.stop();
    static_cast<void>(program.result());
    if (has_ended) add_exit(trace.end, program);
    trace.end.output = program.output();
    if (!has_data(request.file)) return std::unexpected(failure_of(tracer));
    return trace;
}

}  // namespace

std::span<const TracePurpose> trace_purposes() { return kPurposes; }

const TracePurpose& trace_purpose(std::string_view name) {
    return *std::ranges::find(kPurposes, name, &TracePurpose::name);
}

void plan_trace(const TraceRequest& request, const DotnetProcess* target, Plan& plan) {
    std::vector<std::string> argv = {"dotnet-trace"};
    const auto words = tracer_words(request, target ? port_of(*target) : "port");
    argv.insert(argv.end(), words.begin(), words.end());
    plan.starts.push_back({.argv = std::move(argv)});
    add_needs(plan.needs, request.tracer.needs);
    if (target) plan.needs.sockets.push_back(target->socket);
}

TracedProgram::TracedProgram(Command command, fs::path sockets)
    : sockets_(std::move(sockets)), side_(std::make_unique<SideProgram>(std::move(command))) {}

Result<TracedProgram> TracedProgram::start(const Launch& launch, Runner& runner,
                                           std::chrono::milliseconds limit,
                                           std::vector<std::string> environment, Needs more) {
    TRY(fs::path sockets, runner.scratch("sockets"));
    add_needs(more, launch.needs);
    more.writes.push_back(sockets);
    Command command{.argv = {"env", "TMPDIR=" + sockets.string()},
                    .folder = launch.folder,
                    .environment = std::move(environment),
                    .limit = limit,
                    .grace = kProgramGrace};
    command.argv.insert(command.argv.end(), launch.argv.begin(), launch.argv.end());
    TRY(command, runner.boxed(std::move(command), more));
    return TracedProgram(std::move(command), std::move(sockets));
}

std::vector<DotnetProcess> TracedProgram::processes() const {
    return dotnet_processes_of(side_->pid(), sockets_);
}

Result<> TracedProgram::wait_until_ready(const TraceStart& start, const Progress& progress,
                                         const std::stop_token& stop) {
    SideProgram& program = side();
    if (!start.ready.empty()) {
        progress(fmt::format("waiting for the program to print '{}'", start.ready), -1);
        const bool ready = program.wait(kReadyLimit, stop, [&](std::string_view output) {
            return output.find(start.ready) != std::string_view::npos;
        });
        if (!ready && !program.has_ended() && !stop.stop_requested()) {
            return fail(Fault::TimedOut, "the program did not print '{}' within {} s{}", start.ready,
                        kReadyLimit.count(), said(program.output()));
        }
    }
    if (start.after.count() > 0) progress("letting the program warm up", -1);
    program.wait(start.after, stop);
    if (stop.stop_requested()) return std::unexpected(cancelled());
    if (!program.has_ended()) return {};
    return std::unexpected(ended_early(program));
}

Result<DotnetProcess> TracedProgram::wait_for_process(const std::stop_token& stop) {
    const auto start = steady_clock::now();
    for (;;) {
        if (auto found = processes(); !found.empty()) return std::move(found.front());
        if (stop.stop_requested()) return std::unexpected(cancelled());
        if (side().has_ended()) return std::unexpected(ended_early(side()));
        if (steady_clock::now() - start > kStartLimit)
            return fail(Fault::Invalid,
                        "the program ran for {} s and has no diagnostic socket: it is no .NET program, or "
                        "DOTNET_EnableDiagnostics is 0{}",
                        kStartLimit.count(), said(side().output()));
        side().wait(50ms, stop);
    }
}

Result<TraceEnd> trace_process(const TraceRequest& request, const DotnetProcess& process, Runner& runner,
                               const Progress& progress, std::stop_token stop) {
    const RemovedIfEmpty kept(request.file);
    TRY(Command command, tracer_command(request, port_of(process), {.sockets = {process.socket}}, runner));
    SideProgram tracer(std::move(command));
    if (!tracer.wait(kStartLimit, stop, has_session)) {
        if (stop.stop_requested()) return std::unexpected(cancelled());
        return std::unexpected(failure_of(tracer));
    }
    const Recorded recorded = record(request, tracer, progress, stop, [] { return true; });
    progress(kWritesNames, 1);
    static_cast<void>(tracer.result());
    if (!has_data(request.file)) return std::unexpected(failure_of(tracer));
    TraceEnd end{.seconds = recorded.seconds, .pid = process.pid};
    if (recorded.was_stopped)
        end.why = TraceEnd::Why::Stopped;
    else if (!is_running(process.pid))
        end.why = TraceEnd::Why::ProgramEnded;
    return end;
}

namespace {

Result<TraceEnd> trace_later(const TraceRequest& request, const Launch& launch, const TraceStart& start,
                             Runner& runner, const Progress& progress, const std::stop_token& stop) {
    TRY(TracedProgram traced,
        TracedProgram::start(launch, runner, kReadyLimit + start.after + request.most + kRundownLimit));
    TRY_OK(traced.wait_until_ready(start, progress, stop));
    TRY(const DotnetProcess process, traced.wait_for_process(stop));
    TRY(TraceEnd end, trace_process(request, process, runner, progress, stop));
    SideProgram& program = traced.side();
    const bool has_ended = program.has_ended();
    program.stop();
    static_cast<void>(program.result());
    if (has_ended) add_exit(end, program);
    end.output = program.output();
    return end;
}

}  // namespace

Result<TraceEnd> trace_program(const TraceRequest& request, const Launch& launch, const TraceStart& start,
                               Runner& runner, const Progress& progress, std::stop_token stop) {
    if (!start.from_the_start()) return trace_later(request, launch, start, runner, progress, stop);
    TRY(PortTrace trace, trace_over_port(request, launch, AtStart::Waits, runner, progress, stop));
    if (!trace.stuck) return std::move(trace.end);
    const DotnetProcess child = *trace.stuck;
    TRY(trace, trace_over_port(request, launch, AtStart::GoesOn, runner, progress, stop));
    trace.end.notes.push_back(
        fmt::format("the program starts another .NET program ({}), which is not in the trace; to trace that "
                    "one, start it by itself or give its pid",
                    one_line(child.command, 120)));
    return std::move(trace.end);
}

}  // namespace culprit
