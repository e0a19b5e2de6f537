// The tools over sources: a file each. all.cpp lists them.
#pragma once

#include "tools/tool.h"

namespace culprit {

Tool list_files_tool();
Tool grep_tool();
Tool read_file_tool();
Tool find_symbol_tool();
Tool outline_tool();
Tool read_symbol_tool();
Tool callers_tool();
Tool callees_tool();
Tool call_paths_tool();
Tool implementations_tool();
Tool references_tool();
Tool source_resolve_tool();
Tool annotate_tool();
Tool find_patterns_tool();
Tool changes_tool();
Tool blame_symbol_tool();
Tool diff_symbol_tool();

}  // namespace culprit
