// Commands that a person names, run here or on a host, and what they print, as one text.
#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culprit {

// What shows in a minute how a Linux machine does. From Brendan Gregg, "Linux Performance Analysis in 60,000
// Milliseconds" (Netflix, 2015), and the number of processors, which its thresholds need.
const std::vector<std::string>& sixty_seconds();

// Runs each with `sh -c`, on `host` through the person's own ssh (empty or "localhost": here), some side by
// side, each at most a minute. In order, for each: "$ COMMAND", its output, and how it ended where that was
// not well. Fails with Cancelled on stop, Invalid for a host that ssh would take for an option, Unavailable
// if the host cannot be reached.
Result<std::string> collect(std::string_view host, std::span<const std::string> commands,
                            std::stop_token stop);

}  // namespace culprit
