// The box in which commands run: bubblewrap with the disk read-only, private places hidden, no network, and
// no process of the machine in sight, but for what a call was granted.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tools/run/plan.h"

namespace culprit {

// What a box is made around, whatever it is granted.
struct SandboxView {
    std::vector<fs::path> readable;  // roots and artefacts: to be seen also where their place is hidden
    std::vector<fs::path> fixed;     // files that no command may change, even below what it may write
    std::vector<fs::path> hidden;    // files and folders below these that look empty
};

// Whether bubblewrap works is tried once, when it is first asked for. Thread-safe.
class Sandbox {
  public:
    // Why commands cannot be boxed here, for people: not installed, or what it said. Empty: they can.
    const std::string& problem() const;

    // `argv` wrapped so that it runs in a box with these needs, or, if they are unconfined, bare but for the
    // secrets in the environment. Standard streams and the working folder stay. SIGTERM reaches the command
    // and not the box around it; SIGKILL to the box ends everything in it, as does our own end.
    // Fails with Denied for a grant that would open too much (all of the disk or of the home folder),
    // NotFound for one that is not there, Unavailable if there is no sandbox and the needs are not
    // unconfined.
    Result<std::vector<std::string>> wrap(const std::vector<std::string>& argv, const Needs& needs,
                                          const SandboxView& view) const;

    static constexpr int kMostProcesses = 512;  // of one command at once

  private:
    mutable std::once_flag tried_;
    mutable std::string problem_;
};

// True if a box shows nothing there unless it was granted or installed there by the person.
bool is_hidden_place(const fs::path& path);

// True for what no box opens as a whole: the home folder, and what holds much more than one program's.
bool opens_too_much(const fs::path& path);

// Names of the environment's variables that hold secrets, by their look: no command gets them.
std::vector<std::string> secret_variables();

}  // namespace culprit
