// git, asked as a subprocess: nothing that a repository configures is run (hooks, fsmonitor, textconv,
// external diff, pager, lazy fetches), and nothing is written.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/process.h"

namespace culprit {

class Git {
  public:
    // The repository that `folder` lies in, bare ones too. Fails with NotFound if it lies in none, or git is
    // missing.
    static Result<Git> open(const fs::path& folder, std::stop_token stop);

    // Fails with Unavailable, quoting git, if git does; with TimedOut after two minutes.
    Result<std::string> run(std::vector<std::string> arguments, std::string input = {}) const;

    // The commit that a name stands for, as its full hash. Fails with NotFound; says so if the history is cut
    // short.
    Result<std::string> commit(const std::string& name) const;
    // The text of a file at a commit, by its path below `folder`; nothing if it is not there.
    std::optional<std::string> text_at(const std::string& commit, const std::string& path) const;

    const fs::path& folder() const { return folder_; }
    bool is_bare() const { return is_bare_; }
    bool is_shallow() const { return is_shallow_; }

  private:
    Git(fs::path folder, std::stop_token stop) : folder_(std::move(folder)), stop_(std::move(stop)) {}
    fs::path folder_;
    std::string prefix_;  // of `folder` in the repository
    bool is_bare_ = false, is_shallow_ = false;
    std::stop_token stop_;
};

}  // namespace culprit
