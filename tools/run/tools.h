// The tools that run things.
#pragma once

#include "tools/tool.h"

namespace culprit {

Tool run_command_tool();
Tool background_tool();
Tool run_on_host_tool();
Tool check_host_tool();

}  // namespace culprit
