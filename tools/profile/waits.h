// Telling threads that wait from threads that work. A profiler of thread time samples both.
#pragma once

#include <vector>

#include "tools/profile/analysis.h"

namespace culprit {

// For each frame of the profile whether a thread with it on top waits: for a lock, a signal, a timer, input,
// or for the collector. By name, as no format says so: what waits under another name counts as work.
std::vector<bool> waiting_frames(const Profile& profile);

// The part of the tree's weight whose innermost frame waits.
double waiting_weight(const Profile& profile, const CallTree& tree);

// True if the metric measures time in which threads may wait: then shares of it are not shares of CPU.
bool counts_waiting(const Profile& profile, const Metric& metric);

}  // namespace culprit
