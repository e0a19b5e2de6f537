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

Command tracer_command(const TraceRequest& request, const std::vector<std::string>& target) {
    Command command{.argv = request.tracer.argv,
                    .folder = request.tracer.folder,
                    .environment = {"DOTNET_NOLOGO=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1"},
                    .limit = kReadyLimit + request.most + kRundownLimit,
                    .grace = kRundownLimit};
    for (const char* word : {"collect", "--output"}) command.argv.emplace_back(word);
    command.argv.push_back(request.file.string());
    command.argv.insert(command.argv.end(),
                        {"--providers", request.providers, "--duration", duration_argument(request.most)});
    command.argv.insert(command.argv.end(), target.begin(), target.end());
    return command;
}

bool has_data(const fs::path& file) {
    std::error_code code;
    return fs::exists(file, code) && fs::file_size(file, code) > 0;
}

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
std::optional<DotnetProcess> waiting_child(int pid, const std::string& port) {
    for (const DotnetProcess& each : dotnet_processes()) {
        if (descends_from(each.pid, pid) && has_in_environment(each.pid, port)) return each;
    }
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

// Why there is no session yet though nothing is to be waited for any more.
Error no_session(SideProgram& tracer, SideProgram& program, const Launch& launch) {
    if (program.has_ended()) {
        const auto& finished = program.result();
        if (!finished) return finished.error();
        return {Fault::Unavailable,
                fmt::format("the program ended (exit code {}) before a recording could begin{}",
                            finished->exit_code, said(program.output()))};
    }
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
                                  const Progress& progress, const std::stop_token& stop) {
    TRY(const TemporaryFolder folder, TemporaryFolder::make("culprit-trace"));
    const fs::path socket = folder.path() / "port";
    progress("starting dotnet-trace", -1);
    SideProgram tracer(tracer_command(request, {"--diagnostic-port", socket.string()}));
    TRY_OK(wait_for_port(tracer, socket, stop));
    const std::string port = fmt::format("DOTNET_DiagnosticPorts={}{}", socket.string(),
                                         at_start == AtStart::Waits ? "" : ",nosuspend");
    SideProgram program({.argv = launch.argv,
                         .folder = launch.folder,
                         .environment = {port},
                         .limit = kStartLimit + request.most + kRundownLimit,
                         .grace = kProgramGrace});
    TRY_OK(wait_for_session(tracer, program, launch, stop));
    PortTrace trace{.end = {.pid = program.pid()}, .stuck = {}};
    const Recorded recorded = record(request, tracer, progress, stop, [&] {
        if (at_start == AtStart::Waits) trace.stuck = waiting_child(trace.end.pid, port);
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

// For who only has the pid of something else.
std::string running_programs() {
    std::vector<std::string> rows;
    for (const DotnetProcess& each : dotnet_processes())
        rows.push_back(fmt::format("{} ({})", each.pid, one_line(each.command, 100)));
    return rows.empty() ? "no .NET program runs here" : ".NET programs that run: " + join(rows, "; ");
}

}  // namespace

std::span<const TracePurpose> trace_purposes() { return kPurposes; }

const TracePurpose& trace_purpose(std::string_view name) {
    return *std::ranges::find(kPurposes, name, &TracePurpose::name);
}

Result<TraceEnd> trace_process(const TraceRequest& request, int pid, const Progress& progress,
                               std::stop_token stop) {
    if (!is_running(pid)) {
        return fail(Fault::NotFound, "no process with pid {} runs; {}", pid, running_programs());
    }
    if (!is_dotnet_process(pid)) {
        return fail(
            Fault::Invalid,
            "process {} ({}) is no .NET program that can be traced (its diagnostic socket is not in {}: "
            "another language, another TMPDIR, a container, or DOTNET_EnableDiagnostics=0); {}",
            pid, one_line(command_line_of(pid), 100), fs::temp_directory_path().string(), running_programs());
    }
    TRY_OK(make_folder(request.file.parent_path()));
    SideProgram tracer(tracer_command(request, {"--process-id", std::to_string(pid)}));
    if (!tracer.wait(kStartLimit, stop, has_session)) {
        if (stop.stop_requested()) return std::unexpected(cancelled());
        return std::unexpected(failure_of(tracer));
    }
    const Recorded recorded = record(request, tracer, progress, stop, [] { return true; });
    progress(kWritesNames, 1);
    static_cast<void>(tracer.result());
    if (!has_data(request.file)) return std::unexpected(failure_of(tracer));
    TraceEnd end{.seconds = recorded.seconds, .pid = pid};
    if (recorded.was_stopped)
        end.why = TraceEnd::Why::Stopped;
    else if (!is_running(pid))
        end.why = TraceEnd::Why::ProgramEnded;
    return end;
}

Result<> wait_until_ready(SideProgram& program, const TraceStart& start, const Progress& progress,
                          const std::stop_token& stop) {
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
    const auto& finished = program.result();
    if (!finished) return std::unexpected(finished.error());
    return fail(Fault::Unavailable, "the program ended (exit code {}) before the recording was to begin{}",
                finished->exit_code, said(program.output()));
}

namespace {

Result<TraceEnd> trace_later(const TraceRequest& request, const Launch& launch, const TraceStart& start,
                             const Progress& progress, const std::stop_token& stop) {
    SideProgram program({.argv = launch.argv,
                         .folder = launch.folder,
                         .limit = kReadyLimit + start.after + request.most + kRundownLimit,
                         .grace = kProgramGrace});
    TRY_OK(wait_until_ready(program, start, progress, stop));
    TRY(TraceEnd end, trace_process(request, program.pid(), progress, stop));
    const bool has_ended = program.has_ended();
    program.stop();
    static_cast<void>(program.result());
    if (has_ended) add_exit(end, program);
    end.output = program.output();
    return end;
}

}  // namespace

Result<TraceEnd> trace_program(const TraceRequest& request, const Launch& launch, const TraceStart& start,
                               const Progress& progress, std::stop_token stop) {
    TRY_OK(make_folder(request.file.parent_path()));
    if (!start.from_the_start()) return trace_later(request, launch, start, progress, stop);
    TRY(PortTrace trace, trace_over_port(request, launch, AtStart::Waits, progress, stop));
    if (!trace.stuck) return std::move(trace.end);
    const DotnetProcess child = *trace.stuck;
    TRY(trace, trace_over_port(request, launch, AtStart::GoesOn, progress, stop));
    trace.end.notes.push_back(
        fmt::format("the program starts another .NET program ({}), which is not in the trace; to trace that "
                    "one, start it by itself or give its pid",
                    one_line(child.command, 120)));
    return std::move(trace.end);
}

}  // namespace culprit
