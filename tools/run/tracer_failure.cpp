// What dotnet-trace prints when it cannot, and what to do about it.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "tools/run/trace.h"

namespace culprit {
namespace {

struct KnownFailure {
    std::string_view words;
    Fault fault;
    std::string_view what;
};

constexpr std::string_view kAnswersNot =
    "the process answers no tracer: it is no .NET program, belongs to another user, or has another TMPDIR";

constexpr KnownFailure kFailures[] = {
    {"specified command or file was not found", Fault::NotFound,
     "dotnet-trace is not installed; 'dotnet tool install --global dotnet-trace' installs it"},
    {"dotnet tool restore", Fault::NotFound,
     "dotnet-trace stands in the tool manifest and was not restored; 'dotnet tool restore' there does that"},
    {"You must install", Fault::NotFound,
     "dotnet-trace needs a .NET runtime that is not installed; 'dotnet tool update --global dotnet-trace' "
     "brings the version for this one"},
    {"There is no active process with the given name", Fault::NotFound, "no such process runs"},
    {"error occurred trying to start process", Fault::NotFound, "the program could not be started"},
    {"is not running", Fault::NotFound, "no process with this pid runs any more"},
    {"failed to connect to the diagnostics port", Fault::Invalid,
     "the program is no .NET program, or its diagnostics are off (DOTNET_EnableDiagnostics=0)"},
    {"ServerNotAvailableException", Fault::Invalid, kAnswersNot},
    {"Unable to connect to Process", Fault::Invalid, kAnswersNot},
    {"DirectoryNotFoundException", Fault::NotFound, "the folder for the trace is not there"},
    {"UnauthorizedAccessException", Fault::Denied,
     "the trace may not be written there, or the process not be traced"},
    {"No space left on device", Fault::Unavailable, "the disk is full; remove old traces"},
    {"Unrecognized command or argument", Fault::Invalid,
     "this dotnet-trace does not know an option that is needed; 'dotnet tool update --global dotnet-trace'"},
    {"EndOfStreamException", Fault::Unavailable, "the program ended before the recording began"},
};

// The tool's own words: the line with its error, else the last ones.
std::string words_of(std::string_view output) {
    const std::size_t error = output.find("[ERROR]");
    std::string_view text = trim(error == std::string_view::npos ? output : output.substr(error));
    if (error == std::string_view::npos && text.size() > 300) text = text.substr(text.size() - 300);
    return one_line(text, 300);
}

}  // namespace

Error tracer_failure(std::string_view output, int exit_code) {
    const std::string words = words_of(output);
    for (const KnownFailure& each : kFailures) {
        if (output.find(each.words) == std::string_view::npos) continue;
        return {each.fault,
                fmt::format("dotnet-trace: {} (exit code {}; it said: {})", each.what, exit_code, words)};
    }
    return {Fault::Unavailable, fmt::format("dotnet-trace ended with exit code {} and made no trace; it {}",
                                            exit_code, words.empty() ? "printed nothing" : "said: " + words)};
}

}  // namespace culprit
