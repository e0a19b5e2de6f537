// One call of a tool from beginning to end: the row is found, the arguments are checked, the tool runs, and a
// result that is too long for a model is cut with the whole of it kept in a file.
#pragma once

#include "sessions/event.h"
#include "tools/toolbox.h"

namespace culprit {

// Bytes of a result that go to a model; tools keep to about 2,000 tokens (8,000 bytes) by themselves where
// they can.
constexpr std::size_t kMostResultText = 20000;

// Runs the call. Whatever goes wrong becomes a result that a model can answer (`fault` set), but for
// Cancelled, which is returned as the error. `evidence` names the result; the whole of what was cut goes into
// `artifacts`, a folder.
Result<ToolResult> invoke(const ToolCall& call, std::string_view evidence, const fs::path& artifacts,
                          const Toolbox& tools, Workbench& bench);

// The head and the tail of `text`, cut at lines where that is possible, around "[… N lines left out: WHERE
// …]".
std::string shorten(std::string_view text, std::size_t most, std::string_view where);

}  // namespace culprit
