// Recording a .NET program with dotnet-trace: started for it, or running already.
//
// A program that we start connects to a diagnostic port of the tracer's before its first instruction: so its
// own output and exit code are its own, the tracer ends without it, and no launcher stands between the two.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tools/run/dotnet.h"
#include "tools/run/launch.h"
#include "tools/run/side_program.h"

namespace culprit {

// What a trace is to tell, and the event providers that tell it.
struct TracePurpose {
    std::string_view name;       // "cpu"
    std::string_view providers;  // as dotnet-trace takes them
    std::string_view metric;     // the one that it fills, as the profile tools name it
};
std::span<const TracePurpose> trace_purposes();
const TracePurpose& trace_purpose(std::string_view name);  // must be one of them

struct TraceRequest {
    DotnetTool tracer;
    std::string providers;
    std::chrono::seconds most{15};  // of recording
    fs::path file;                  // is made; its folder too
};

// Adds what starts the tracer, and what that needs, to a plan; `target`: a running program, if it is one.
void plan_trace(const TraceRequest& request, const DotnetProcess* target, Plan& plan);

struct TraceEnd {
    enum class Why { TimeUp, ProgramEnded, Stopped };
    Why why = Why::TimeUp;
    double seconds = 0;  // of recording
    int pid = 0;
    std::string output;            // what a program that we started printed, the end of it
    std::optional<int> exit_code;  // of a program that we started and that ended by itself
    std::vector<std::string> notes;
};

// When to begin to record a program that we start.
struct TraceStart {
    std::string ready;              // as soon as it has printed this; empty: at once
    std::chrono::seconds after{0};  // so long after that, or after its start
    bool from_the_start() const { return ready.empty() && after.count() == 0; }
};

// A program that runs beside us, started as `launch` says, with a TMPDIR of its own where its diagnostic
// socket is found.
class TracedProgram {
  public:
    // `environment` is added to ours. Fails as Runner::boxed does.
    static Result<TracedProgram> start(const Launch& launch, Runner& runner, std::chrono::milliseconds limit,
                                       std::vector<std::string> environment = {}, Needs more = {});

    SideProgram& side() { return *side_; }
    // The .NET programs that it is, or has started so far; itself first.
    std::vector<DotnetProcess> processes() const;

    // Fails with TimedOut if it does not print what is waited for, Unavailable if it ends before, with what
    // it printed.
    Result<> wait_until_ready(const TraceStart& start, const Progress& progress, const std::stop_token& stop);
    // Waits until it can be traced. Fails with Invalid if it cannot, Unavailable if it ended before.
    Result<DotnetProcess> wait_for_process(const std::stop_token& stop);

  private:
    TracedProgram(Command command, fs::path sockets);
    fs::path sockets_;
    std::unique_ptr<SideProgram> side_;
};

// Starts the program, records it, ends it when the time is up. A stop ends the recording in good order and is
// no failure. Fails with TimedOut if it never printed what was waited for, Unavailable if it ended before
// anything was recorded, Invalid if it is no .NET program, or as the tracer does; the message has what the
// program printed.
Result<TraceEnd> trace_program(const TraceRequest& request, const Launch& launch, const TraceStart& start,
                               Runner& runner, const Progress& progress, std::stop_token stop);

// Records a running program, which goes on.
Result<TraceEnd> trace_process(const TraceRequest& request, const DotnetProcess& process, Runner& runner,
                               const Progress& progress, std::stop_token stop);

// What it means that dotnet-trace ended so, having printed this, with no trace to show for it.
Error tracer_failure(std::string_view output, int exit_code);

}  // namespace culprit
