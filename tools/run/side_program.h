// A program that runs beside us while we watch it: a traced one, its tracer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/process.h"

namespace culprit {

// Thread-safe. The destructor ends the program and waits for that.
class SideProgram {
  public:
    explicit SideProgram(Command command);
    SideProgram(const SideProgram&) = delete;
    SideProgram& operator=(const SideProgram&) = delete;

    // Waits until the program has ended, `enough` holds for what it printed so far, `most` is over, or stop
    // is requested; true if `enough` holds. `enough` is asked again whenever something was printed.
    bool wait(std::chrono::milliseconds most, const std::stop_token& stop,
              const std::function<bool(std::string_view output)>& enough = {});

    bool has_ended() const;
    int pid() const;             // 0 if it could not be started
    std::string output() const;  // both streams as they came, the last 256 KiB

    // SIGTERM to its group, SIGKILL when the command's grace is over; returns at once.
    void stop() { thread_.request_stop(); }

    // Waits for its end, however long. As run() has it: Cancelled after stop().
    const Result<Finished>& result();

  private:
    void work(Command command, std::stop_token stop);
    bool take(std::string_view piece);

    mutable std::mutex mutex_;
    mutable std::condition_variable_any changed_;
    int pid_ = 0;
    bool is_started_ = false;
    std::string output_;
    std::optional<Result<Finished>> result_;
    std::jthread thread_;  // the last member: it uses the others
};

}  // namespace culprit
