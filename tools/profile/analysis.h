// Questions to a profile, as pure functions: what part of it is meant, and what it says about that part.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tools/profile/profile.h"

namespace culprit {

// What becomes of stacks whose innermost frame waits (see waits.h).
enum class Waits { Keep, Drop, Only };

// What of a profile a question is about. Regular expressions are RE2's and match anywhere in a name, either
// as the file has it ("Shop!Shop.Cart+<SendAsync>d__12.MoveNext()") or as it is shown
// ("Shop.Cart.SendAsync").
struct Selection {
    std::string metric = {};    // empty: the default metric
    std::string thread = {};    // only threads with such a name or id
    std::string matching = {};  // only stacks in which such a frame stands
    std::string without = {};   // only stacks in which no such frame stands
    std::string within =
        {};  // only below the outermost such frame, which becomes the root: shares are of this alone
    // For each frame of the profile whether it shows; the weight of one that does not counts for the frame
    // that called it. Empty: all do.
    std::vector<bool> own = {};
    Waits waits = Waits::Keep;
    bool fold_markers = true;  // markers ("CPU_TIME") count as part of the frame above them
};

// The part of a call tree that was selected: nodes as in Profile, with the weight that each has of its own.
struct CallTree {
    const Metric* metric = nullptr;
    std::vector<Node> nodes;           // node 0 is the root; parents come before children
    std::vector<double> self, events;  // of each node, in the metric's unit; and how many events
    double total = 0;
    double total_events = 0;

    double share(double weight) const { return total == 0 ? 0 : weight / total; }
};

// Fails with Invalid if there is no such metric (naming those there are) or an expression is none. The tree
// borrows the metric from the profile.
Result<CallTree> select(const Profile& profile, const Selection& selection);

// What was selected as it stands in the metric, nodes being those of the profile: what shows and what is the
// root of the selection change nothing here.
Result<std::vector<Cell>> selected_cells(const Profile& profile, const Selection& selection);

// For each frame whether its name, exact or shown, contains the text or matches it as a regular expression.
// Fails with Invalid if no name contains it and it is no expression. Empty for an empty text.
Result<std::vector<bool>> matching_frames(const Profile& profile, std::string_view text);

// Calls enter(node) and leave(node) for all nodes but the root, children between the two calls of their
// parent, the ones with smaller indices first.
template <class Enter, class Leave>
void walk(const std::vector<Node>& nodes, Enter enter, Leave leave);

// The weight of each node and all below it.
std::vector<double> inclusive_weights(const CallTree& tree);

enum class By { Method, Type, Namespace, Module, Thread };

struct Row {
    std::string name;                // exact: a method by its full name
    std::string shown;               // for people
    double self = 0, inclusive = 0;  // recursion is counted once
    double events = 0;               // of its own
    FrameId frame = 0;               // one of those the row stands for; of no meaning by thread
    bool is_marker = false;
};

// The heaviest first: by own weight, then inclusive, then name. By::Thread needs the selection again, as a
// tree does not know threads.
Result<std::vector<Row>> top(const Profile& profile, const Selection& selection, By by);
std::vector<Row> top(const Profile& profile, const CallTree& tree, By by);

template <class Enter, class Leave>
void walk(const std::vector<Node>& nodes, Enter enter, Leave leave) {
    constexpr NodeId kNone = ~NodeId{0};
    std::vector<NodeId> first(nodes.size(), kNone), next(nodes.size(), kNone), path;
    for (auto node = static_cast<NodeId>(nodes.size()); node-- > 1;) {
        next[node] = first[nodes[node].parent];
        first[nodes[node].parent] = node;
    }
    for (NodeId node = first[kRootNode]; node != kNone;) {
        enter(node);
        path.push_back(node);
        node = first[node];
        while (node == kNone && !path.empty()) {
            leave(path.back());
            node = next[path.back()];
            path.pop_back();
        }
    }
}

}  // namespace culprit
