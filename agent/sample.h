// The sample regression that `culprit demo` investigates.
#pragma once

#include <string>

#include "base/files.h"

namespace culprit {

struct Sample {
    fs::path before, after;  // source trees
    std::string message;     // what is typed, a blank line at its end
};

// From the source tree that the program was built in, or from where it was installed. Fails with NotFound,
// saying where it looked; CULPRIT_SAMPLES names another place.
Result<Sample> find_sample();

}  // namespace culprit
