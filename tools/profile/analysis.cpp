#include "tools/profile/analysis.h"

#include <algorithm>
#include <memory>
#include <tuple>

#include <re2/re2.h>

#include "tools/profile/names.h"
#include "tools/profile/waits.h"

namespace culprit {
namespace {

constexpr NodeId kNoNode = ~NodeId{0};

// What chooses names: a part of them, or a regular expression.
class Pattern {
  public:
    explicit Pattern(std::string_view text) : text_(text) {
        RE2::Options options;
        options.set_log_errors(false);
        regex_ = std::make_unique<RE2>(re2::StringPiece(text.data(), text.size()), options);
    }
    bool matches(const std::string& name) {
        if (name.find(text_) != std::string::npos) return found_ = true;
        return regex_->ok() && RE2::PartialMatch(name, *regex_);
    }
    // After the names were tried: a text that is no expression must stand in one of them.
    Result<> check() const {
        if (found_ || regex_->ok()) return {};
        return fail(Fault::Invalid, "no name contains '{}', and it is no regular expression: {}", text_,
                    regex_->error());
    }

  private:
    std::string text_;
    std::unique_ptr<RE2> regex_;
    bool found_ = false;
};

Result<std::vector<bool>> matching_threads(const Profile& profile, std::string_view text) {
    std::vector<bool> matches;
    if (text.empty()) return matches;
    Pattern pattern(text);
    for (ThreadId thread = 0; thread < profile.threads.size(); ++thread) {
        matches.push_back(pattern.matches(profile.thread_name(thread)));
    }
    TRY_OK(pattern.check());
    return matches;
}

Result<const Metric*> metric_of(const Profile& profile, std::string_view name) {
    const Metric* metric = name.empty() ? profile.default_metric() : profile.metric(name);
    if (metric) return metric;
    std::vector<std::string_view> names;
    for (const Metric& each : profile.metrics) names.push_back(each.name);
    if (names.empty())
        return fail(Fault::NotFound,
                    "nothing was measured in this file: it has no samples and no events that carry a weight");
    return fail(Fault::NotFound, "there is no metric '{}' in this file; it has: {}", name,
                fmt::join(names, ", "));
}

// Which nodes of the profile are selected, and what becomes of each in the tree that is handed out.
class Scope {
  public:
    static Result<Scope> of(const Profile& profile, const Selection& selection) {
        Scope scope;
        TRY(scope.metric_, metric_of(profile, selection.metric));
        TRY(scope.threads_, matching_threads(profile, selection.thread));
        TRY(const auto matching, matching_frames(profile, selection.matching));
        TRY(const auto without, matching_frames(profile, selection.without));
        TRY(const auto within, matching_frames(profile, selection.within));
        scope.nodes_ = {{}};
        scope.node_.reserve(profile.nodes.size());
        std::vector<State> states(profile.nodes.size());
        states[kRootNode] = {.inside = within.empty(), .matched = matching.empty(), .excluded = false};
        scope.node_.push_back(kRootNode);
        for (NodeId id = 1; id < profile.nodes.size(); ++id) {
            const auto [parent, frame] = profile.nodes[id];
            State& state = states[id] = states[parent];
            state.inside = state.inside || (!within.empty() && within[frame]);
            state.matched = state.matched || (!matching.empty() && matching[frame]);
            state.excluded = state.excluded || (!without.empty() && without[frame]);
            const bool is_marker = profile.frames[frame].kind == FrameKind::Marker;
            const bool is_folded =
                (is_marker && selection.fold_markers) || (!selection.own.empty() && !selection.own[frame]);
            const bool shows = state.inside && !is_folded;
            scope.node_.push_back(shows ? scope.child(scope.node_[parent], frame) : scope.node_[parent]);
        }
        for (NodeId id = 0; id < profile.nodes.size(); ++id) {
            const State state = states[id];
            if (!state.inside || !state.matched || state.excluded) scope.node_[id] = kNoNode;
        }
        if (selection.waits != Waits::Keep) scope.sort_out_waits(profile, selection.waits);
        return scope;
    }

    // Calls use(cell, node of the tree) for what is selected.
    template <class Use>
    void each_cell(Use use) const {
        for (const Cell& cell : metric_->cells) {
            if (node_[cell.node] != kNoNode && (threads_.empty() || threads_[cell.thread]))
                use(cell, node_[cell.node]);
        }
    }

    CallTree tree() && {
        CallTree tree{.metric = metric_, .nodes = std::move(nodes_), .self = {}, .events = {}};
        tree.self.resize(tree.nodes.size());
        tree.events.resize(tree.nodes.size());
        each_cell([&](const Cell& cell, NodeId node) {
            tree.self[node] += cell.weight;
            tree.events[node] += static_cast<double>(cell.events);
            tree.total += cell.weight;
            tree.total_events += static_cast<double>(cell.events);
        });
        return tree;
    }

  private:
    void sort_out_waits(const Profile& profile, Waits waits) {
        const std::vector<bool> waiting = waiting_frames(profile);
        std::vector<bool> waits_here(profile.nodes.size());
        for (NodeId id = 1; id < profile.nodes.size(); ++id) {
            const auto [parent, frame] = profile.nodes[id];
            const bool is_marker = profile.frames[frame].kind == FrameKind::Marker;
            waits_here[id] = is_marker ? waits_here[parent] : waiting[frame];
        }
        for (NodeId id = 0; id < profile.nodes.size(); ++id) {
            if (waits_here[id] != (waits == Waits::Only)) node_[id] = kNoNode;
        }
    }

