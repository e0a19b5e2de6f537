#include "agent/console.h"

#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/files.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kPlain = "\x1b[0m";

bool wants_colour() {
    const char* no_colour = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return ::isatty(STDERR_FILENO) && (!no_colour || !*no_colour) && terminal &&
           std::string_view(terminal) != "dumb";
}

std::size_t terminal_width() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) return size.ws_col;
    return 100;
}

}  // namespace

void print(int fd, std::string_view text) { static_cast<void>(write_all(fd, text, "the terminal")); }

std::string shown_arguments(const ToolCall& call) {
    const auto json = parse_json(call.arguments, "");
    if (!json || !json->is_object()) return call.arguments;
    std::string shown;
    for (const auto& [name, value] : json->items()) {
        shown += fmt::format("{}{}={}", shown.empty() ? "" : " ", name, dump_json(value));
    }
    return shown;
}

Console::Console(Ask ask) : ask_(std::move(ask)), colour_(wants_colour()), width_(terminal_width()) {}

void Console::answer(std::string_view piece) {
    if (piece.empty()) return;
    print(STDOUT_FILENO, printable(piece));
    in_line_ = !piece.ends_with('\n');
}

void Console::end_answer() {
    if (std::exchange(in_line_, false)) print(STDOUT_FILENO, "\n");
}

void Console::write_error(std::string_view style, std::string_view text) {
    end_answer();
    const std::string shown = printable(text);
    print(STDERR_FILENO, colour_ ? fmt::format("{}{}{}\n", style, shown, kPlain) : shown + "\n");
}

void Console::call_done(const ToolCall& call, const ToolResult& result) {
    const auto lines = split_lines(result.text);
    const std::string_view first = lines.empty() ? std::string_view("nothing") : lines.front();
    const std::string head = fmt::format("•{:>6} ms  {} ", result.elapsed.count(), call.name);
    const std::size_t used = count_of_code_points(head) + 3;
    const std::size_t left = std::max<std::size_t>(width_, used + 40) - used;
    const std::string arguments = one_line(shown_arguments(call), left / 2);
    // A failure is told whole: what to do next stands at its end.
    const std::string outcome = result.fault.empty()
                                    ? one_line(first, left - count_of_code_points(arguments))
                                    : fmt::format("{}: {}", result.fault, one_line(first, 300));
    write_error(result.fault.empty() ? kDim : kRed, fmt::format("{}{} → {}", head, arguments, outcome));
}

void Console::notice(std::string_view text) { write_error(kDim, text); }

void Console::failure(std::string_view text) { write_error(kRed, text); }

bool Console::confirm(std::string_view question) {
    end_answer();
    const std::string answer = to_lower(trim(ask_(printable(question) + " [y/N] ")));
    return answer == "y" || answer == "yes";
}

}  // namespace culprit
