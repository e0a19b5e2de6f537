#include "tools/investigate/states.h"

#include <algorithm>
#include <map>

#include "tools/investigate/sides.h"
#include "tools/source/history.h"
#include "tools/source/index.h"
#include "tools/source/languages.h"

namespace culprit {
namespace {

constexpr std::size_t kMostFiles = 4000;
constexpr std::uint64_t kMostBytes = 16u << 20;  // of one file

// The source files of a root, by their paths below it.
std::map<std::string, fs::path> files_of(SourceIndex& source, const Root& root) {
    std::map<std::string, fs::path> files;
    for (const fs::path& file : source.files_named("")) {
        if (lies_within(file, root.path)) files.emplace(file.lexically_relative(root.path).string(), file);
    }
    return files;
}

Result<States> compare_roots(Workbench& bench, const Root& before, const Root& after) {
    States states{.before = before.name + "/", .after = after.name + "/", .root = &after, .files = {}};
    const auto was = files_of(bench.source, before), is = files_of(bench.source, after);
    const auto text_of = [](const auto& files, const std::string& path) {
        const auto found = files.find(path);
        return found == files.end() ? std::string() : read_file(found->second, kMostBytes).value_or("");
    };
    std::map<std::string, int> paths;
    for (const auto& [path, file] : was) paths[path] |= 1;
    for (const auto& [path, file] : is) paths[path] |= 2;
    for (const auto& [path, sides] : paths) {
        if (bench.stop.stop_requested()) return std::unexpected(cancelled());
        ChangedText text{(sides & 1) ? path : "", (sides & 2) ? path : "", text_of(was, path),
                         text_of(is, path)};
        if (sides == 3 && text.before == text.after) continue;
        if (states.files.size() < kMostFiles)
            states.files.push_back(std::move(text));
        else
            ++states.files_left_out;
    }
    return states;
}

Result<States> compare_revisions(Workbench& bench, const Root& root, const std::string& path,
                                 const std::string& from, const std::string& to) {
    TRY(const Git git, Git::open(root.path, bench.stop));
    States states{
        .before = from, .after = to.empty() ? "the files as they are" : to, .root = &root, .files = {}};
    if (to.empty() && git.is_bare())
        return fail(Fault::Invalid, "{} is a bare repository: name both revisions", root.path.string());
    TRY(const std::string old_commit, git.commit(from));
    std::string new_commit;
    if (!to.empty()) {
        TRY(new_commit, git.commit(to));
    }
    TRY(std::vector<ChangedFile> files, changed_files(git, old_commit, new_commit, path));
    for (const ChangedFile& file : files) {
        if (bench.stop.stop_requested()) return std::unexpected(cancelled());
        if (file.is_binary || (!language_of(file.path) && !language_of(file.old_path))) continue;
        if (states.files.size() == kMostFiles) {
            ++states.files_left_out;
            continue;
        }
        ChangedText text{.before_path = {}, .after_path = {}, .before = {}, .after = {}};
        if (file.change != Change::Added) {
            text.before_path = file.old_path;
            text.before = git.text_at(old_commit, file.old_path).value_or("");
        }
        if (file.change != Change::Removed) {
            text.after_path = file.path;
            text.after = text_at(git, new_commit, file.path);
        }
        states.files.push_back(std::move(text));
    }
    return states;
}

const Root* source_root(const Roots& roots, std::string_view name) {
    if (name.ends_with('/')) name.remove_suffix(1);
    const Root* root = roots.find(name);
    return root && root->what == Root::What::Source ? root : nullptr;
}

}  // namespace

Result<States> read_states(Workbench& bench, const std::string& from, const std::string& to,
                           const std::string& path) {
    const std::vector<const Root*> roots = bench.roots.sources();
    if (roots.empty())
        return fail(Fault::NotFound, "there is no source root; a person adds one with --root NAME=PATH");
    if (from.empty()) {
        std::vector<std::string> names;
        for (const Root* root : roots) names.push_back(root->name);
        const Sides sides = sides_of(names);
        if (!to.empty() || sides.before.empty()) {
            return fail(Fault::Invalid,
                        "name the two states of the source: `from` and `to` as revisions (tag, branch, hash) "
                        "or as source roots (there is {})",
                        fmt::join(names, ", "));
        }
        return compare_roots(bench, *bench.roots.find(sides.before), *bench.roots.find(sides.after));
    }
    const Root *before = source_root(bench.roots, from), *after = source_root(bench.roots, to);
    if (before && after && before != after) return compare_roots(bench, *before, *after);
    if (path.empty()) {
        if (roots.size() == 1) return compare_revisions(bench, *roots[0], "", from, to);
        return fail(Fault::Invalid,
                    "there are several roots: name the one whose revisions these are in `path`");
    }
    TRY(const fs::path real, bench.roots.resolve(path));
    for (const Root* root : roots) {
        if (!lies_within(real, root->path)) continue;
        const std::string below = real.lexically_relative(root->path).string();
        return compare_revisions(bench, *root, below == "." ? "" : below, from, to);
    }
    return fail(Fault::Invalid, "{} is in no source root", path);
}

}  // namespace culprit
