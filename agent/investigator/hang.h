// A program that hangs: its threads are looked at, and what they wait for is the answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/investigator/conversation.h"

namespace culprit {

bool is_about_hanging(std::string_view message);

// The write-up, or while calls are missing a word on what is done; nothing if the last message is not about
// something that hangs, or there is no program to look at: a pid that it names, or a project in the roots.
struct HangReply {
    std::string text;
    bool is_final = false;
};
std::optional<HangReply> look_at_hang(Conversation& conversation);

}  // namespace culprit
