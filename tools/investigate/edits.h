// What was done to each function between two states of a source tree, by syntax: names of locals, places,
// order, blanks and comments do not count, and what was renamed is followed.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "tools/investigate/declared.h"

namespace culprit {

struct Edit {
    enum class Kind {
        Same,     // to the token
        Renamed,  // it or what it names has another name, or stands elsewhere: it does the same
        Changed,
        Added,
        Removed,
    };
    Kind kind = Kind::Same;
    const Declared* before = nullptr;  // null if Added
    const Declared* after = nullptr;   // null if Removed
    int gained = 0, lost = 0;          // tokens that came and went
    // Of Changed and Added: there are more calls, loops, objects, locks, or other numbers and texts. Without
    // it a function can hardly cost more than it did.
    bool adds_work = false;
    std::vector<StringId> touched;          // sorted: the tokens that came, went, or stand beside those
    std::vector<std::uint64_t> came, went;  // sorted: hashes of runs of tokens, to tell code that moved

    const Declared& declared() const { return after ? *after : *before; }
    bool is_real() const { return kind != Kind::Same && kind != Kind::Renamed; }
};

std::string_view to_string(Edit::Kind kind);

// Matches the declarations of the files that differ. One edit for each declaration of either side, in the
// order of `after`, then those that are gone. Borrows both.
std::vector<Edit> find_edits(std::span<const Declared> before, std::span<const Declared> after,
                             const StringTable& texts);

// The share of the code that came into `to` which went from `from`, from 0 to 1.
double moved_share(const Edit& from, const Edit& to);

}  // namespace culprit
