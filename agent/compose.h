// From the log to what a model is asked: a pure function, so that the same log always asks the same.
#pragma once

#include <span>

#include "agent/provider/provider.h"
#include "sessions/event.h"

namespace culprit {

// The conversation as messages. What was shown stands in place of what a model wrote and the checker
// corrected; an answer that was stopped or broke off says so at its end; a call without a result is left out,
// a result without a call too. The messages borrow from `events`, which must stay where they are, and from
// request.made.
void add_conversation(std::span<const Event> events, Request& request);

// The system prompt.
Result<std::string> system_prompt(const Roots& roots, std::string_view memory);

}  // namespace culprit
