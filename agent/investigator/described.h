// An investigation without a profile: the description is laid on the sources, and the answer is a list of
// guesses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/investigator/conversation.h"

namespace culprit {

// The write-up; with `with_text` each function is quoted. Nothing if the sources have nothing to do with the
// words, or while calls are missing.
std::optional<std::string> described_write_up(Conversation& conversation, std::string_view about,
                                              std::string_view symptom, bool with_text);

}  // namespace culprit
