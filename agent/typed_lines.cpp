#include <poll.h>
#include <unistd.h>

// readline.h wants stdio first.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include <readline/history.h>
#include <readline/readline.h>

#include "agent/line_source.h"

namespace culprit {
namespace {

// Readline's callback takes no argument of ours, so the line that is being read is known to the file.
struct Reading {
    bool done = false;
    std::optional<std::string> line;  // none: Ctrl-D
};
Reading* g_reading = nullptr;

void on_line(char* line) {
    // Removed at once, or readline would show the prompt again.
    ::rl_callback_handler_remove();
    g_reading->done = true;
    if (line) g_reading->line = line;
    std::free(line);
}

class TypedLines : public LineSource {
  public:
    explicit TypedLines(Interrupts& interrupts) : interrupts_(interrupts) {
        ::rl_readline_name = "culprit";
        ::rl_catch_signals = 0;
        ::rl_catch_sigwinch = 0;
        ::rl_variable_bind("enable-bracketed-paste", "on");
    }

    Line next(std::string_view prompt, bool something_typed) override {
        Reading reading;
        g_reading = &reading;
        ::rl_callback_handler_install(std::string(prompt).c_str(), on_line);
        while (!reading.done) {
            std::array<pollfd, 2> set{{{STDIN_FILENO, POLLIN, 0}, {interrupts_.fd(), POLLIN, 0}}};
            if (::poll(set.data(), set.size(), -1) < 0) continue;
            if (set[1].revents) {
                if (const auto line = on_signal(something_typed)) return *line;
            }
            if (set[0].revents) ::rl_callback_read_char();
        }
        if (!reading.line) {
            std::fputs("\n", stdout);
            std::fflush(stdout);
            return {Line::What::End};
        }
        if (!reading.line->empty()) ::add_history(reading.line->c_str());
        return {Line::What::Text, *std::move(reading.line)};
    }

    bool is_person() const override { return true; }

  private:
    std::optional<Line> on_signal(bool something_typed) {
        const Interrupts::Signal signal = interrupts_.take();
        if (signal == Interrupts::Signal::Resize) {
            ::rl_resize_terminal();
            return std::nullopt;
        }
        if (signal == Interrupts::Signal::None) return std::nullopt;
        const bool typed = something_typed || ::rl_end > 0;
        ::rl_crlf();
        ::rl_callback_handler_remove();
        const bool drop = signal == Interrupts::Signal::Interrupt && typed;
        return Line{drop ? Line::What::Dropped : Line::What::Left};
    }

    Interrupts& interrupts_;
};

}  // namespace

std::unique_ptr<LineSource> make_typed_lines(Interrupts& interrupts) {
    return std::make_unique<TypedLines>(interrupts);
}

}  // namespace culprit
