// The tool through which a model keeps what a project has taught.
#pragma once

#include "tools/tool.h"

namespace culprit {

Tool memory_tool();

}  // namespace culprit
