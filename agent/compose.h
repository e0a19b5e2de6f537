// From the log to what a model is asked: a pure function, so that the same log always asks the same.
#pragma once

#include <span>

#include "agent/provider/provider.h"
#include "agent/session.h"
#include "sessions/event.h"

namespace culprit {

// The conversation as messages, from the last summary on. Results that were shortened are one line. What was
// shown stands in place of what a model wrote and the checker corrected; an answer that was stopped or broke
// off says so at its end; a call without a result is left out, a result without a call too. The messages
// borrow from `events`, which must stay where they are, and from request.made. What the wires must get back
// goes to the model that made it alone.
void add_conversation(std::span<const Event> events, std::string_view model, Request& request);

// Where the whole of a result is kept for the model: a path for read_file.
std::string whole_result_path(const ToolResult& result);

// What the model is asked next: system prompt, conversation and tools. It borrows from `session` and `tools`.
Result<Request> compose_request(Session& session, const Toolbox& tools, std::string_view model);

// What the system prompt says of the session; an empty part is told of as such.
struct PromptParts {
    const Roots& roots;
    std::string_view memory, playbooks, guidelines;
};

// The system prompt.
Result<std::string> system_prompt(const PromptParts& parts);

}  // namespace culprit
