// A more detailed call stack: the runtime's frames around the program's own, what each line says and costs.
#pragma once

#include <optional>
#include <string>

#include "tools/investigate/hypotheses.h"

namespace culprit {

// For a suspect that has been located. Nothing while calls are missing.
std::optional<std::string> detailed_stack(Inquiry& inquiry, const Measurements& measured,
                                          const Suspect& suspect);

}  // namespace culprit
