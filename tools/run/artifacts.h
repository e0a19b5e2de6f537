// Where the tools that run something keep what that makes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/files.h"
#include "tools/tool.h"

namespace culprit {

// The artefacts of the session; on the command line, where there is no session, the current folder.
fs::path artifacts_folder(const Workbench& bench);

// A file in `folder` that is not there yet: "trace-1.nettrace", "trace-2.nettrace". The folder is made.
Result<fs::path> new_file(const fs::path& folder, std::string_view stem, std::string_view ending);

// Traces are large. Of those of earlier sessions, which lie beside the artefacts of this one, removes what is
// older than `oldest` and then the oldest until all together have at most `most_bytes`. Says what it did;
// empty if nothing was to be done.
std::string remove_old_traces(const fs::path& artifacts, std::chrono::hours oldest = std::chrono::days(14),
                              std::uint64_t most_bytes = std::uint64_t{4} << 30);

}  // namespace culprit
