// A commit checked out beside the person's own checkout, which is not touched, and removed again.
#pragma once

#include <optional>
#include <string>

#include "base/files.h"
#include "base/result.h"
#include "tools/run/plan.h"
#include "tools/source/git.h"

namespace culprit {

class Worktree {
  public:
    // Of the repository that `path` lies in. No hook of the repository runs. Fails with NotFound if it lies
    // in none or has no such commit, or as git does.
    static Result<Worktree> make(const fs::path& path, const std::string& commit, std::stop_token stop);
    // How that is shown before it is done.
    static Start shown(const fs::path& path, const std::string& commit);
    Worktree(Worktree&& other) noexcept = default;
    Worktree& operator=(Worktree&& other) noexcept = delete;
    ~Worktree();

    const std::string& commit() const { return commit_; }  // its whole hash
    fs::path folder() const { return real_path(folder_.path() / "tree").value_or(folder_.path() / "tree"); }
    // Where a path of the person's checkout is in this one, real. Fails with NotFound if it is not there.
    Result<fs::path> in(const fs::path& path) const;

  private:
    Worktree(Git git, fs::path top, TemporaryFolder folder, std::string commit)
        : git_(std::move(git)),
          top_(std::move(top)),
          folder_(std::move(folder)),
          commit_(std::move(commit)) {}

    Git git_;
    fs::path top_;
    TemporaryFolder folder_;
    std::string commit_;
};

}  // namespace culprit
