#include "base/process.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

extern "C" {  // glibc 2.36 forgets to say so itself
#include <sys/pidfd.h>
}

extern char** environ;

namespace culprit {

StopSignal::StopSignal(std::stop_token stop)
    : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      callback_(std::move(stop), [fd = event_.get()] { ::eventfd_write(fd, 1); }) {}

fs::path find_program(std::string_view name) {
    const char* path = std::getenv("PATH");
    for (const std::string_view folder : split(path ? path : "/usr/bin:/bin", ':')) {
        fs::path candidate = fs::path(folder) / name;
        std::error_code code;
        if (::access(candidate.c_str(), X_OK) == 0 && fs::is_regular_file(candidate, code)) return candidate;
    }
    return {};
}

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Pipe {
    Descriptor read, write;
};

Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::unexpected(errno_error("making", "a pipe"));
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// The environment of a child: ours, then `additions` in place of what they name.
class Environment {
  public:
    explicit Environment(const std::vector<std::string>& additions) {
        for (char** entry = environ; *entry != nullptr; ++entry) {
            if (!is_replaced(*entry, additions)) pointers_.push_back(*entry);
        }
        for (const std::string& entry : additions) pointers_.push_back(const_cast<char*>(entry.c_str()));
        pointers_.push_back(nullptr);
    }
    char** get() { return pointers_.data(); }

  private:
    static bool is_replaced(std::string_view entry, const std::vector<std::string>& additions) {
        const std::string_view name = entry.substr(0, entry.find('=') + 1);
        for (const std::string& addition : additions) {
            if (addition.starts_with(name)) return true;
        }
        return false;
    }
    std::vector<char*> pointers_;
};

struct SpawnSettings {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    SpawnSettings() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
    }
    ~SpawnSettings() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;
};

Result<pid_t> spawn(const Command& command, int in, int out, int err) {
    SpawnSettings settings;
    ::posix_spawn_file_actions_adddup2(&settings.actions, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&settings.actions, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&settings.actions, err, STDERR_FILENO);
    if (!command.folder.empty()) {
        ::posix_spawn_file_actions_addchdir_np(&settings.actions, command.folder.c_str());
    }
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&settings.attributes, &none);
    ::posix_spawnattr_setsigdefault(&settings.attributes, &all);
    ::posix_spawnattr_setflags(&settings.attributes,
                               POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::vector<char*> argv;
    for (const std::string& word : command.argv) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    Environment environment(command.environment);
    pid_t pid = 0;
    const int code = ::posix_spawnp(&pid, argv[0], &settings.actions, &settings.attributes, argv.data(),
                                    environment.get());
    if (code == 0) return pid;
    std::error_code ignored;
    if (!command.folder.empty() && !fs::is_directory(command.folder, ignored)) {
        return fail(Fault::NotFound, "cannot run {} in {}: no such folder", argv[0], command.folder.string());
    }
    if (code == ENOENT) return fail(Fault::NotFound, "program '{}' is not installed or not in PATH", argv[0]);
    errno = code;
    return std::unexpected(errno_error("running", argv[0]));
}

// The groups that run now. A process has one set of children, so this is one table; slots are taken and freed
// atomically.
std::array<std::atomic<pid_t>, 256> g_running{};

void swap_slot(pid_t from, pid_t to) {
    for (auto& slot : g_running) {
        pid_t expected = from;
        if (slot.compare_exchange_strong(expected, to)) return;
    }
}

