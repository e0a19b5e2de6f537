// Markdown as it streams, rendered for a terminal. What was written is never written again: a line is held
// back only until it can be told what it is (a table until its end, frames of a call stack until the last of
// them).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/render/inline.h"
#include "agent/render/style.h"
#include "sessions/event.h"

namespace culprit {

class MarkdownStream {
  public:
    explicit MarkdownStream(ScreenStyle style) : style_(std::move(style)) {}

    // What can be written now. `piece` is printable() text, cut between letters.
    std::string feed(std::string_view piece);
    // The rest, with a line end if the last line has none.
    std::string finish();

    // What the checker said of frames that come from here on: they are marked.
    void set_checked(const std::vector<CheckedFrame>& frames) { checked_ = frames; }
    // The screen's width has changed: what comes from here on follows it.
    void set_width(std::size_t width) { style_.width = width; }

    const ScreenStyle& style() const { return style_; }
    bool in_line() const { return in_line_; }  // the last line that was written has no end yet

  private:
    std::string line(std::string_view text);  // a whole line that was held back
    std::string begin_text(std::string_view text);
    std::string held();  // a table or frames that have ended
    std::string frames();
    std::string code_line(std::string_view text);

    ScreenStyle style_;
    std::string line_;                  // held back: it is not known yet what it is
    std::optional<InlineWriter> text_;  // the line that is being written
    std::vector<std::string> table_, frames_;
    std::vector<CheckedFrame> checked_;
    bool in_code_ = false;
    bool in_line_ = false;
};

// The frame of a call stack as a write-up has it: "at A.B(x) (src/A.cs:line 5) - what it costs".
struct ShownFrame {
    std::string symbol, file, note;
    int line = 0;
};
std::optional<ShownFrame> shown_frame(std::string_view line);

// A line of source in ink: keywords, text, numbers, comments.
std::string inked_code(std::string_view line, const ScreenStyle& style);

}  // namespace culprit
