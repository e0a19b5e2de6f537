// The terminal as it really is: answers on stdout, everything else on stderr, no colour where it is not
// wanted.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/live_output.h"
#include "agent/render/markdown_stream.h"
#include "agent/render/status_line.h"
#include "agent/terminal.h"

namespace culprit {

class Console : public Terminal {
  public:
    // Puts a question to the person and returns the line that was typed; no function: nobody can be asked.
    using Ask =
        std::function<std::optional<std::string>(std::string_view question, std::string_view initial)>;
    // `locate` finds a file as an answer names it, for links.
    explicit Console(Ask ask = {}, std::function<std::string(std::string_view)> locate = {});

    void answer(std::string_view piece) override;
    void end_answer() override;
    void call_output(Stream stream, std::string_view piece) override;
    void call_done(const ToolCall& call, const ToolResult& result) override;
    void working(std::string_view what) override { status_->show(what); }
    void progress(std::string_view what, double share) override { status_->progress(what, share); }
    void checked(const WriteUpChecked& checked) override { rendered_->set_checked(checked.frames); }
    void notice(std::string_view text) override;
    void failure(std::string_view text) override;
    bool can_ask() const override { return static_cast<bool>(ask_); }
    bool confirm(std::string_view question) override;
    std::optional<std::string> ask(std::string_view question, std::string_view initial) override;

  private:
    void write_error(Ink ink, std::string_view text);
    void write_live(std::string_view line);

    Ask ask_;
    ScreenStyle style_;                         // of stderr
    bool is_rendered_;                          // stdout is a terminal; else the answer goes out as it is
    std::unique_ptr<MarkdownStream> rendered_;  // of stdout
    std::unique_ptr<StatusLine> status_;
    LiveOutput live_;
    bool in_line_ = false;     // the answer's last line has no end yet
    bool after_call_ = false;  // nothing was answered since a call
};

// Shows nothing and answers no question: for runs whose result is read by a program.
class SilentTerminal : public Terminal {
  public:
    void answer(std::string_view) override {}
    void end_answer() override {}
    void call_output(Stream, std::string_view) override {}
    void call_done(const ToolCall&, const ToolResult&) override {}
    void notice(std::string_view) override {}
    void failure(std::string_view) override {}
    bool can_ask() const override { return false; }
    bool confirm(std::string_view) override { return false; }
    std::optional<std::string> ask(std::string_view, std::string_view) override { return std::nullopt; }
};

// The arguments of a call as a person reads them: `pattern="x" limit=5`.
std::string shown_arguments(const ToolCall& call);

// What the program says beside an answer: on stderr, with a line end.
void tell(std::string_view text);

// Writes to a standard stream, all of it. A reader that has gone is no error.
void print(int fd, std::string_view text);

// Why something that was printed did not reach stdout, whose reader is there; empty: all did. Thread-safe.
std::string lost_output();

}  // namespace culprit
