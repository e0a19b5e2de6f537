#include "agent/interrupts.h"

#include <array>

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "agent/terminal_modes.h"
#include "base/process.h"

namespace culprit {
namespace {

// What Ctrl-Z does to a program that does not ask for the signal; the shell gets its terminal as it was.
void stop_process() {
    restore_terminal();
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTSTP);
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    ::raise(SIGTSTP);  // returns when the process goes on
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    requiet_terminal();
}

[[noreturn]] void leave_at_once() {
    kill_all_children();
    restore_terminal();
    static_cast<void>(::write(STDERR_FILENO, "\n", 1) < 0);  // the shell's prompt begins a line
    ::_exit(130);
}

}  // namespace

Interrupts::Interrupts()
    : at_prompt_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), end_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    ::signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT}) ::sigaddset(&set, number);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    const int signal_fd = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    thread_ = std::jthread([this, signal_fd] { watch(signal_fd, end_.get()); });
}

Interrupts::~Interrupts() { ::eventfd_write(end_.get(), 1); }

void Interrupts::watch(int signal_fd, int end_fd) {
    const Descriptor owned(signal_fd);
    for (;;) {
        std::array<pollfd, 2> set{{{signal_fd, POLLIN, 0}, {end_fd, POLLIN, 0}}};
        if (::poll(set.data(), set.size(), -1) < 0) continue;
        if (set[1].revents) return;
        signalfd_siginfo info;
        while (::read(signal_fd, &info, sizeof info) == sizeof info)
            on_signal(static_cast<int>(info.ssi_signo));
    }
}

void Interrupts::on_signal(int number) {
    const std::lock_guard lock(mutex_);
    if (number == SIGTSTP) return stop_process();
    if (number == SIGTERM || number == SIGHUP) leaving_ = true;
    if (number == SIGCONT) {
        requiet_terminal();  // a shell had it
        continued_ = true;
    } else if (number == SIGWINCH) {
        resized_ = true;
    } else if (in_turn_) {
        if (number == SIGINT && turn_.stop_requested()) leave_at_once();
        turn_.request_stop();
    } else if (number == SIGINT) {
        interrupted_ = true;
    }
    ::eventfd_write(at_prompt_.get(), 1);
}

std::stop_token Interrupts::begin_turn() {
    const std::lock_guard lock(mutex_);
    turn_ = std::stop_source();
    in_turn_ = true;
    return turn_.get_token();
}

void Interrupts::end_turn() {
    const std::lock_guard lock(mutex_);
    in_turn_ = false;
}

Interrupts::Signal Interrupts::take() {
    const std::lock_guard lock(mutex_);
    eventfd_t count;
    ::eventfd_read(at_prompt_.get(), &count);
    const bool interrupted = std::exchange(interrupted_, false);
    const bool resized = std::exchange(resized_, false);
    const bool continued = std::exchange(continued_, false);
    if (leaving_) return Signal::Leave;
    if (in_turn_ && turn_.stop_requested()) return Signal::Interrupt;  // it came while a question was asked
    if (interrupted) return Signal::Interrupt;
    if (continued) return Signal::Continue;
    return resized ? Signal::Resize : Signal::None;
}

}  // namespace culprit
