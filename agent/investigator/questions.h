// Plain questions about code, "who calls Cart.Add?", which one tool answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/investigator/conversation.h"

namespace culprit {

struct CodeQuestion {
    std::string_view tool;
    Json arguments;
};

// The question that a message asks, if it is one and nothing else.
std::optional<CodeQuestion> code_question(std::string_view message);

}  // namespace culprit
