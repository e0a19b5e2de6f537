#include "agent/terminal_modes.h"

#include <array>
#include <atomic>
#include <string_view>

#include <signal.h>
#include <termios.h>
#include <unistd.h>

namespace culprit {
namespace {

constexpr std::array kCrashes = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};
constexpr std::string_view kBracketsOn = "\x1b[?2004h", kBracketsOff = "\x1b[?2004l";

// A signal handler is given nothing but a number, so what it needs is known to the file.
int g_terminal = -1;
termios g_found, g_quiet;
std::atomic<bool> g_is_quiet = false, g_is_lent = false, g_has_brackets = false;
std::array<struct sigaction, kCrashes.size()> g_before;

void write_out(std::string_view text) {
    static_cast<void>(::write(g_terminal, text.data(), text.size()) < 0);
}

// A program in the background that changed the modes would be stopped.
bool is_in_foreground(int fd) { return ::tcgetpgrp(fd) == ::getpgrp(); }

void set_modes(const termios& modes) {
    if (is_in_foreground(g_terminal)) ::tcsetattr(g_terminal, TCSANOW, &modes);
}

// As if we had not been there: what was to happen happens when the handler returns.
void on_crash(int number) {
    restore_terminal();
    for (std::size_t i = 0; i < kCrashes.size(); ++i) {
        if (kCrashes[i] == number) ::sigaction(number, &g_before[i], nullptr);
    }
    if (number == SIGABRT || number == SIGQUIT) ::raise(number);
}

void watch_crashes() {
    struct sigaction action = {};
    action.sa_handler = on_crash;
    for (std::size_t i = 0; i < kCrashes.size(); ++i) ::sigaction(kCrashes[i], &action, &g_before[i]);
}

}  // namespace

QuietKeys::QuietKeys(Keys keys) {
    if (g_is_quiet) return;
    g_terminal = ::isatty(STDIN_FILENO) ? STDIN_FILENO : STDERR_FILENO;
    if (::tcgetattr(g_terminal, &g_found) != 0 || !is_in_foreground(g_terminal)) return;
    g_quiet = g_found;
    g_quiet.c_lflag = (g_quiet.c_lflag | NOFLSH) & ~static_cast<tcflag_t>(ECHO);
    if (keys == Keys::Ours) {
        g_quiet.c_lflag &= ~static_cast<tcflag_t>(ICANON);
        g_quiet.c_iflag &= ~static_cast<tcflag_t>(ICRNL | INLCR);  // as readline reads them
        g_quiet.c_cc[VMIN] = 1;
        g_quiet.c_cc[VTIME] = 0;
    }
    is_mine_ = true;
    watch_crashes();
    g_is_quiet = true;
    set_modes(g_quiet);
}

QuietKeys::~QuietKeys() {
    if (!is_mine_) return;
    restore_terminal();
    g_is_quiet = false;
    for (std::size_t i = 0; i < kCrashes.size(); ++i) ::sigaction(kCrashes[i], &g_before[i], nullptr);
}

void QuietKeys::make_loud() const {
    if (!is_mine_) return;
    g_has_brackets = false;
    termios loud = g_quiet;
    loud.c_lflag |= ECHO;
    set_modes(loud);
}

void QuietKeys::make_quiet(bool brackets) const {
    if (!is_mine_) return;
    g_has_brackets = brackets;
    requiet_terminal();
}

LentTerminal::LentTerminal() {
    restore_terminal();
    g_is_lent = true;
}

LentTerminal::~LentTerminal() {
    g_is_lent = false;
    requiet_terminal();
}

void restore_terminal() {
    if (!g_is_quiet || g_is_lent) return;
    if (g_has_brackets) write_out(kBracketsOff);
    set_modes(g_found);
}

void requiet_terminal() {
    if (!g_is_quiet || g_is_lent) return;
    set_modes(g_quiet);
    if (g_has_brackets) write_out(kBracketsOn);
}

}  // namespace culprit