// One running child and the group it leads, until it is reaped.
class Child {
  public:
    Child(pid_t pid, Descriptor pidfd, const OnOutput& on_output, std::size_t most)
        : pid_(pid), pidfd_(std::move(pidfd)), on_output_(on_output), most_(most) {
        swap_slot(0, pid_);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ > 0) reap();
    }

    void feed(Descriptor in, std::string_view input) {
        in_ = std::move(in);
        input_ = input;
        ::fcntl(in_.get(), F_SETFL, O_NONBLOCK);
        write_input();
    }
    void listen(Descriptor out, Descriptor err) {
        out_ = std::move(out);
        err_ = std::move(err);
        ::fcntl(out_.get(), F_SETFL, O_NONBLOCK);
        ::fcntl(err_.get(), F_SETFL, O_NONBLOCK);
    }

    // Waits for something to happen, at most until `wake`; true when the leader has ended.
    bool step(int stop_fd, std::optional<SteadyTime> wake) {
        std::array<pollfd, 5> set{{{pidfd_.get(), POLLIN, 0},
                                   {out_.get(), POLLIN, 0},
                                   {err_.get(), POLLIN, 0},
                                   {in_.get(), POLLOUT, 0},
                                   {stop_fd, POLLIN, 0}}};
        int wait_ms = -1;
        if (wake) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(*wake - std::chrono::steady_clock::now());
            wait_ms = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1 << 30));
        }
        if (::poll(set.data(), set.size(), wait_ms) < 0) return false;
        if (set[1].revents) read_output(Stream::Out);
        if (set[2].revents) read_output(Stream::Err);
        if (set[3].revents) write_input();
        return set[0].revents != 0;
    }

    bool asked_to_stop() const { return asked_to_stop_; }
    void signal_group(int number) const { ::kill(-pid_, number); }

    // The leader has ended or must: kills the group, reads what is still in the pipes, collects the status.
    Finished reap() {
        signal_group(SIGKILL);  // the leader is not reaped yet, so its group number is still its own
        read_output(Stream::Out);
        read_output(Stream::Err);
        swap_slot(pid_, 0);
        int status = 0;
        rusage usage{};
        while (::wait4(std::exchange(pid_, 0), &status, 0, &usage) < 0 && errno == EINTR) {
        }
        finished_.cpu = std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                        std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
        finished_.peak_memory_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
        if (WIFSIGNALED(status)) {
            finished_.end = Finished::End::Signalled;
            finished_.signal = WTERMSIG(status);
            finished_.exit_code = 128 + finished_.signal;
        } else {
            finished_.exit_code = WEXITSTATUS(status);
        }
        return std::move(finished_);
    }

  private:
    void read_output(Stream stream) {
        Descriptor& fd = stream == Stream::Out ? out_ : err_;
        std::string& kept = stream == Stream::Out ? finished_.out : finished_.err;
        std::uint64_t& total = stream == Stream::Out ? finished_.out_bytes : finished_.err_bytes;
        std::array<char, 65536> buffer;
        while (fd) {
            const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0 && errno == EAGAIN) return;
            if (got <= 0) {
                fd.close();
                return;
            }
            const std::string_view piece(buffer.data(), static_cast<std::size_t>(got));
            total += piece.size();
            kept += piece.substr(0, most_ - std::min(most_, kept.size()));
            if (on_output_ && !asked_to_stop_ && !on_output_(stream, piece)) asked_to_stop_ = true;
            if (asked_to_stop_) return;  // a program that writes faster than we read must not keep us here
        }
    }

    void write_input() {
        while (in_ && !input_.empty()) {
            const ssize_t wrote = ::write(in_.get(), input_.data(), input_.size());
            if (wrote < 0 && errno == EINTR) continue;
            if (wrote < 0 && errno == EAGAIN) return;
            if (wrote < 0) break;  // it does not read on: that is its business
            input_.remove_prefix(static_cast<std::size_t>(wrote));
        }
        in_.close();
    }

    pid_t pid_;
    Descriptor pidfd_, in_, out_, err_;
    std::string_view input_;
    const OnOutput& on_output_;
    std::size_t most_;
    bool asked_to_stop_ = false;
    Finished finished_;
};

}  // namespace

void kill_all_children() {
    for (auto& slot : g_running) {
        if (const pid_t pid = slot.load()) ::kill(-pid, SIGKILL);
    }
}

Result<Finished> run(const Command& command, std::stop_token stop, const OnOutput& on_output) {
    if (stop.stop_requested()) return std::unexpected(cancelled());
    TRY(Pipe in, make_pipe());
    TRY(Pipe out, make_pipe());
    TRY(Pipe err, make_pipe());
    const int input = command.input_fd >= 0 ? command.input_fd : in.read.get();
    TRY(const pid_t pid, spawn(command, input, out.write.get(), err.write.get()));
    Child child(pid, Descriptor(::pidfd_open(pid, 0)), on_output, command.most_output);
    if (command.on_start) command.on_start(pid);
    in.read.close();
    out.write.close();
    err.write.close();
    child.listen(std::move(out.read), std::move(err.read));
    child.feed(std::move(in.write), command.input);

    const StopSignal signal(stop);
    std::optional<Finished::End> ended_by_us;
    std::optional<SteadyTime> deadline = std::chrono::steady_clock::now() + command.limit;
    int next_signal = SIGTERM;
    for (;;) {
        if (child.step(ended_by_us ? -1 : signal.fd(), deadline)) break;
        const auto now = std::chrono::steady_clock::now();
        if (!ended_by_us) {
            if (stop.stop_requested() || child.asked_to_stop())
                ended_by_us = Finished::End::Stopped;
            else if (now >= *deadline)
                ended_by_us = Finished::End::TimedOut;
            else
                continue;
        } else if (now < *deadline) {
            continue;
        }
        child.signal_group(std::exchange(next_signal, SIGKILL));
        deadline = now + command.grace;
    }
    Finished finished = child.reap();
    if (stop.stop_requested()) return std::unexpected(cancelled());
    if (ended_by_us) finished.end = *ended_by_us;
    return finished;
}

}  // namespace culprit
