// Several calls at once, their results one after the other in the order of the calls.
#pragma once

#include <functional>

#include "sessions/event.h"

namespace culprit {

// Runs run(0) … run(count - 1) on up to `workers` threads and hands each result to done(), in order, on the
// calling thread. When done() says false or fails, no further one is begun; those that run are waited for, so
// they must see the stop by themselves. With one worker all of it happens on the calling thread, each result
// being handed over before the next call begins. Returns what the last done() said.
Result<bool> run_side_by_side(std::size_t count, unsigned workers,
                              const std::function<Result<ToolResult>(std::size_t)>& run,
                              const std::function<Result<bool>(std::size_t, Result<ToolResult>)>& done);

}  // namespace culprit
