#include "tools/run/worktree.h"

#include "base/text.h"

namespace culprit {

Result<Worktree> Worktree::make(const fs::path& path, const std::string& commit, std::stop_token stop) {
    std::error_code code;
    const fs::path near = fs::is_directory(path, code) ? path : path.parent_path();
    TRY(const Git git, Git::open(near, stop));
    TRY(std::string hash, git.commit(commit));
    TRY(const std::string top, git.run({"rev-parse", "--show-toplevel"}));
    TRY(TemporaryFolder folder, TemporaryFolder::make("culprit-worktree"));
    // A git of its own without the stop token: what was begun must be removed also after a stop.
    TRY(Git keeper, Git::open(near, {}));
    Worktree tree(std::move(keeper), fs::path(trim(top)), std::move(folder), std::move(hash));
    TRY_OK(git.run({"worktree", "add", "--detach", "--force", tree.folder().string(), tree.commit_}));
    return tree;
}

Worktree::~Worktree() {
    if (folder_.path().empty()) return;  // moved from
    static_cast<void>(git_.run({"worktree", "remove", "--force", "--force", folder().string()}));
}

Start Worktree::shown(const fs::path& path, const std::string& commit) {
    return {.argv = {"git", "worktree", "add", "--detach", "TEMPORARY", commit},
            .folder = path.parent_path()};
}

Result<fs::path> Worktree::in(const fs::path& path) const {
    TRY(fs::path there, real_path(folder() / path.lexically_relative(top_)));
    std::error_code code;
    if (fs::exists(there, code)) return there;
    return fail(Fault::NotFound, "{} is not in the commit {}", path.string(), commit_.substr(0, 10));
}

}  // namespace culprit
