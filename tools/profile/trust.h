// How far an answer can be trusted: what the data behind it cannot carry, and which recording would.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/profile/analysis.h"

namespace culprit {

// What is to be said about an answer from this part of a profile: waits among thread time, too few samples,
// addresses without names, weights that another tool made up; the warnings of the reader come last.
std::vector<std::string> trust_notes(const Profile& profile, const CallTree& tree);

// The error of a share of n independent samples: two standard deviations, as a share.
double share_error(double share, double samples);

// For a question about events that the recording does not hold: why that means "unknown", not "none", and the
// command that would record them. `what` is "allocations", "contention", "exceptions" or "garbage
// collections".
std::string not_recorded(const Profile& profile, std::string_view what);

// The command that records what is asked for, of the process in the profile if it is known: "dotnet-trace
// collect ...". `what` as above, or "cpu", "thread_time", "all".
std::string capture_command(const Profile& profile, std::string_view what);

}  // namespace culprit
