// The questions to profiles, as tools: a file each.
#pragma once

#include "tools/tool.h"

namespace culprit {

Tool profile_summary_tool();
Tool profile_top_tool();
Tool profile_tree_tool();
Tool profile_butterfly_tool();
Tool profile_path_tool();
Tool profile_diff_tool();
Tool profile_allocations_tool();
Tool profile_gc_tool();
Tool profile_contention_tool();
Tool profile_exceptions_tool();
Tool profile_timeline_tool();
Tool profile_export_tool();

}  // namespace culprit
