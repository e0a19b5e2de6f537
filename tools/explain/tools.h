#pragma once

#include "tools/tool.h"

namespace culprit {

Tool explain_top_tool();
Tool explain_stack_tool();
Tool explain_code_tool();
Tool explain_function_tool();
Tool explain_process_tool();
Tool explain_host_tool();
Tool find_faster_tool();

}  // namespace culprit
