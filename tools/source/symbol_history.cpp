// blame_symbol and diff_symbol: who wrote a method, and what it was before.
#include <algorithm>

#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/history.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

struct Meant {
    Definition definition;
    Git git;
    std::string path;  // below the root
};

Result<Meant> meant_by(Workbench& bench, const std::string& name) {
    TRY_OK(make_ready(bench));
    TRY(std::vector<Definition> found, definitions_meant(bench, name, 20));
    const auto best =
        std::ranges::find_if(found, [](const Definition& d) { return d.has_body || facts::is_type(d.kind); });
    Definition definition = best == found.end() ? found.front() : *best;
    const Root* root = bench.roots.find(definition.root);
    if (!root) return fail(Fault::NotFound, "{} is in no root any more; ask again", name);
    TRY(Git git, Git::open(root->path, bench.stop));
    std::string path = definition.file.lexically_relative(root->path).string();
    return Meant{std::move(definition), std::move(git), std::move(path)};
}

std::string head_of(const Workbench& bench, const Definition& d) {
    return fmt::format("{} ({}, lines {}-{})", d.qualified, place_text(bench.roots, d.file, d.line),
                       d.first_line, d.last_line);
}

Result<Output> run_blame_symbol(const Args& args, Workbench& bench) {
    TRY(const Meant meant, meant_by(bench, args.text("name")));
    TRY(const std::vector<BlamedCommit> commits,
        blame(meant.git, meant.path, meant.definition.first_line, meant.definition.last_line));
    Lines lines;
    lines.add(head_of(bench, meant.definition));
    Json rows = Json::array();
    for (const BlamedCommit& c : commits) {
        lines.add(fmt::format("  {}  {}  {}  {} lines ({}…)  {}", c.hash.substr(0, 12), c.date, c.author,
                              c.lines.size(), c.lines.empty() ? 0 : c.lines[0], one_line(c.summary, 100)));
        rows.push_back({{"commit", c.hash},
                        {"author", c.author},
                        {"date", c.date},
                        {"summary", c.summary},
                        {"lines", c.lines}});
    }
    std::string text = lines.text("name a smaller definition");
    if (meant.git.is_shallow())
        text += "(the history is cut short: what is older counts as the oldest commit there is)\n";
    return Output{.text = std::move(text),
                  .data = {{"query", args.text("name")},
                           {"definition", definition_json(bench.roots, meant.definition)},
                           {"commits", std::move(rows)}}};
}

Result<Output> run_diff_symbol(const Args& args, Workbench& bench) {
    TRY(const Meant meant, meant_by(bench, args.text("name")));
    TRY(const SymbolDiff diff,
        diff_symbol(meant.git, meant.definition, meant.path, args.text("from"), args.text("to"), bench.stop));
    Lines lines(16000);
    lines.add(head_of(bench, meant.definition));
    if (!diff.was_there) lines.add(fmt::format("it was not there at {}", args.text("from")));
    if (!diff.is_there) lines.add(fmt::format("it is no longer there at {}", args.text("to")));
    if (diff.old_path != diff.new_path) lines.add(fmt::format("the file was {}", diff.old_path));
    if (diff.text.empty()) lines.add("it is the same in both");
    for (const std::string_view line : split_lines(diff.text)) lines.add(std::string(line));
    return Output{.text = lines.text("read_symbol shows it as it is now"),
                  .data = {{"query", args.text("name")},
                           {"was_there", diff.was_there},
                           {"is_there", diff.is_there},
                           {"old_file", diff.old_path},
                           {"file", diff.new_path},
                           {"diff", diff.text}}};
}

}  // namespace

Tool blame_symbol_tool() {
    return {
        "blame_symbol",
        "source blame",
        "Say which commits wrote the lines of a method or type, newest first, with author, date and message.",
        Effect::Reads,
        {{"name", Kind::String, "a symbol as Type.Method, or its place as FILE:LINE"}},
        run_blame_symbol};
}

Tool diff_symbol_tool() {
    return {"diff_symbol",
            "source diff",
            "Show how one method or type differs between two git revisions, as a unified diff; renamed files "
            "are followed.",
            Effect::Reads,
            {{"name", Kind::String, "a symbol as Type.Method, or its place as FILE:LINE"},
             {"from", Kind::String, "the older revision: a tag, branch or hash"},
             {"to", Kind::String, "the newer one; empty: the files as they are now", ""}},
            run_diff_symbol};
}

}  // namespace culprit
