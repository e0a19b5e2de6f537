// Checks a write-up before a person sees it: frames against the source, figures, names and citations against
// what the tools have said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/grounding/claims.h"
#include "sessions/event.h"

namespace culprit {

struct Checked {
    std::string text;  // the write-up with lines of frames corrected, and what does not hold marked
    std::vector<CheckedFrame> frames;
    std::vector<CheckedClaim> claims;
    std::string
        repair_request;  // for the model: what failed, why, and the nearest truth; empty if nothing did
};

Checked check_write_up(std::string_view text, const Ground& ground);

// Whether a message is such a request, and not the engineer's.
bool is_repair_request(std::string_view message);

// Has the headings of a diagnosis or of a release gate's report, or cites frames.
bool is_write_up(std::string_view text);

// `write_up` with the model's repair of it: a repair that is nothing but call stacks replaces those, any
// other replaces it whole.
std::string with_repair(std::string_view write_up, std::string_view repair);

// "Call stack: 5 of 6 frames verified (1 corrected, 1 unverified). Figures: 12 of 12. Names: 20 of 21 …", or
// why there are none.
std::string verdict_line(const WriteUpChecked& checked, bool has_source);

}  // namespace culprit
