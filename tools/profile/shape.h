// Questions about the shape of a call tree: where the weight goes from the root down, who calls a method and
// whom it calls, which whole stacks weigh most.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "tools/profile/analysis.h"

namespace culprit {

// A node of a tree in the order in which it is shown: below its parent, the heaviest first.
struct TreeLine {
    std::size_t depth = 0;  // from 0
    FrameId frame = 0;
    double self = 0, inclusive = 0;
    std::size_t hidden = 0;  // children that are not shown, and their weight
    double hidden_weight = 0;
};

struct PrunedTree {
    std::vector<TreeLine> lines;
    std::size_t hidden = 0;  // children of the root that are not shown, and their weight
    double hidden_weight = 0;
};

// The part of the tree in which each node has at least `least` of the total, down to `most_depth`.
PrunedTree prune(const CallTree& tree, double least, std::size_t most_depth);

struct Butterfly {
    std::vector<FrameId> methods;  // all frames that were meant: they are taken as one
    double self = 0, inclusive = 0;
    std::vector<Row> callers;  // `inclusive`: what the methods weigh when they call; "" is the root
    std::vector<Row> callees;  // `inclusive`: what they weigh below the methods, recursion counted once
};

// Fails with NotFound if no frame in the tree matches.
Result<Butterfly> butterfly(const Profile& profile, const CallTree& tree, std::string_view method);

struct HotPath {
    std::vector<FrameId> frames;  // root first
    double weight = 0, events = 0;
};

// The stacks with the most weight of their own, of those through a method that matches; of all if `through`
// is empty. Fails with NotFound if no frame in the tree matches.
Result<std::vector<HotPath>> hottest_paths(const Profile& profile, const CallTree& tree,
                                           std::string_view through, std::size_t limit);

}  // namespace culprit
