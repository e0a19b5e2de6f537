// The processes of the machine, as /proc shows them: how many a command has started, and what it left behind.
#pragma once

#include <cstddef>
#include <string_view>

#include <sys/types.h>

namespace culprit {

// The leader of a session, all in that session, and all that descend from it, in other sessions too.
std::size_t count_processes_of(pid_t leader);

// Kills every process whose environment has this "NAME=value", until none is left or five rounds are over.
// It finds what left its group and its session; not what was started with another environment.
void kill_marked(std::string_view variable);

}  // namespace culprit
