// Programs that run beside a test: servers, and culprit itself where a test talks to it while it runs.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "support/support.h"

namespace culprit::test {

struct ChildSettings {
    std::vector<std::string> argv;
    fs::path folder = {};
    std::vector<std::string> environment = {};  // "NAME=value"; HOME and the like stay as they are
    bool on_terminal = false;                   // a pseudo-terminal of 80 by 24 instead of pipes
};

// Its output is what it writes to stdout and stderr. It is killed, with its group, when the object goes.
class Child {
  public:
    explicit Child(const ChildSettings& settings);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void type(std::string_view text);  // to its stdin, or as keys
    void close_input();
    void resize(int columns, int rows);
    void signal(int number);  // to the process alone

    // Waits until the output, from what an earlier wait_for found on, holds `text`. A failure of the test if
    // it does not come.
    bool wait_for(std::string_view text, std::chrono::milliseconds limit = std::chrono::seconds(20));
    // Waits for its end; its exit code, 128 + signal if a signal ended it.
    int wait(std::chrono::milliseconds limit = std::chrono::seconds(30));

    const std::string& output() const { return output_; }
    std::string new_output();  // what came since the last call or wait_for
    pid_t pid() const { return pid_; }

  private:
    bool read_some(std::chrono::milliseconds limit);

    pid_t pid_ = -1;
    Descriptor in_, out_;
    bool on_terminal_ = false;
    std::string output_;
    std::size_t seen_ = 0;
    int exit_code_ = -1;
};

}  // namespace culprit::test
