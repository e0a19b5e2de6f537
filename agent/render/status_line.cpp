#include "agent/render/status_line.h"

#include <array>

#include <fmt/format.h>
#include <unistd.h>

#include "base/files.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::chrono::milliseconds kFrame{120};
constexpr std::chrono::milliseconds kPatience{400};  // what is done by then is not told of
constexpr std::string_view kErase = "\r\x1b[K";
constexpr std::array<std::string_view, 10> kSpinner = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
constexpr std::array<std::string_view, 4> kAsciiSpinner = {"|", "/", "-", "\\"};
constexpr int kBar = 12;

void write_status(std::string_view text) {
    static_cast<void>(write_all(STDERR_FILENO, text, "the terminal"));
}

}  // namespace

std::string elapsed_text(std::chrono::seconds elapsed) {
    const auto seconds = elapsed.count();
    return seconds < 60 ? fmt::format("{} s", seconds)
                        : fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

void StatusLine::show(std::string_view what) {
    if (!style_.animated) return;
    hide();
    const std::lock_guard lock(mutex_);
    what_ = what;
    share_ = -1;
    since_ = std::chrono::steady_clock::now();
    thread_ = std::jthread([this](const std::stop_token& stop) { draw_until_hidden(stop); });
}

void StatusLine::progress(std::string_view what, double share) {
    const std::lock_guard lock(mutex_);
    what_ = what;
    share_ = share;
}

void StatusLine::hide() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    changed_.notify_all();
    thread_.join();
}

void StatusLine::draw_until_hidden(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    bool drawn = false;
    changed_.wait_for(lock, stop, kPatience, [] { return false; });
    for (std::size_t frame = 0; !stop.stop_requested(); ++frame) {
        const std::string_view sign =
            style_.unicode ? kSpinner[frame % kSpinner.size()] : kAsciiSpinner[frame % kAsciiSpinner.size()];
        const std::string line = fmt::format("{} {}", sign, text());
        write_status(
            fmt::format("{}{}", kErase, inked(fitting_columns(line, style_.width - 1), Ink::Dim, style_)));
        drawn = true;
        changed_.wait_for(lock, stop, kFrame, [] { return false; });
    }
    if (drawn) write_status(kErase);
}

std::string StatusLine::text() const {
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - since_);
    std::string bar;
    if (share_ >= 0) {
        const int full = static_cast<int>(std::min(share_, 1.0) * kBar);
        for (int i = 0; i < kBar; ++i)
            bar += style_.unicode ? (i < full ? "█" : "░") : (i < full ? "#" : ".");
        bar = fmt::format("  {} {:.0f} %", bar, share_ * 100);
    }
    return fmt::format("{}  {}{}", elapsed_text(elapsed), one_line(printable(what_), 200), bar);
}

}  // namespace culprit
