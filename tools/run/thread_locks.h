// Which locks the threads of a program hold and wait for, as far as the source tells: no recording has it.
#pragma once

#include <vector>

#include "tools/roots.h"
#include "tools/run/thread_states.h"
#include "tools/source/index.h"

namespace culprit {

// For each thread that waits for a lock, each way to read its stack. What it waits for is a lock statement of
// its innermost method that has source; of what that calls, where it has none itself, as the compiler puts
// small methods into their callers. What it holds are the statements around the calls that lead there. Empty
// without source roots.
std::vector<LockReading> read_locks(const std::vector<ThreadState>& threads, const Roots& roots,
                                    SourceIndex& source, std::stop_token stop);

}  // namespace culprit
