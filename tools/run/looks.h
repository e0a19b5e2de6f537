// Commands that look at a machine, this one or another, run side by side, and what each of them printed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tools/run/runner.h"

namespace culprit {

// What tells most about a machine in a minute: Netflix's list ("Linux Performance Analysis in 60,000
// Milliseconds", 2015), each cut to a few seconds and lines, and the number of processors, which its
// thresholds need.
const std::vector<std::string>& sixty_seconds();

struct Look {
    std::string line;
    std::string output;  // stdout and stderr as they came, made readable; the beginning of what is long
    int exit_code = 0;
    bool is_installed = true;  // the program that the line begins with
};

struct Looks {
    std::vector<Look> each;  // in the order of the lines
    RunReport report;        // of all of them
};

// Runs each line with a shell of its own, for a minute at most: on `host` as run_on_host does, without one
// here. Fails as run_on_host or Runner::run does.
Result<Looks> look_at(Runner& runner, const std::string& host, std::span<const std::string> lines,
                      std::stop_token stop);

// "$ LINE", what it printed, and how it ended where that was not well; for each.
std::string looks_text(const Looks& looks);

}  // namespace culprit
