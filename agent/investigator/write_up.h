// The write-up of an investigation: nothing stands in it that was not measured or read.
#pragma once

#include <string>

#include "agent/investigator/clues.h"
#include "tools/investigate/hypotheses.h"

namespace culprit {

// For profiles: what was measured, the suspects ranked, the stacks that lead to them, what to do.
std::string write_up(const Measurements& measurements);

// One of its causes alone: what it costs, why, what has changed in it, its stack, what to do.
std::string cause_write_up(const Measurements& measurements, std::size_t index);

// What has changed in the text of a suspect since the state before; empty if that is not known.
std::string change_text(const Suspect& suspect);
// The way to a suspect that has been located, and itself: a frame a line.
std::string frames_text(const Suspect& suspect);
// The text of a suspect, its lines numbered, the one that costs marked; the middle of a long one is left out.
std::string quoted_body(const Suspect& suspect);

// Without a profile: what the source says of the places that the message names.
std::string source_write_up(const std::vector<Suspect>& named, const Clues& clues);

}  // namespace culprit
