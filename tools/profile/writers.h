// Writing a profile as a file of another format.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "tools/profile/analysis.h"

namespace culprit {

// The cells of one metric, as far as they were selected.
struct Exported {
    const Profile& profile;
    const Metric& metric;
    std::vector<Cell> cells;  // with nodes of the profile
};

// speedscope's JSON: a sampled profile for each thread, a sample for each distinct stack.
std::string to_speedscope(const Exported& exported, std::string_view name);

// "A;B;C 5": a line for each distinct stack, its weight rounded; ';' and line ends in names become ':' and
// blanks.
std::string to_collapsed(const Exported& exported);

// pprof's protobuf, packed by gzip.
Result<std::string> to_pprof(const Exported& exported);

}  // namespace culprit
