// Entries of memory that speak of files or symbols that the sources no longer have.
#pragma once

#include <string>
#include <vector>

#include "memory/entries.h"
#include "tools/tool.h"

namespace culprit {

struct StaleEntry {
    MemoryEntry entry;
    std::vector<std::string> gone;  // what it names and is not there
};

// Looks at what stands in `backticks` and at paths of files ("src/A.cs"); a name is only looked up where it
// is written as a symbol ("Type.Method"). Without source roots nothing is stale.
std::vector<StaleEntry> stale_entries(Workbench& bench);

}  // namespace culprit
