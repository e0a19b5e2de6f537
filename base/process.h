// Child processes: started without a terminal, watched, and always ended with all that they started.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace culprit {

struct Command {
    std::vector<std::string> argv;              // argv[0] is looked up in PATH
    fs::path folder = {};                       // where it runs; empty: where we do
    std::vector<std::string> environment = {};  // "NAME=value", added to ours or in place of it
    std::string input = {};  // its stdin, then end of file: nothing ever waits for a keyboard
    int input_fd = -1;       // read as its stdin instead, where not negative: for input that comes as it runs
    std::chrono::milliseconds limit{std::chrono::minutes(1)};
    std::size_t most_output =
        16u << 20;  // bytes kept of stdout and of stderr; the rest is counted and dropped
    std::chrono::milliseconds grace{2000};       // between SIGTERM and SIGKILL
    std::function<void(int pid)> on_start = {};  // told once, before anything else happens
};

struct Finished {
    enum class End { Exited, Signalled, TimedOut, Stopped };  // Stopped: on_output asked for it
    End end = End::Exited;
    int exit_code = 0;  // 128 + signal if a signal ended it, as a shell has it
    int signal = 0;
    std::string out, err;
    std::uint64_t out_bytes = 0, err_bytes = 0;  // all that was written
    std::chrono::nanoseconds cpu{0};             // user and system, with the children it waited for
    std::uint64_t peak_memory_bytes = 0;         // of the largest process
};

enum class Stream { Out, Err };
// Gets output as it comes, in pieces cut anywhere; false ends the process.
using OnOutput = std::function<bool(Stream, std::string_view)>;

// Runs the command to its end. It gets a session of its own (no controlling terminal, so no password prompt
// can hang it) and a clean signal mask. At the limit or on stop its whole group gets SIGTERM and, its grace
// later, SIGKILL; what the group leaves behind when its leader ends is killed too. A program that ends by
// itself, however badly, is a Finished. Fails with NotFound if the program or folder does not exist, Denied
// if it may not be run, Cancelled on stop. Thread-safe. The process must ignore SIGPIPE (main does).
Result<Finished> run(const Command& command, std::stop_token stop, const OnOutput& on_output = {});

// Kills the groups of all children that run now: for ending this process without waiting. Safe in a signal
// handler.
void kill_all_children();

// The program's path if PATH has it, else empty.
fs::path find_program(std::string_view name);

// Wakes a poll() when a stop is requested: add fd() to the set with POLLIN.
class StopSignal {
  public:
    explicit StopSignal(std::stop_token stop);
    int fd() const { return event_.get(); }

  private:
    Descriptor event_;
    std::stop_callback<std::function<void()>> callback_;
};

}  // namespace culprit
