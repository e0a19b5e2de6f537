// What the program shows, and where it asks. The only part that prints while a session runs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/process.h"
#include "sessions/event.h"

namespace culprit {

class Terminal {
  public:
    virtual ~Terminal() = default;

    virtual void answer(std::string_view piece) = 0;  // of the model's text, as it comes
    virtual void end_answer() = 0;                    // the text so far is a paragraph of its own
    // Of the command that a call runs, as it comes, in pieces cut anywhere; call_done() ends it.
    virtual void call_output(Stream stream, std::string_view piece) = 0;
    virtual void call_done(const ToolCall& call, const ToolResult& result) = 0;
    // What is being done while nothing comes, and how far it is (0 to 1, negative: not known); of calls that
    // run side by side from several threads.
    virtual void working(std::string_view) {}
    virtual void progress(std::string_view, double) {}
    // What the checker said of the frames in the text that comes next.
    virtual void checked(const WriteUpChecked&) {}
    virtual void notice(std::string_view text) = 0;   // what the program did of its own accord
    virtual void failure(std::string_view text) = 0;  // what went wrong, and what to do next

    virtual bool can_ask() const = 0;
    virtual bool confirm(std::string_view question) = 0;  // only if can_ask()
    // What the person types in answer, `initial` being there already to be edited; none: the person stopped
    // or left. Only if can_ask().
    virtual std::optional<std::string> ask(std::string_view question, std::string_view initial) = 0;
};

}  // namespace culprit
