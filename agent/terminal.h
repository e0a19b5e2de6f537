// What the program shows, and where it asks. The only part that prints while a session runs.
#pragma once

#include <string_view>

#include "sessions/event.h"

namespace culprit {

class Terminal {
  public:
    virtual ~Terminal() = default;

    virtual void answer(std::string_view piece) = 0;  // of the model's text, as it comes
    virtual void end_answer() = 0;                    // the text so far is a paragraph of its own
    virtual void call_done(const ToolCall& call, const ToolResult& result) = 0;
    virtual void notice(std::string_view text) = 0;   // what the program did of its own accord
    virtual void failure(std::string_view text) = 0;  // what went wrong, and what to do next

    virtual bool can_ask() const = 0;
    virtual bool confirm(std::string_view question) = 0;  // only if can_ask()
};

}  // namespace culprit
