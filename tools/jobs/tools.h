// The questions to benchmark jobs, as tools.
#pragma once

#include "tools/tool.h"

namespace culprit {

Tool jobs_compare_tool();
Tool jobs_changepoints_tool();
Tool jobs_history_tool();
Tool jobs_trends_tool();
Tool jobs_acknowledge_tool();
Tool jobs_pin_tool();

}  // namespace culprit
