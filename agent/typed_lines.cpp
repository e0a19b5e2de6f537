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
#include "agent/terminal_modes.h"
#include "base/text.h"

namespace culprit {
namespace {

// Readline's callbacks take no argument of ours, so the line that is being read, and what helps with it, are
// known to the file.
struct Reading {
    std::string* kept;  // keys that come before those of the terminal; none: there are none
    bool done = false;
    std::optional<std::string> line = {};  // none: Ctrl-D
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

bool has_kept_keys() { return g_reading && g_reading->kept && !g_reading->kept->empty(); }

bool key_waits(int wait_ms) {
    pollfd key{STDIN_FILENO, POLLIN, 0};
    return ::poll(&key, 1, wait_ms) > 0;
}

int next_key(std::FILE* terminal) {
    if (!has_kept_keys()) return ::rl_getc(terminal);
    const auto key = static_cast<unsigned char>(g_reading->kept->front());
    g_reading->kept->erase(0, 1);
    return key;
}

// How readline tells an Escape from the beginning of a longer key.
int is_key_there() {
    const int wait_us = ::rl_set_keyboard_input_timeout(-1);
    return has_kept_keys() || key_waits(wait_us / 1000);
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
        ::rl_getc_function = next_key;
        ::rl_input_available_hook = is_key_there;
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
            // Who was impatient with a turn does not want to leave after it.
            keep_keys();
            kept_.erase(0, kept_.find_first_not_of(" \r\n\x04"));
        }
        Line line = read(prompt, "", something_typed, true);
        if (line.what == Line::What::Text && !line.text.empty())
            typed_ += (typed_.empty() ? "" : "\n") + line.text;
        return line;
    }

    std::optional<std::string> answer(std::string_view question, std::string_view initial) override {
        keep_keys();
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
        Reading reading{.kept = is_message ? &kept_ : nullptr};
        g_reading = &reading;
        quiet_.make_loud();
        ::rl_callback_handler_install(std::string(prompt).c_str(), on_line);
        if (!initial.empty()) {
            ::rl_insert_text(std::string(initial).c_str());
            ::rl_redisplay();
        }
        while (!reading.done) {
            std::array<pollfd, 2> set{{{STDIN_FILENO, POLLIN, 0}, {interrupts_.fd(), POLLIN, 0}}};
            if (::poll(set.data(), set.size(), has_kept_keys() ? 0 : -1) < 0) continue;
            if (set[1].revents) {
                if (const auto line = on_signal(something_typed, is_message)) return *line;
            }
            if (!has_kept_keys() && !set[0].revents) continue;
            ::rl_callback_read_char();
            // When nothing more waits to be read: a paste is not written down letter by letter.
            const bool rests = !reading.done && !has_kept_keys() && !key_waits(0);
            if (is_message && rests) history_.draft(whole_draft());
        }
        quiet_.make_quiet(has_brackets());
        if (!reading.line) {
            std::fputs("\n", stdout);
            std::fflush(stdout);
            return {Line::What::End};
        }
        if (is_message) history_.draft(typed_ + (typed_.empty() ? "" : "\n") + *reading.line);
        return {Line::What::Text, *std::move(reading.line)};
    }

    static bool has_brackets() {
        const char* value = ::rl_variable_value("enable-bracketed-paste");
        return value && std::string_view(value) == "on";
    }

    // What was typed while nobody read it.
    void keep_keys() {
        std::array<char, 4096> keys;
        while (key_waits(0)) {
            const ssize_t got = ::read(STDIN_FILENO, keys.data(), keys.size());
            if (got <= 0) return;
            kept_.append(keys.data(), static_cast<std::size_t>(got));
        }
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
        if (signal == Interrupts::Signal::Continue) {
            ::rl_deprep_terminal();
            ::rl_prep_terminal(1);
            ::rl_resize_terminal();
            ::rl_forced_update_display();
            return std::nullopt;
        }
        if (signal == Interrupts::Signal::None) return std::nullopt;
        const bool typed = something_typed || ::rl_end > 0;
        if (is_message && typed) typed_ = whole_draft();
        ::rl_crlf();
        ::rl_callback_handler_remove();
        quiet_.make_quiet(has_brackets());
        const bool drop = signal == Interrupts::Signal::Interrupt && typed;
        return Line{drop ? Line::What::Dropped : Line::What::Left};
    }

    Interrupts& interrupts_;
    TypingHelp help_;
    InputHistory history_;
    QuietKeys quiet_{QuietKeys::Keys::Ours};
    std::string typed_;  // of the message so far
    std::string kept_;   // keys that came while nobody read them, or that a question was not to take
};

}  // namespace

std::unique_ptr<LineSource> make_typed_lines(Interrupts& interrupts, TypingHelp help) {
    return std::make_unique<TypedLines>(interrupts, std::move(help));
}

}  // namespace culprit
