// What starts programs, as tools: a file each.
#pragma once

#include "tools/tool.h"

namespace culprit {

Tool collect_trace_tool();
Tool thread_stacks_tool();
Tool stress_test_tool();
Tool compare_runs_tool();
Tool container_tool();

}  // namespace culprit
