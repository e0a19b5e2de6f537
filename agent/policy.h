// The one gate that every call passes. A pure function of what a tool may do and what the person allowed.
#pragma once

#include <string>
#include <string_view>

#include "tools/tool.h"

namespace culprit {

struct Decision {
    enum class Verdict { Allow, Deny, Ask };
    Verdict verdict = Verdict::Deny;
    std::string why;  // the rule that decided, for the log and, when denied, for the model
};

// `can_ask`: there is a person at a terminal.
Decision decide(Effect effect, bool can_ask);

}  // namespace culprit
