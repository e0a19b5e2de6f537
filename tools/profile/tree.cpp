// profile_tree: where the weight goes, from the root down.
#include "base/text.h"
#include "tools/profile/ask.h"
#include "tools/profile/names.h"
#include "tools/profile/render.h"
#include "tools/profile/shape.h"
#include "tools/profile/tools.h"
#include "tools/profile/trust.h"

namespace culprit {
namespace {

constexpr std::int64_t kMostDepth = 200;  // JSON nests as deep, and readers have limits

// The lines as a tree: each line's children are those that follow one level deeper.
Json tree_json(const std::vector<TreeLine>& lines, std::size_t& at, std::size_t depth, const Asked& asked) {
    Json nodes = Json::array();
    while (at < lines.size() && lines[at].depth == depth) {
        const TreeLine& line = lines[at++];
        Json node = {{"name", asked.profile->full_name(line.frame)},
                     {"shown", shown_name(*asked.profile, line.frame)},
                     {"self", line.self},
                     {"inclusive", line.inclusive},
                     {"inclusive_share", asked.tree.share(line.inclusive)}};
        if (line.hidden > 0) node["hidden"] = {{"children", line.hidden}, {"weight", line.hidden_weight}};
        if (Json children = tree_json(lines, at, depth + 1, asked); !children.empty())
            node["children"] = std::move(children);
        nodes.push_back(std::move(node));
    }
    return nodes;
}

// How far each line is indented: one step more where the tree branches, so that long chains of single calls
// stay at the left.
std::vector<std::size_t> indents_of(const std::vector<TreeLine>& lines) {
    std::vector<std::size_t> parents(lines.size(), lines.size()), children(lines.size() + 1),
        indents(lines.size());
    std::vector<std::size_t> path;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        path.resize(lines[i].depth);
        if (!path.empty()) parents[i] = path.back();
        ++children[parents[i]];
        path.push_back(i);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (parents[i] < lines.size()) indents[i] = indents[parents[i]] + (children[parents[i]] > 1 ? 1 : 0);
    }
    return indents;
}

std::string text_of(const PrunedTree& pruned, const Asked& asked, const Args& args) {
    Page page;
    page.line(headline(asked.file, asked.tree, fmt::format(" from the root down{}", selection_text(args))));
    page.line("inclusive     self  method");
    const std::vector<TreeLine>& lines = pruned.lines;
    const std::vector<std::size_t> indents = indents_of(lines);
    std::size_t shown = 0;
    for (const TreeLine& line : lines) {
        const std::string hidden = line.hidden == 0
                                       ? ""
                                       : fmt::format("  (+{} below the limit, {})", line.hidden,
                                                     percent(asked.tree.share(line.hidden_weight)));
        if (!page.row(fmt::format("{:>8} {:>8}  {}{}{}", percent(asked.tree.share(line.inclusive)),
                                  percent(asked.tree.share(line.self)), std::string(indents[shown] * 2, ' '),
                                  fitting(shown_name(*asked.profile, line.frame), 90), hidden))) {
            break;
        }
        ++shown;
    }
    if (pruned.hidden > 0) {
        page.line(fmt::format("(+{} of the root below the limit, {})", pruned.hidden,
                              percent(asked.tree.share(pruned.hidden_weight))));
    }
    if (shown < lines.size()) {
        page.line(
            fmt::format("not shown: {} more nodes; a larger min_share, a smaller depth or 'within' narrow it",
                        lines.size() - shown));
    }
    page.notes(trust_notes(*asked.profile, asked.tree));
    return std::move(page).take();
}

Result<Output> run_tree(const Args& args, Workbench& bench) {
    const std::int64_t depth = args.integer("depth");
    if (depth < 1 || depth > kMostDepth)
        return fail(Fault::Invalid, "'depth' must be from 1 to {}", kMostDepth);
    const double least = args.number("min_share");
    if (!(least >= 0.0001 && least <= 1)) return fail(Fault::Invalid, "'min_share' must be from 0.0001 to 1");
    TRY(const Asked asked, ask(args, bench));
    const PrunedTree pruned = prune(asked.tree, least, static_cast<std::size_t>(depth));
    std::size_t at = 0;
    return Output{.text = text_of(pruned, asked, args),
                  .data = {{"metric", asked.tree.metric->name},
                           {"unit", asked.tree.metric->unit},
                           {"total", asked.tree.total},
                           {"tree", tree_json(pruned.lines, at, 0, asked)},
                           {"hidden", {{"children", pruned.hidden}, {"weight", pruned.hidden_weight}}},
                           {"notes", trust_notes(*asked.profile, asked.tree)}}};
}

}  // namespace

Tool profile_tree_tool() {
    return {
        "profile_tree",
        "profile tree",
        "Show where the weight goes from the root down: the call tree without what weighs less than a share. "
        "Give 'within' to "
        "see what one method spends its time on.",
        Effect::Reads,
        with_selection({
            {"file", Kind::Path, "the profile"},
            {"min_share", Kind::Number, "least share of the total that a node must have, from 0 to 1", 0.02},
            {"depth", Kind::Integer, "how many levels", std::int64_t{60}},
        }),
        run_tree,
        "profile tree trace.nettrace --within OrderQueue.Drain --own"};
}

}  // namespace culprit
