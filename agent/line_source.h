// Where typed lines come from: a person at a terminal, a pipe, or a script.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/interrupts.h"
#include "base/files.h"

namespace culprit {

struct Line {
    enum class What {
        Text,     // a line; one that was pasted may hold line ends
        End,      // Ctrl-D, or the end of the pipe or script
        Dropped,  // Ctrl-C with something typed: what was typed is gone
        Left,     // Ctrl-C with nothing typed, or the program was told to end
    };
    What what = What::End;
    std::string text = {};
};

class LineSource {
  public:
    virtual ~LineSource() = default;
    // Waits for one line. `something_typed`: lines of this message came before, so that Ctrl-C drops them and
    // does not leave.
    virtual Line next(std::string_view prompt, bool something_typed) = 0;
    // (question, initial): the answer to a question, `initial` being there to be edited; what was typed
    // before the question is not taken for one. None: the person stopped or left, or there is none.
    virtual std::optional<std::string> answer(std::string_view, std::string_view) { return std::nullopt; }
    virtual bool is_person() const = 0;  // someone is there to answer questions
};

// What a person who types gets help from.
struct TypingHelp {
    fs::path history = {};  // a file; empty: nothing is kept
    // What a word may become: the line up to it, and the word.
    std::function<std::vector<std::string>(std::string_view before, std::string_view word)> complete = {};
};

// GNU readline on the terminal: its keys, and pasted text taken as text, blank lines and all; Alt-Enter
// begins a new line within the message. Messages are recalled whole, those of earlier sessions too. What was
// typed is not lost: what Ctrl-C dropped is in the history, and so is, at the next start, what a crash cut
// off. One at a time: readline's state is the process's own.
std::unique_ptr<LineSource> make_typed_lines(Interrupts& interrupts, TypingHelp help = {});

// Stdin, which is no terminal.
std::unique_ptr<LineSource> make_piped_lines(Interrupts& interrupts);

// The lines of a text, shown as if they were typed; at a typist's pace if a person watches.
std::unique_ptr<LineSource> make_scripted_lines(std::string script, Interrupts& interrupts);

}  // namespace culprit
