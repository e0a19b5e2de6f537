#include "tools/investigate/sides.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace culprit {

int change_side(std::string_view name) {
    static constexpr std::array<std::string_view, 9> kBefore = {"before", "old",  "base", "baseline", "good",
                                                                "fast",   "main", "prev", "previous"};
    static constexpr std::array<std::string_view, 8> kAfter = {"after", "new",       "bad",     "slow",
                                                               "cand",  "candidate", "current", "pr"};
    // Parts of a name count as words, whatever separates them.
    std::string spaced = to_lower(name);
    std::ranges::replace_if(
        spaced, [](char c) { return c == '_' || c == '-' || c == '.' || c == '/'; }, ' ');
    const auto has = [&](std::string_view word) { return contains_word(spaced, word); };
    return static_cast<int>(std::ranges::count_if(kAfter, has)) -
           static_cast<int>(std::ranges::count_if(kBefore, has));
}

Sides sides_of(const std::vector<std::string>& roots) {
    Sides sides;
    for (const std::string& root : roots) {
        if (change_side(root) < 0) sides.before = root;
        if (change_side(root) > 0) sides.after = root;
    }
    if (roots.size() == 2 && sides.before.empty() != sides.after.empty()) {
        // One name tells: the other root is the other side.
        const std::string& known = sides.before.empty() ? sides.after : sides.before;
        (sides.before.empty() ? sides.before : sides.after) = roots[0] == known ? roots[1] : roots[0];
    }
    if (sides.before.empty() || sides.after.empty()) return {};
    return sides;
}

}  // namespace culprit
