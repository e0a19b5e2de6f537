// What a message gives to go by: profiles, frames of stack traces, names of code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/investigator/conversation.h"

namespace culprit {

struct Clues {
    std::size_t message = 0;    // the one that gives them, of Conversation::messages
    bool was_recorded = false;  // the profiles are traces that this conversation made
    std::vector<std::string>
        profiles;  // as tools take them, in the order of the text; with two, the baseline first
    std::vector<std::string> frames;  // "Shop.Cart.Add", of a stack trace, innermost first as traces have it
    std::vector<std::string>
        symbols;  // what looks like a name in code: "CartIndex", "Cart.Add", what stands in backquotes
};

// Whether a file of this name is a profile of one of the formats.
bool is_profile_name(std::string_view word);

// Of the latest message that gives any, `end` and those behind it left out, and questions about an answer.
Clues find_clues(const Conversation& conversation, std::size_t end = std::string::npos);

}  // namespace culprit
