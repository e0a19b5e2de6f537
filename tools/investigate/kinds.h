// What a suspect waits for or works at, told by the code outside of the program in which its weight lies.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace culprit {

struct Suspect;

struct CostKind {
    std::string_view cause;  // "contention": as scripts read it
    std::string_view what;   // "waits for a lock": what the suspect does
    std::string_view advice;
    std::vector<std::string_view> signs;  // parts of leaf names
};

// Which of two that fit alike counts: the one that comes first.
std::span<const CostKind> cost_kinds();
// Whether what is named so is of the kind.
bool is_of_kind(const CostKind& kind, std::string_view leaf);

// The kind in which most of the weight lies, if that is a sixth of it at least; else null.
const CostKind* cost_kind(const Suspect& suspect);

// "contention", "allocation", …; "cpu" where nothing else shows.
std::string_view cause_of(const Suspect& suspect);

}  // namespace culprit
