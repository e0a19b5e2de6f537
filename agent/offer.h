// Which tools a model is told of: those for most questions, and of the others (tools/toolsets.h) those that
// the conversation has come to.
#pragma once

#include <span>
#include <vector>

#include "sessions/event.h"
#include "tools/toolbox.h"

namespace culprit {

// A set is open once it was opened, one of its tools was called, or one was named by the engineer or in a
// playbook that was opened. Sets stand behind the rest in the order in which they were opened, so that what a
// provider caches of a request stays.
std::vector<const OfferedTool*> offered_tools(const Toolbox& tools, std::span<const Event> events);

// The tool by which a model opens a set.
OfferedTool open_tools_tool();

}  // namespace culprit
