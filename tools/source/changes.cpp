// changes: what changed between two revisions, by function.
#include <algorithm>

#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/history.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

constexpr std::size_t kMostShown = 10;  // symbols of a file; those with the most changed lines come first

// The one root that is meant, and the path below it that a call names.
struct Scope {
    fs::path root;
    std::string path;
};

Result<Scope> scope_of(Workbench& bench, const std::string& written) {
    const auto roots = bench.roots.sources();
    if (roots.empty())
        return fail(Fault::NotFound, "there is no source root; a person adds one with --root NAME=PATH");
    if (written.empty()) {
        if (roots.size() == 1) return Scope{roots[0]->path, ""};
        return fail(Fault::Invalid, "there are several roots: name one in `path` (list_files names them)");
    }
    TRY(const fs::path path, bench.roots.resolve(written));
    for (const Root* root : roots) {
        if (!lies_within(path, root->path)) continue;
        const std::string below = path.lexically_relative(root->path).string();
        return Scope{root->path, below == "." ? "" : below};
    }
    return fail(Fault::Invalid, "{} is in no source root", written);
}

std::string symbol_text(const ChangedSymbol& s) {
    return fmt::format("    {:<8} {}:{}  +{} -{}{}{}", to_string(s.change), s.definition.qualified,
                       s.definition.line, s.added, s.removed,
                       s.was_called.empty() ? "" : "  was " + s.was_called,
                       s.authors.empty() ? "" : "  by " + join(s.authors, ", "));
}

Json symbol_json(const ChangedSymbol& s) {
    return {{"change", to_string(s.change)},
            {"symbol", s.definition.qualified},
            {"signature", s.definition.signature},
            {"line", s.definition.line},
            {"end_line", s.definition.last_line},
            {"added", s.added},
            {"removed", s.removed},
            {"was", s.was_called},
            {"authors", s.authors}};
}

Result<Output> run_changes(const Args& args, Workbench& bench) {
    TRY(const Scope scope, scope_of(bench, args.text("path")));
    TRY(const Git git, Git::open(scope.root, bench.stop));
    const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(args.integer("limit"), 1, 5000));
    TRY(const Changes changes,
        changes_between(git, args.text("from"), args.text("to"), scope.path, limit, bench.stop));
    Lines lines;
    Json files = Json::array();
    for (const ChangedFile& file : changes.files) {
        lines.add(fmt::format("{:<8} {}{}  {}", to_string(file.change), file.path,
                              file.old_path == file.path ? "" : " (was " + file.old_path + ")",
                              file.is_binary ? "binary" : fmt::format("+{} -{}", file.added, file.removed)));
        Json symbols = Json::array();
        for (const ChangedSymbol& symbol : file.symbols) {
            if (symbols.size() < kMostShown) lines.add(symbol_text(symbol));
            symbols.push_back(symbol_json(symbol));
        }
        if (file.symbols.size() > kMostShown)
            lines.add(fmt::format("    … {} symbols more", file.symbols.size() - kMostShown));
        files.push_back({{"change", to_string(file.change)},
                         {"file", file.path},
                         {"was", file.old_path},
                         {"added", file.added},
                         {"removed", file.removed},
                         {"symbols", std::move(symbols)}});
    }
    const std::size_t total = changes.files.size() + changes.files_left_out;
    std::string text = fmt::format("{} files changed from {} to {}\n{}", total, changes.from.substr(0, 12),
                                   changes.to.empty() ? "the files as they are" : changes.to.substr(0, 12),
                                   lines.text("name a folder or file in `path`"));
    if (changes.files_left_out)
        text += fmt::format("… {} files more were not looked into: raise `limit` or name a `path`\n",
                            changes.files_left_out);
    return Output{
        .text = std::move(text),
        .data = {{"from", changes.from}, {"to", changes.to}, {"total", total}, {"files", std::move(files)}}};
}

}  // namespace

Tool changes_tool() {
    return {"changes",
            "source changes",
            "Say what changed between two git revisions, file by file and function by function: added, "
            "removed, changed and "
            "renamed ones, with the number of lines and their authors. The first thing to ask when something "
            "got slower since a "
            "release.",
            Effect::Reads,
            {{"from", Kind::String, "the older revision: a tag, branch or hash"},
             {"to", Kind::String, "the newer one; empty: the files as they are now", ""},
             {"path", Kind::String,
              "only below this file or folder, as ROOT/path; needed if there are several roots", ""},
             {"limit", Kind::Integer, "most files to look into, those with the most changed lines first",
              std::int64_t{60}}},
            run_changes};
}

}  // namespace culprit
