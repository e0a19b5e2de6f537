// Checks what a write-up says in prose: its figures, names and citations, against what the tools of the
// session have said and what the source holds. Frames are checked by frames.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/grounding/facts.h"
#include "tools/roots.h"
#include "tools/source/index.h"

namespace culprit {

// What claims are checked with; borrowed.
struct Ground {
    const Facts& facts;
    const Roots& roots;
    SourceIndex& source;
};

// The claims of the lines of a text that begin at `from` or behind it, in order, each with where it stands
// and what was found.
//   A figure is verified if a result has it, rounded or whole, in a row on what the sentence is about, and in
//   the result that the sentence cites; derived if it follows from others of its line by a sum, a difference,
//   a ratio or a change in percent. What a Resolution proposes cannot be told, and is not held against it. A
//   name is verified if the source or a result has it. A citation is verified if there is such a result.
std::vector<CheckedClaim> check_claims(std::string_view text, const Ground& ground, std::size_t from = 0);

}  // namespace culprit
