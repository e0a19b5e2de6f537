// The tools through which what a project has taught is kept and found again.
#pragma once

#include "tools/tool.h"

namespace culprit {

Tool memory_tool();
Tool remember_tool();
Tool forget_tool();
Tool search_history_tool();

}  // namespace culprit
