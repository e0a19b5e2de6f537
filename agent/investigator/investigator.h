// The provider that needs no model: a deterministic planner that looks at a conversation, calls the tools
// that a model would call, and composes the write-up from what they returned.
//
// It keeps no state. Each reply follows from the request alone: the plan is walked from its beginning, what
// has been asked already is found in the conversation, and the first thing that is missing becomes the next
// calls.
#pragma once

#include <memory>

#include "agent/provider/provider.h"

namespace culprit {

std::unique_ptr<Provider> make_investigator();

}  // namespace culprit
