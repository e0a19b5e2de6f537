// survey without a profile: what scout() found, told and as data.
#pragma once

#include <string>

#include "tools/investigate/scout.h"
#include "tools/tool.h"

namespace culprit {

// In the root of the state after, if the roots' names tell which that is. The data has "symptom", "entries"
// and "hypotheses" of the form that survey has, with "sureness", "marks" and "changed" in place of costs, and
// "settle": what would decide it.
Result<Output> survey_sources(const std::string& about, Symptom symptom, Workbench& bench);

}  // namespace culprit
