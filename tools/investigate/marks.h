// What the lines of a function do that fits a symptom: patterns, and single calls that copy, wait or work.
#pragma once

#include <vector>

#include "tools/investigate/scout.h"
#include "tools/source/patterns.h"

namespace culprit {

// Of the function's text as it is now, the heaviest first, a few at most; a line has one mark. `calls` are
// those in it: what calls a function of the sources costs what that does, and is no mark. `finder` looks for
// all patterns.
Result<std::vector<Mark>> marks_in(const Definition& definition, const std::vector<CallSite>& calls,
                                   Symptom symptom, PatternFinder& finder);

// How much a mark weighs beside others.
double weight_of(const Mark& mark);

}  // namespace culprit