    struct State {
        bool inside = false, matched = false, excluded = false;
    };

    NodeId child(NodeId parent, FrameId frame) {
        const auto next = static_cast<NodeId>(nodes_.size());
        const NodeId id = index_.find_or_add(hash_of(parent, frame), next, [&](std::uint32_t i) {
            return nodes_[i].parent == parent && nodes_[i].frame == frame;
        });
        if (id == next) nodes_.push_back({parent, frame});
        return id;
    }

    const Metric* metric_ = nullptr;
    std::vector<bool> threads_;  // empty: all
    std::vector<Node> nodes_;    // of the tree
    std::vector<NodeId> node_;   // of the profile -> of the tree
    IndexTable index_;
};

std::string_view file_name(std::string_view path) { return path.substr(path.find_last_of("/\\") + 1); }

std::string group_name(const Profile& profile, FrameId id, By by) {
    const Frame& frame = profile.frames[id];
    if (by == By::Method) return profile.full_name(id);
    std::string name;
    if (by == By::Module) {
        name = frame.module ? profile.text(frame.module) : file_name(profile.text(frame.file));
    } else if (by == By::Type) {
        name = shown_type(profile, id);
    } else {
        name = name_parts(bare_name(profile, id), frame.owner_size).name_space;
    }
    return name.empty() ? "(none)" : name;
}

// What tells methods of one name apart.
std::string place_of(const Frame& frame) {
    if (frame.kind == FrameKind::Unresolved || (frame.file == 0 && frame.line == 0)) return "";
    return fmt::format("\n{}:{}:{}", frame.file, frame.line, frame.column);
}

void sort_rows(std::vector<Row>& rows) {
    std::ranges::sort(rows, [](const Row& a, const Row& b) {
        return std::tuple(-a.self, -a.inclusive, std::string_view(a.name)) <
               std::tuple(-b.self, -b.inclusive, std::string_view(b.name));
    });
}

std::vector<Row> top_threads(const Profile& profile, const Scope& scope) {
    std::vector<Row> rows(profile.threads.size());
    scope.each_cell([&](const Cell& cell, NodeId) {
        rows[cell.thread].self += cell.weight;
        rows[cell.thread].events += static_cast<double>(cell.events);
    });
    for (ThreadId thread = 0; thread < rows.size(); ++thread) {
        rows[thread].name = rows[thread].shown = profile.thread_name(thread);
        rows[thread].inclusive = rows[thread].self;
    }
    std::erase_if(rows, [](const Row& row) { return row.events == 0; });
    sort_rows(rows);
    return rows;
}

}  // namespace

Result<std::vector<bool>> matching_frames(const Profile& profile, std::string_view text) {
    std::vector<bool> matches;
    if (text.empty()) return matches;
    Pattern pattern(text);
    matches.reserve(profile.frames.size());
    for (FrameId frame = 0; frame < profile.frames.size(); ++frame) {
        matches.push_back(pattern.matches(profile.full_name(frame)) ||
                          pattern.matches(shown_name(profile, frame)));
    }
    TRY_OK(pattern.check());
    return matches;
}

Result<CallTree> select(const Profile& profile, const Selection& selection) {
    TRY(Scope scope, Scope::of(profile, selection));
    return std::move(scope).tree();
}

Result<std::vector<Cell>> selected_cells(const Profile& profile, const Selection& selection) {
    TRY(const Scope scope, Scope::of(profile, selection));
    std::vector<Cell> cells;
    scope.each_cell([&](const Cell& cell, NodeId) { cells.push_back(cell); });
    return cells;
}

std::vector<double> inclusive_weights(const CallTree& tree) {
    std::vector<double> weights = tree.self;
    for (std::size_t node = weights.size(); node-- > 1;) weights[tree.nodes[node].parent] += weights[node];
    return weights;
}

std::vector<Row> top(const Profile& profile, const CallTree& tree, By by) {
    StringTable names;
    std::vector<std::uint32_t> group(profile.frames.size());
    std::vector<Row> rows = {{.name = "", .shown = "(no name)"}};  // the group of the empty string
    for (FrameId frame = 0; frame < profile.frames.size(); ++frame) {
        const std::string name = group_name(profile, frame, by);
        group[frame] = names.intern(by == By::Method ? name + place_of(profile.frames[frame]) : name);
        if (group[frame] < rows.size()) continue;
        rows.push_back({.name = name,
                        .shown = by == By::Method ? shown_name(profile, frame) : name,
                        .frame = frame,
                        .is_marker = profile.frames[frame].kind == FrameKind::Marker});
    }
    const std::vector<double> inclusive = inclusive_weights(tree);
    std::vector<std::uint32_t> on_path(rows.size());
    walk(
        tree.nodes,
        [&](NodeId node) {
            const std::uint32_t g = group[tree.nodes[node].frame];
            rows[g].self += tree.self[node];
            rows[g].events += tree.events[node];
            if (on_path[g]++ == 0) rows[g].inclusive += inclusive[node];
        },
        [&](NodeId node) { --on_path[group[tree.nodes[node].frame]]; });
    std::erase_if(rows, [](const Row& row) { return row.inclusive == 0 && row.events == 0; });
    sort_rows(rows);
    return rows;
}

Result<std::vector<Row>> top(const Profile& profile, const Selection& selection, By by) {
    TRY(Scope scope, Scope::of(profile, selection));
    if (by == By::Thread) return top_threads(profile, scope);
    return top(profile, std::move(scope).tree(), by);
}

}  // namespace culprit
