// What in the sources may have made the candidate slower than the baseline.
//
// With profiles of both jobs, the edits that explain what costs more (the tool `suspects`). Without, the
// edits whose names share words with the tests that regressed and with few others: a hint, and told as one.
#pragma once

#include <string>
#include <vector>

#include "tools/jobs/comparison.h"
#include "tools/tool.h"

namespace culprit {

struct SourceQuestion {
    std::string from, to;               // the states of the source; empty: the tags that bear the versions
    std::vector<std::string> profiles;  // of the baseline and of the candidate; may be empty
};

// Fails as reading the sources and the profiles does, where the question names any; else what cannot be found
// out is told in SourceCauses::note.
Result<SourceCauses> find_causes(Workbench& bench, const Comparison& comparison, const Ruling& ruling,
                                 const SourceQuestion& question);

}  // namespace culprit
