// perf.data, which only perf itself reads well: as the text that `perf script` makes of it.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/result.h"

namespace culprit {

bool is_perf_data(std::string_view head);

// Runs `perf script` on the file. Fails with Unavailable if there is no perf here, saying what to do; Corrupt
// if it cannot read the file, with its own words; Cancelled on stop.
Result<std::string> perf_script_of(const fs::path& file, std::stop_token stop);

}  // namespace culprit
