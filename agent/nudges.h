// What a model is told when its reply is none, or broke off in the middle of a call, so that it can go on.
#pragma once

#include <string>
#include <string_view>

#include "agent/provider/provider.h"

namespace culprit {

constexpr int kMostNudges = 2;  // a turn

// For a reply without text and calls: what to do instead.
std::string nudge(const Answer& empty_reply);

// The error for the person when the model stays silent.
Error silence(const Answer& empty_reply);

// True for a call whose arguments the limit of length cut.
bool is_cut(const Answer& answer, const ToolCall& call);
constexpr std::string_view kCutCall =
    "your reply reached its limit of length in the middle of this call, so it was not run. Make the call "
    "again, with "
    "shorter arguments or as the only one of a reply";

}  // namespace culprit
