// The write-up of an investigation: nothing stands in it that was not measured or read.
#pragma once

#include <string>

#include "agent/investigator/clues.h"
#include "tools/investigate/hypotheses.h"

namespace culprit {

// For profiles: what was measured, the suspects ranked, the stacks that lead to them, what to do.
std::string write_up(const Measurements& measurements);

// Without a profile: what the source says of the places that the message names.
std::string source_write_up(const std::vector<Suspect>& named, const Clues& clues);

}  // namespace culprit
