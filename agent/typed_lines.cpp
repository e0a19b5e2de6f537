#include <poll.h>
#include <termios.h>
#include <unistd.h>

// readline.h wants stdio first.
#include <array>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

#include <readline/history.h>
#include <readline/readline.h>

#include "agent/console.h"
#include "agent/input_history.h"
#include "agent/line_source.h"
#include "base/text.h"

namespace culprit {
namespace {

// Readline's callbacks take no argument of ours, so the line that is being read, and what helps with it, are
// known to the file.
struct Reading {
    bool done = false;
    std::optional<std::string> line;  // none: Ctrl-D
};
Reading* g_reading = nullptr;
const TypingHelp* g_help = nullptr;

void on_line(char* line) {
    // Removed at once, or readline would show the prompt again.
    ::rl_callback_handler_remove();
    g_reading->done = true;
    if (line) g_reading->line = line;
    std::free(line);
}

int insert_line_end(int, int) { return ::rl_insert_text("\n"), 0; }

// Readline frees what it is given: the common beginning first, then each, then a null.
char** completions(const char* word, int start, int) {
    ::rl_attempted_completion_over = 1;
    if (!g_help || !g_help->complete) return nullptr;
    const std::vector<std::string> all =
        g_help->complete(std::string_view(::rl_line_buffer, static_cast<std::size_t>(start)), word);
    if (all.empty()) return nullptr;
    std::string common = all.front();
    for (const std::string& each : all) {
        const auto [end, _] = std::ranges::mismatch(common, each);
        common.erase(end, common.end());
    }
    auto** matches = static_cast<char**>(std::calloc(all.size() + 2, sizeof(char*)));
    matches[0] = ::strdup(common.c_str());
    for (std::size_t i = 0; all.size() > 1 && i < all.size(); ++i) matches[i + 1] = ::strdup(all[i].c_str());
    const bool is_folder = all.size() == 1 && common.ends_with('/');
    ::rl_completion_append_character = is_folder ? '\0' : ' ';
    return matches;
}

class TypedLines : public LineSource {
  public:
    TypedLines(Interrupts& interrupts, TypingHelp help)
        : interrupts_(interrupts), help_(std::move(help)), history_(help_.history) {
        // Letters of several bytes are edited as one; figures keep their point.
        if (!std::setlocale(LC_CTYPE, "") || MB_CUR_MAX < 2) std::setlocale(LC_CTYPE, "C.UTF-8");
        ::rl_readline_name = "culprit";
        ::rl_catch_signals = 0;
        ::rl_catch_sigwinch = 0;
        ::rl_variable_bind("enable-bracketed-paste", "on");
        ::rl_completer_word_break_characters = const_cast<char*>(" \t\n");
        ::rl_attempted_completion_function = completions;
        ::rl_initialize();
        ::rl_bind_keyseq("\\e\\C-m", insert_line_end);
        ::rl_bind_keyseq("\\e\\C-j", insert_line_end);
        g_help = &help_;
        ::clear_history();
        for (const std::string& message : history_.load()) ::add_history(message.c_str());
        if (history_.found_draft())
            print(STDERR_FILENO,
                  "What you had typed when culprit ended is kept: the Up key brings it back.\n");
    }

    ~TypedLines() override {
        remember(typed_);
        g_help = nullptr;
    }

    Line next(std::string_view prompt, bool something_typed) override {
        if (!something_typed) {
            remember(typed_);
            typed_.clear();
            history_.draft({});
        }
        Line line = read(prompt, "", something_typed, true);
        if (line.what == Line::What::Text && !line.text.empty())
            typed_ += (typed_.empty() ? "" : "\n") + line.text;
        return line;
    }

    std::optional<std::string> answer(std::string_view question, std::string_view initial) override {
        ::tcflush(STDIN_FILENO, TCIFLUSH);
        // Readline's prompt is one line.
        const std::size_t last = question.rfind('\n') + 1;
        print(STDERR_FILENO, question.substr(0, last));
        Line line = read(question.substr(last), initial, true, false);
        if (line.what != Line::What::Text) return std::nullopt;
        return std::move(line.text);
    }

    bool is_person() const override { return true; }

  private:
    Line read(std::string_view prompt, std::string_view initial, bool something_typed, bool is_message) {
        Reading reading;
        g_reading = &reading;
        ::rl_callback_handler_install(std::string(prompt).c_str(), on_line);
        if (!initial.empty()) {
            ::rl_insert_text(std::string(initial).c_str());
            ::rl_redisplay();
        }
        while (!reading.done) {
            std::array<pollfd, 2> set{{{STDIN_FILENO, POLLIN, 0}, {interrupts_.fd(), POLLIN, 0}}};
            if (::poll(set.data(), set.size(), -1) < 0) continue;
            if (set[1].revents) {
                if (const auto line = on_signal(something_typed, is_message)) return *line;
            }
            if (!set[0].revents) continue;
            ::rl_callback_read_char();
            // When nothing more waits to be read: a paste is not written down letter by letter.
            if (is_message && !reading.done && ::poll(set.data(), 1, 0) == 0) history_.draft(whole_draft());
        }
        if (!reading.line) {
            std::fputs("\n", stdout);
            std::fflush(stdout);
            return {Line::What::End};
        }
        if (is_message) history_.draft(typed_ + (typed_.empty() ? "" : "\n") + *reading.line);
        return {Line::What::Text, *std::move(reading.line)};
    }

    std::string whole_draft() const {
        const std::string_view line(::rl_line_buffer, static_cast<std::size_t>(::rl_end));
        return typed_.empty() ? std::string(line) : fmt::format("{}\n{}", typed_, line);
    }

    void remember(const std::string& message) {
        if (trim(message).empty()) return;
        const HIST_ENTRY* last =
            ::history_length > 0 ? ::history_get(::history_base + ::history_length - 1) : nullptr;
        if (!last || message != last->line) ::add_history(message.c_str());
        history_.add(message);
    }

    std::optional<Line> on_signal(bool something_typed, bool is_message) {
        const Interrupts::Signal signal = interrupts_.take();
        if (signal == Interrupts::Signal::Resize) {
            ::rl_resize_terminal();
            return std::nullopt;
        }
        if (signal == Interrupts::Signal::None) return std::nullopt;
        const bool typed = something_typed || ::rl_end > 0;
        if (is_message && typed) typed_ = whole_draft();
        ::rl_crlf();
        ::rl_callback_handler_remove();
        const bool drop = signal == Interrupts::Signal::Interrupt && typed;
        return Line{drop ? Line::What::Dropped : Line::What::Left};
    }

    Interrupts& interrupts_;
    TypingHelp help_;
    InputHistory history_;
    std::string typed_;  // of the message so far
};

}  // namespace

std::unique_ptr<LineSource> make_typed_lines(Interrupts& interrupts, TypingHelp help) {
    return std::make_unique<TypedLines>(interrupts, std::move(help));
}

}  // namespace culprit
