// What is remembered, entry by entry: the items of the lists in the memory folder's files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "memory/project_memory.h"

namespace culprit {

struct MemoryEntry {
    std::string file;      // "MEMORY.md"
    std::size_t line = 0;  // from 1
    std::string text;      // without "- "
};

std::vector<MemoryEntry> memory_entries(const ProjectMemory& memory);

// How alike two entries are, from 0 to 1: the share of their words (without those that say little, the date
// and the evidence) that both have.
double likeness(std::string_view a, std::string_view b);

// Alike, but with other figures, or with a "not" on one side.
bool may_contradict(std::string_view a, std::string_view b);

struct Remembered {
    MemoryEntry entry;                 // as it was written; of a duplicate the old one
    bool is_new = true;                // false: an entry says it already
    std::vector<MemoryEntry> against;  // entries that it may contradict
};

// Adds "- TEXT (DATE; EVIDENCE)" to the list of a file, which is made where it is missing. `evidence` may be
// empty. Fails with Invalid for an empty text or one of more than 1,000 letters, or as the file's edit does.
Result<Remembered> remember(ProjectMemory& memory, std::string_view text, std::string_view date,
                            std::string_view evidence, std::string_view file = "MEMORY.md");

// Removes the one entry that the words mean: one in which all of them stand, or else the one that is most
// alike. Fails with NotFound if there is none, Invalid naming the candidates if several are meant.
Result<MemoryEntry> forget(ProjectMemory& memory, std::string_view words);

}  // namespace culprit
