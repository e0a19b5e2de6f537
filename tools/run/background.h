// Commands that run on while the session goes on: started, looked at, stopped, and ended with it.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/process.h"

namespace culprit {

// Thread-safe. The end of the object ends all that runs.
class Background {
  public:
    static constexpr std::size_t kMostRunning = 8;

    struct Status {
        std::string id;       // "b1"
        std::string command;  // as a person would type it
        bool running = true;
        std::string end;  // how it ended, for people
        int exit_code = 0;
        std::chrono::milliseconds elapsed{0};
        std::uint64_t bytes = 0;  // of output
        std::string artifact;     // where all of the output is: "artifacts/background-1.txt"
    };

    Background();
    ~Background();
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    // `file` gets the output. Returns once the program runs. Fails as run() of base/process.h does, and with
    // Unavailable if too many run.
    struct Job {
        Command command;
        std::string shown;  // the command as a person would type it
        fs::path file;
        std::string artifact;  // how a model names the file
        std::string mark;      // a variable in its environment; what has it at the end is killed
    };
    Result<std::string> start(Job job);

    // What it wrote since it was asked the last time, at most so many bytes, the oldest first. NotFound,
    // naming those there are.
    Result<std::string> take_output(std::string_view id, std::size_t most);

    // Waits until it ends, or has written something that was not taken yet; not longer than `limit`.
    Result<Status> wait(std::string_view id, std::chrono::milliseconds limit, std::stop_token stop);

    // Waits until it ends; not longer than `limit`.
    Result<Status> wait_for_end(std::string_view id, std::chrono::milliseconds limit, std::stop_token stop);

    // SIGTERM, then SIGKILL; returns when it is gone.
    Result<Status> stop(std::string_view id);

    Result<Status> status(std::string_view id) const;
    std::vector<Status> list() const;  // in the order in which they were started

  private:
    struct Entry;
    Result<Entry*> find(std::string_view id) const;
    void run_job(Entry& entry, Job job, std::stop_token stop);
    Status status_of(const Entry& entry) const;

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace culprit
