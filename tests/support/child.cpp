#include "support/child.h"

#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace culprit::test {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

[[noreturn]] void become(const ChildSettings& settings) {
    if (!settings.folder.empty() && ::chdir(settings.folder.c_str()) != 0) ::_exit(126);
    for (const std::string& entry : settings.environment) {
        const std::size_t equals = entry.find('=');
        // Who names a home folder means what lies in it.
        if (entry.starts_with("HOME=")) {
            ::unsetenv("XDG_STATE_HOME");
            ::unsetenv("XDG_CONFIG_HOME");
        }
        ::setenv(entry.substr(0, equals).c_str(), entry.substr(equals + 1).c_str(), 1);
    }
    std::vector<char*> argv;
    for (const std::string& word : settings.argv) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
}

}  // namespace

Child::Child(const ChildSettings& settings) : on_terminal_(settings.on_terminal) {
    if (on_terminal_) {
        int master = -1;
        winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
        pid_ = ::forkpty(&master, nullptr, nullptr, &size);
        if (pid_ == 0) become(settings);
        in_ = Descriptor(::dup(master));
        out_ = Descriptor(master);
        return;
    }
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
        ::setpgid(0, 0);
        ::dup2(in[0], STDIN_FILENO);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(out[1], STDERR_FILENO);
        become(settings);
    }
    ::close(in[0]);
    ::close(out[1]);
    in_ = Descriptor(in[1]);
    out_ = Descriptor(out[0]);
}

Child::~Child() {
    if (exit_code_ >= 0) return;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void Child::type(std::string_view text) {
    // A terminal takes no more than its buffer holds: read what it echoes while it is written.
    while (!text.empty()) {
        pollfd fd{in_.get(), POLLOUT, 0};
        if (::poll(&fd, 1, 20) > 0) {
            const ssize_t wrote = ::write(in_.get(), text.data(), std::min<std::size_t>(text.size(), 1024));
            if (wrote < 0) return;
            text.remove_prefix(static_cast<std::size_t>(wrote));
        }
        read_some(0ms);
    }
}

void Child::close_input() { in_.close(); }

void Child::resize(int columns, int rows) {
    winsize size{.ws_row = static_cast<unsigned short>(rows), .ws_col = static_cast<unsigned short>(columns)};
    ::ioctl(out_.get(), TIOCSWINSZ, &size);
}

void Child::signal(int number) { ::kill(pid_, number); }

bool Child::read_some(std::chrono::milliseconds limit) {
    pollfd fd{out_.get(), POLLIN, 0};
    if (::poll(&fd, 1, static_cast<int>(limit.count())) <= 0) return true;
    char buffer[65536];
    const ssize_t got = ::read(out_.get(), buffer, sizeof buffer);
    if (got <= 0) return false;
    output_.append(buffer, static_cast<std::size_t>(got));
    return true;
}

bool Child::wait_for(std::string_view text, std::chrono::milliseconds limit) {
    const auto deadline = SteadyClock::now() + limit;
    for (bool open = true;;) {
        const std::size_t found = output_.find(text, seen_);
        if (found != std::string::npos) {
            seen_ = found + text.size();
            return true;
        }
        if (!open || SteadyClock::now() > deadline) break;
        open = read_some(50ms);
    }
    ADD_FAILURE() << "waited in vain for '" << text << "'; the output since is:\n" << output_.substr(seen_);
    return false;
}

std::string Child::new_output() {
    read_some(0ms);
    return output_.substr(std::exchange(seen_, output_.size()));
}

int Child::wait(std::chrono::milliseconds limit) {
    const auto deadline = SteadyClock::now() + limit;
    bool open = true;
    for (int status = 0;;) {
        if (open)
            open = read_some(10ms);
        else
            std::this_thread::sleep_for(2ms);
        if (::waitpid(pid_, &status, WNOHANG) == pid_) {
            while (open && read_some(0ms)) {
                pollfd fd{out_.get(), POLLIN, 0};
                if (::poll(&fd, 1, 0) <= 0) break;
            }
            exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
            return exit_code_;
        }
        if (SteadyClock::now() > deadline) break;
    }
    ADD_FAILURE() << "the program did not end; its output is:\n" << output_;
    return -1;
}

}  // namespace culprit::test
