#include "tools/profile/shape.h"

#include <algorithm>
#include <map>

#include "tools/profile/names.h"

namespace culprit {
namespace {

// Fails with NotFound, naming frames that come near, if none of the tree's frames matches.
Result<std::vector<bool>> frames_in_tree(const Profile& profile, const CallTree& tree,
                                         std::string_view text) {
    TRY(std::vector<bool> matches, matching_frames(profile, text));
    if (text.empty()) return std::vector<bool>(profile.frames.size(), true);
    const bool any = std::any_of(tree.nodes.begin() + 1, tree.nodes.end(),
                                 [&](const Node& node) { return matches[node.frame]; });
    if (any) return matches;
    return fail(Fault::NotFound,
                "no method that matches '{}' is in what was selected; profile_top lists those that are",
                text);
}

void sort_by_inclusive(std::vector<Row>& rows) {
    std::ranges::sort(rows, [](const Row& a, const Row& b) {
        return std::pair(-a.inclusive, std::string_view(a.name)) <
               std::pair(-b.inclusive, std::string_view(b.name));
    });
}

// Weights by method.
class Rows {
  public:
    explicit Rows(const Profile& profile) : profile_(profile) {}
    void add(FrameId frame, double weight) {
        Row& row = rows_[profile_.full_name(frame)];
        if (row.name.empty())
            row = {.name = profile_.full_name(frame), .shown = shown_name(profile_, frame), .frame = frame};
        row.inclusive += weight;
    }
    void add_root(double weight) {
        rows_[""].shown = "(root)";
        rows_[""].inclusive += weight;
    }
    std::vector<Row> sorted() const {
        std::vector<Row> rows;
        for (const auto& [name, row] : rows_) rows.push_back(row);
        sort_by_inclusive(rows);
        return rows;
    }

  private:
    const Profile& profile_;
    std::map<std::string, Row> rows_;
};

}  // namespace

PrunedTree prune(const CallTree& tree, double least, std::size_t most_depth) {
    const std::vector<double> inclusive = inclusive_weights(tree);
    std::vector<std::vector<NodeId>> children(tree.nodes.size());
    std::vector<std::size_t> depth(tree.nodes.size());
    std::vector<std::size_t> hidden(tree.nodes.size());
    std::vector<double> hidden_weight(tree.nodes.size());
    for (NodeId node = 1; node < tree.nodes.size(); ++node) {
        const NodeId parent = tree.nodes[node].parent;
        depth[node] = depth[parent] + 1;
        if (tree.share(inclusive[node]) >= least && inclusive[node] > 0 && depth[node] <= most_depth) {
            children[parent].push_back(node);
        } else {
            ++hidden[parent];
            hidden_weight[parent] += inclusive[node];
        }
    }
    PrunedTree pruned{.lines = {}, .hidden = hidden[kRootNode], .hidden_weight = hidden_weight[kRootNode]};
    std::vector<NodeId> stack = {kRootNode};
    while (!stack.empty()) {
        const NodeId node = stack.back();
        stack.pop_back();
        if (node != kRootNode) {
            pruned.lines.push_back({depth[node] - 1, tree.nodes[node].frame, tree.self[node], inclusive[node],
                                    hidden[node], hidden_weight[node]});
        }
        std::ranges::stable_sort(children[node], {}, [&](NodeId child) { return inclusive[child]; });
        stack.insert(stack.end(), children[node].begin(), children[node].end());
    }
    return pruned;
}

Result<Butterfly> butterfly(const Profile& profile, const CallTree& tree, std::string_view method) {
    TRY(const std::vector<bool> is_method, frames_in_tree(profile, tree, method));
    const std::vector<double> inclusive = inclusive_weights(tree);
    Butterfly result;
    Rows callers(profile), callees(profile);
    std::vector<bool> seen(profile.frames.size());
    std::map<std::string, std::size_t> on_path;  // of the callees by name, as calls below the methods
    std::size_t inside = 0;                      // how many of the methods are on the path
    const auto is_callee = [&](NodeId node) {
        const NodeId parent = tree.nodes[node].parent;
        return parent != kRootNode && is_method[tree.nodes[parent].frame] &&
               !is_method[tree.nodes[node].frame];
    };
    walk(
        tree.nodes,
        [&](NodeId node) {
            const auto [parent, frame] = tree.nodes[node];
            if (is_callee(node) && on_path[profile.full_name(frame)]++ == 0)
                callees.add(frame, inclusive[node]);
            if (!is_method[frame]) return;
            if (!seen[frame]) result.methods.push_back(frame);
            seen[frame] = true;
            result.self += tree.self[node];
            if (inside++ > 0) return;
            result.inclusive += inclusive[node];
            if (parent == kRootNode)
                callers.add_root(inclusive[node]);
            else
                callers.add(tree.nodes[parent].frame, inclusive[node]);
        },
        [&](NodeId node) {
            if (is_callee(node)) --on_path[profile.full_name(tree.nodes[node].frame)];
            if (is_method[tree.nodes[node].frame]) --inside;
        });
    result.callers = callers.sorted();
    result.callees = callees.sorted();
    return result;
}

Result<std::vector<HotPath>> hottest_paths(const Profile& profile, const CallTree& tree,
                                           std::string_view through, std::size_t limit) {
    TRY(const std::vector<bool> is_method, frames_in_tree(profile, tree, through));
    std::vector<bool> passes(tree.nodes.size());
    std::vector<NodeId> heavy;
    for (NodeId node = 1; node < tree.nodes.size(); ++node) {
        passes[node] = passes[tree.nodes[node].parent] || is_method[tree.nodes[node].frame];
        if (passes[node] && tree.self[node] > 0) heavy.push_back(node);
    }
    const auto by_weight = [&](NodeId a, NodeId b) {
        return std::pair(-tree.self[a], a) < std::pair(-tree.self[b], b);
    };
    const auto end = heavy.begin() + static_cast<std::ptrdiff_t>(std::min(limit, heavy.size()));
    std::ranges::partial_sort(heavy.begin(), end, heavy.end(), by_weight);
    std::vector<HotPath> paths;
    for (auto node = heavy.begin(); node != end; ++node) {
        HotPath path{.frames = {}, .weight = tree.self[*node], .events = tree.events[*node]};
        for (NodeId at = *node; at != kRootNode; at = tree.nodes[at].parent)
            path.frames.push_back(tree.nodes[at].frame);
        std::ranges::reverse(path.frames);
        paths.push_back(std::move(path));
    }
    return paths;
}

}  // namespace culprit
