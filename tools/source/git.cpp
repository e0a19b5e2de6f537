#include "tools/source/git.h"

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostOutput = 256u << 20;

}  // namespace

Result<std::string> Git::run(std::vector<std::string> arguments, std::string input) const {
    Command command{
        .argv = {"git", "--no-pager", "--no-optional-locks", "-c", "core.hooksPath=/dev/null", "-c",
                 "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "diff.external=", "-c",
                 "protocol.allow=never", "-c", "color.ui=false"},
        .folder = folder_,
        .environment = {"GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_EXTERNAL_DIFF=", "LC_ALL=C"},
        .input = std::move(input),
        .limit = std::chrono::minutes(2),
        .most_output = kMostOutput};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    TRY(Finished finished, culprit::run(command, stop_));
    if (finished.end == Finished::End::TimedOut) {
        return fail(Fault::TimedOut,
                    "git {} took more than two minutes; name a path or refs that lie closer together",
                    arguments[0]);
    }
    if (finished.exit_code != 0) {
        return fail(Fault::Unavailable, "git {} in {}: {}", arguments[0], folder_.string(),
                    one_line(trim(finished.err), 300));
    }
    return std::move(finished.out);
}

Result<Git> Git::open(const fs::path& folder, std::stop_token stop) {
    Git git(folder, std::move(stop));
    const auto found =
        git.run({"rev-parse", "--is-bare-repository", "--is-shallow-repository", "--show-prefix"});
    if (!found) {
        if (found.error().fault == Fault::Cancelled) return std::unexpected(found.error());
        return fail(Fault::NotFound, "{} lies in no git repository that can be read: {}", folder.string(),
                    found.error().what);
    }
    const auto lines = split_lines(*found);
    git.is_bare_ = !lines.empty() && lines[0] == "true";
    git.is_shallow_ = lines.size() > 1 && lines[1] == "true";
    if (lines.size() > 2) git.prefix_ = lines[2];
    return git;
}

Result<std::string> Git::commit(const std::string& name) const {
    const auto found = run({"rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"});
    if (found) return std::string(trim(*found));
    if (found.error().fault == Fault::Cancelled) return std::unexpected(found.error());
    return fail(Fault::NotFound, "the repository of {} has no commit called {}{}", folder_.string(), name,
                is_shallow_ ? "; its history is cut short (a shallow clone)"
                            : "; a branch, a tag or a hash is meant");
}

std::optional<std::string> Git::text_at(const std::string& commit, const std::string& path) const {
    auto text = run({"cat-file", "blob", fmt::format("{}:{}{}", commit, prefix_, path)});
    if (!text) return std::nullopt;
    return *std::move(text);
}

}  // namespace culprit
