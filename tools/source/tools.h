// The tools over sources: a file each. all.cpp lists them.
#pragma once

#include "tools/tool.h"

namespace culprit {

Tool list_files_tool();
Tool grep_tool();
Tool read_file_tool();
Tool find_symbol_tool();
Tool callers_tool();

}  // namespace culprit
