// Events as lines of JSON. Fields may be added, never renamed: logs outlive the program that wrote them.
#pragma once

#include <optional>

#include "base/result.h"
#include "sessions/event.h"

namespace culprit {

std::string encode_event(const Event& event);  // one line, without its end

// Fails with Invalid for what is no JSON object, NotFound for a type of event that this version does not
// know.
Result<Event> decode_event(std::string_view line);

// Parts of events, as they stand in logs and in what programs read.
Json frames_json(const std::vector<CheckedFrame>& frames);
// Those of one kind, or all.
Json claims_json(const std::vector<CheckedClaim>& claims, std::optional<CheckedClaim::Kind> kind);
Json usage_json(const Usage& usage);

}  // namespace culprit
