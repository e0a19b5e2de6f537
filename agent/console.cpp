#include "agent/console.h"

#include <cerrno>
#include <mutex>

#include <unistd.h>

#include "base/files.h"
#include "base/text.h"

namespace culprit {
namespace {

ScreenStyle style_of(int fd, std::function<std::string(std::string_view)> locate = {}) {
    ScreenStyle style = screen_style(fd);
    style.locate = std::move(locate);
    return style;
}

// At words, where a person reads it on a terminal.
std::string wrapped_for_terminal(const std::string& text) {
    if (::isatty(STDERR_FILENO) == 0) return text;
    ScreenStyle plain;
    plain.width = screen_style(STDERR_FILENO).width - 1;
    std::string out;
    for (const std::string_view line : split_lines(text)) {
        for (const std::string& part : wrapped_inline(line, plain.width, plain))
            out += (out.empty() ? "" : "\n") + part;
    }
    return out;
}

// Told of once, at the end: whoever prints has no use for it.
struct LostOutput {
    std::mutex mutex;
    std::string why;
};
LostOutput g_lost;

}  // namespace

void tell(std::string_view text) { print(STDERR_FILENO, wrapped_for_terminal(printable(text)) + "\n"); }

void print(int fd, std::string_view text) {
    const auto written = write_all(fd, text, "the output");
    if (written || errno == EPIPE || fd != STDOUT_FILENO) return;
    const std::lock_guard lock(g_lost.mutex);
    if (g_lost.why.empty()) g_lost.why = written.error().what;
}

std::string lost_output() {
    const std::lock_guard lock(g_lost.mutex);
    return g_lost.why;
}

std::string shown_arguments(const ToolCall& call) {
    const auto json = parse_json(call.arguments, "");
    if (!json || !json->is_object()) return call.arguments;
    std::string shown;
    for (const auto& [name, value] : json->items()) {
        shown += fmt::format("{}{}={}", shown.empty() ? "" : " ", name, dump_json(value));
    }
    return shown;
}

Console::Console(Ask ask, std::function<std::string(std::string_view)> locate)
    : ask_(std::move(ask)),
      style_(style_of(STDERR_FILENO)),
      is_rendered_(::isatty(STDOUT_FILENO) != 0),
      rendered_(std::make_unique<MarkdownStream>(style_of(STDOUT_FILENO, std::move(locate)))),
      status_(std::make_unique<StatusLine>(style_)),
      live_(std::max<std::size_t>(style_.width, 40) - 5) {}

void Console::answer(std::string_view piece) {
    if (piece.empty()) return;
    status_->hide();
    if (std::exchange(after_call_, false) && is_rendered_ && !piece.starts_with('\n'))
        print(STDOUT_FILENO, "\n");
    const std::string shown = printable(piece);
    if (!is_rendered_) {
        print(STDOUT_FILENO, shown);
        in_line_ = !shown.ends_with('\n');
        return;
    }
    if (!in_line_) rendered_->set_width(screen_style(STDOUT_FILENO).width);
    print(STDOUT_FILENO, rendered_->feed(shown));
    in_line_ = true;  // something may be held back
}

void Console::end_answer() {
    status_->hide();
    if (!std::exchange(in_line_, false)) return;
    print(STDOUT_FILENO, is_rendered_ ? rendered_->finish() : "\n");
}

void Console::write_error(Ink ink, std::string_view text) {
    status_->hide();
    end_answer();
    print(STDERR_FILENO, inked(wrapped_for_terminal(printable(text)), ink, style_) + "\n");
}

void Console::write_live(std::string_view line) {
    write_error(Ink::Dim, fmt::format("{}{}", style_.plain_lines ? "  " : "  │ ", line));
}

void Console::call_output(Stream, std::string_view piece) {
    for (const std::string& line : live_.take(piece)) write_live(line);
}

void Console::call_done(const ToolCall& call, const ToolResult& result) {
    for (const std::string& line : live_.finish()) write_live(line);
    const auto lines = split_lines(result.text);
    const std::string_view first = lines.empty() ? std::string_view("nothing") : lines.front();
    if (::isatty(STDERR_FILENO)) style_.width = screen_style(STDERR_FILENO).width;
    const std::size_t width = ::isatty(STDERR_FILENO) ? style_.width - 1 : 100;
    const std::string_view bullet = style_.plain_lines ? "" : "•";
    // On a narrow screen what came of it says more than what was asked, and how long it took.
    const bool narrow = width < 60;
    const std::string head = narrow
                                 ? fmt::format("{} {} ", bullet, call.name)
                                 : fmt::format("{}{:>6} ms  {} ", bullet, result.elapsed.count(), call.name);
    const std::size_t used = count_of_code_points(head) + (narrow ? 2 : 3);
    const std::size_t left = std::max(width, used + 10) - used;
    const std::string arguments = narrow ? "" : one_line(shown_arguments(call), left / 2) + " ";
    // A failure is told whole: what to do next stands at its end.
    const std::string outcome =
        result.fault.empty() ? one_line(first, left - (narrow ? 0 : count_of_code_points(arguments) - 1))
                             : fmt::format("{}: {}", result.fault, one_line(first, 300));
    write_error(result.fault.empty() ? Ink::Dim : Ink::Bad,
                fmt::format("{}{}→ {}", head, arguments, outcome));
    after_call_ = true;
}

void Console::notice(std::string_view text) { write_error(Ink::Dim, text); }

void Console::failure(std::string_view text) { write_error(Ink::Bad, text); }

bool Console::confirm(std::string_view question) {
    const std::string answer = to_lower(trim(ask(std::string(question) + " [y/N] ", "").value_or("")));
    return answer == "y" || answer == "yes";
}

std::optional<std::string> Console::ask(std::string_view question, std::string_view initial) {
    end_answer();
    return ask_(printable(question), printable(initial));
}

}  // namespace culprit
