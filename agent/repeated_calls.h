// A model that asks for the same thing over and over.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "sessions/event.h"

namespace culprit {

// What a call is answered instead of being run, if in this turn it was run twice already with one and the
// same result and only reading calls came between; else empty. `is_reading` tells of a tool's name.
std::string repetition_hint(std::span<const Event> events, const ToolCall& call,
                            const std::function<bool(std::string_view)>& is_reading);

}  // namespace culprit
