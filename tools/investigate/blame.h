// Which edits explain what grew: each function that costs more is laid on the edit nearest to it.
//
// Score     the share of the growth that an edit explains, each part by how near it stands: the function that
//           costs more was edited itself; it uses something that was; something edited calls it; another
//           member of its type was edited that it relies on
// Nobody    if nothing but names and places changed, nothing grew by more than chance, or what grew is near
// no
//           edit
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/investigate/edits.h"
#include "tools/investigate/shift.h"

namespace culprit {

enum class Nearness {
    Itself,   // what costs more was edited
    Uses,     // it uses what was edited
    Below,    // what was edited calls it, at `distance` calls
    Sibling,  // another member of its type was edited
};
std::string_view to_string(Nearness nearness);

struct Blame {
    const Edit* edit = nullptr;
    double score = 0;     // 0 to 1
    double explains = 0;  // the share of all growth that stands near it
    double grew = 0;      // the same as a share of all that was spent before
    Nearness nearness = Nearness::Itself;
    std::size_t distance = 0;      // calls between; 0 if it is Itself
    std::size_t function = 0;      // of the shift: the one that costs more, most of it
    double before = 0, after = 0;  // that function's own
};

struct Verdicts {
    std::vector<Blame> blamed;  // highest score first
    double grew = 0;            // all that grew by more than chance, as a share of all before
    double unexplained = 0;     // of it, what is near no edit
    std::string nobody;         // why nobody is blamed; empty if somebody is
};

// The edits that a function of the shift may use, by name, though the profile shows no call of theirs.
using UsedEdits = std::function<std::vector<std::size_t>(const FunctionShift& function)>;

// `edits_of` gives the real edits of a function by its name in the shift.
struct BlameRules {
    std::function<std::vector<std::size_t>(std::string_view name)> edits_of;
    UsedEdits used;
    double least = 0.04;  // of all before: what grew less blames nobody
};
Verdicts find_blame(const Shift& shift, const std::vector<Edit>& edits, const StringTable& texts,
                    const BlameRules& rules);

}  // namespace culprit
