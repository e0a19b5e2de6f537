// What was shown of a session, as text again.
#pragma once

#include <span>
#include <string>

#include "sessions/event.h"

namespace culprit {

// Messages, calls, answers and verdicts of the last `most_turns` turns; a first line says how many came
// before. Of a message (a playbook's is long) at most so many lines.
std::string transcript(std::span<const Event> events, std::size_t most_turns,
                       std::size_t most_lines = 100000);

// The last turn for programs:
// {"session","answer","frames":[{"symbol","file","line","status","why"}],"usage"}, and "error" if it has no
// answer. The answer is as it was shown, without its verdict line.
Json answer_json(std::string_view session, std::span<const Event> events);

}  // namespace culprit
