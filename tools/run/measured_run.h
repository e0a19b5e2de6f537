// Running a program to its end and taking its measures, again and again.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tools/run/launch.h"
#include "tools/run/measures.h"

namespace culprit {

struct MeasureRequest {
    std::string pattern = {};  // as measure_by_pattern takes it; empty: what measures_in finds
    std::chrono::milliseconds limit{std::chrono::minutes(5)};  // of one run
};

// What the program says of itself, and what we saw: "wall_s", "cpu_s", "peak_memory_bytes".
struct MeasuredRun {
    std::vector<Measure> measures;
    std::string output;  // its stdout, behind it its stderr
};

// Fails with Unavailable if it ends with another exit code than 0, TimedOut at the limit (both with the end
// of what it printed), or as measure_by_pattern does.
Result<MeasuredRun> run_measured(const Launch& launch, const MeasureRequest& request, const Runner& runner,
                                 std::stop_token stop);

// The values of one measure over the runs that have it.
std::vector<double> values_of(const std::vector<MeasuredRun>& runs, std::string_view name);

// The measure that is meant: by its name, or the main one of the runs. Fails with NotFound, naming what there
// is.
Result<std::string> measure_meant(const std::vector<MeasuredRun>& runs, std::string_view name);

// From "higher", "lower" or "", which goes by the name of the measure. Fails with Invalid if that does not
// tell.
Result<Better> better_meant(std::string_view said, std::string_view measure);

// "12,345", "0.0123": enough digits to compare.
std::string measure_text(double value);

}  // namespace culprit
