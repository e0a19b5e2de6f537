// What a message brings with it: files named as @path, and a pasted stack trace.
#pragma once

#include <string_view>
#include <vector>

#include "agent/session.h"

namespace culprit {

// The calls that put what is attached before the model: the summary of a profile (never its bytes), the text
// of another file as far as a read shows it, and of three frames or more that were pasted what the sources
// say of them. The files must be readable already (admit_mentions). Fails as Session::keep does.
Result<std::vector<ToolCall>> attachments_of(std::string_view message, const fs::path& base,
                                             Session& session);

}  // namespace culprit
