// The questions to profiles, as tools.
#pragma once

#include "tools/tool.h"

namespace culprit {

Tool profile_summary_tool();
Tool profile_top_tool();
Tool profile_diff_tool();

}  // namespace culprit
