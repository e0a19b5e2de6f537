// The tools that put profiles and sources together: a file each. all.cpp lists them.
#pragma once

#include "tools/tool.h"

namespace culprit {

Tool survey_tool();
Tool suspects_tool();

}  // namespace culprit
