// The causes that a write-up ranks, for scripts: read from its Root Cause Analysis, whoever wrote it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct RankedCause {
    int rank = 0;
    std::string
        kind;  // cpu, allocation, gc, contention, deadlock, starvation, exceptions, io, wait or growth
    std::string symbol;
    std::string file;  // as the write-up names it; empty: it names no place
    int line = 0;
    double share = 0;      // of what grew, or of all; 0: none is given
    std::string evidence;  // "E3", the first that is cited
};

// The items "1. Shop.Cart.Add: …" of the section; the place is that of the innermost frame of its stack, else
// the first place that the item names. Empty if there is no such section.
std::vector<RankedCause> causes_of(std::string_view write_up);

}  // namespace culprit
