#include "tools/profile/trust.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "tools/profile/waits.h"

namespace culprit {
namespace {

constexpr double kFewSamples = 1000;
constexpr double kManyUnresolved = 0.05;  // of the weight

struct Capture {
    std::string_view what, command;
};
constexpr std::array<Capture, 7> kCaptures = {{
    {"thread_time", "dotnet-trace collect --providers Microsoft-DotNETCore-SampleProfiler"},
    {"allocations", "dotnet-trace collect --providers Microsoft-Windows-DotNETRuntime:0x1:5"},
    {"garbage collections", "dotnet-trace collect --providers Microsoft-Windows-DotNETRuntime:0x1:4"},
    {"contention", "dotnet-trace collect --providers Microsoft-Windows-DotNETRuntime:0x4000:4"},
    {"exceptions", "dotnet-trace collect --providers Microsoft-Windows-DotNETRuntime:0x8000:2"},
    {"thread pool", "dotnet-trace collect --providers Microsoft-Windows-DotNETRuntime:0x10000:4"},
    {"all",
     "dotnet-trace collect --providers "
     "Microsoft-DotNETCore-SampleProfiler,Microsoft-Windows-DotNETRuntime:0x4C14FCCBD:5"},
}};

std::string waits_note(const Profile& profile, const CallTree& tree) {
    const double share = tree.share(waiting_weight(profile, tree));
    std::string note = fmt::format(
        "{} counts the time of threads at safe points, not CPU: threads that wait are sampled too",
        tree.metric->name);
    if (share > 0)
        note += fmt::format("; {} of this wait, by their innermost frame (waits=drop leaves them out)",
                            percent(share));
    return fmt::format("{}; for CPU: {}", note, capture_command(profile, "cpu"));
}

// Weight on top of which stands a frame without a name.
double unresolved_weight(const Profile& profile, const CallTree& tree) {
    double weight = 0;
    for (NodeId node = 1; node < tree.nodes.size(); ++node) {
        if (profile.frames[tree.nodes[node].frame].kind == FrameKind::Unresolved) weight += tree.self[node];
    }
    return weight;
}

}  // namespace

double share_error(double share, double samples) {
    return samples > 0 ? 2 * std::sqrt(std::max(0.0, share * (1 - share)) / samples) : 1;
}

std::vector<std::string> trust_notes(const Profile& profile, const CallTree& tree) {
    std::vector<std::string> notes;
    const Metric& metric = *tree.metric;
    if (tree.total_events > 0 && tree.total_events < kFewSamples && metric.unit != "bytes") {
        notes.push_back(
            fmt::format("{} events are few: a share of 10 % is known to ± {:.1f} points (2·√(0.1·0.9/{})), "
                        "one of 1 % to ± {:.1f}",
                        tree.total_events, share_error(0.1, tree.total_events) * 100, tree.total_events,
                        share_error(0.01, tree.total_events) * 100));
    }
    const bool of_dotnet_export = metric.name == "thread_time" && profile.recording.events == 0;
    if (counts_waiting(profile, metric)) notes.push_back(waits_note(profile, tree));
    if (of_dotnet_export) {
        notes.push_back(
            "the exporter weighs a sample by the gap to the thread's next one: threads that are sampled "
            "seldom get too "
            "much (a finalizer with 34 of 10,946 samples 16 % of the time); the .nettrace file itself counts "
            "right");
    }
    if (metric.name == "wall_time") {
        notes.push_back(
            "wall_time is the time between the samples of a thread: it counts sleep; cpu and samples do not");
    }
    if (profile.format == "collapsed") {
        notes.push_back(
            "collapsed stacks do not say what their counts are: samples, or the periods of their events "
            "(often ns)");
    }
    const double unresolved = tree.share(unresolved_weight(profile, tree));
    if (unresolved > kManyUnresolved) {
        notes.push_back(
            fmt::format("{} of the weight lies in code without names (stripped libraries, no symbols, names "
                        "lost at the end of "
                        "the recording)",
                        percent(unresolved)));
    }
    std::ranges::copy(profile.warnings, std::back_inserter(notes));
    return notes;
}

std::string capture_command(const Profile& profile, std::string_view what) {
    const std::uint64_t process = profile.recording.process;
    const std::string pid = process == 0 ? "PID" : std::to_string(process);
    if (what == "cpu")
        return fmt::format("sudo dotnet-trace collect-linux --profile cpu-sampling -p {}, or perf record -g",
                           pid);
    const auto found = std::ranges::find(kCaptures, what, &Capture::what);
    if (found == kCaptures.end()) return "";
    return fmt::format("{} --duration 00:00:00:15 -p {}", found->command, pid);
}

std::string not_recorded(const Profile& profile, std::string_view what) {
    if (profile.format != "nettrace") {
        return fmt::format(
            "{}: unknown. A file of the format {} does not hold them; a .nettrace file does: {}", what,
            profile.format, capture_command(profile, what));
    }
    return fmt::format(
        "{}: unknown. There is not one such event in the recording, and it does not say whether their "
        "provider was on; "
        "this records them: {}",
        what, capture_command(profile, what));
}

}  // namespace culprit
