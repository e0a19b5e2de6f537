// The playbook trace-analysis without a model: a stress test in the roots is compared and recorded, with the
// services that the repository says it needs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/investigator/conversation.h"

namespace culprit {

struct Walk {
    std::string doing;                // while calls are missing: what is done
    std::vector<std::string> traces;  // what was recorded, the baseline first; none: nothing could be
    std::vector<std::string> signs;   // what else was found, with its evidence
};

// Nothing if the last message is not about speed, or there is no stress test or benchmark in the roots. Each
// step that cannot be done becomes a sign, and the next one is taken.
std::optional<Walk> walk_stress_test(Conversation& conversation);

bool is_about_speed(std::string_view message);

// The project of the roots that is a stress test or benchmark, in the root of the state after the change if
// there are two; else the only project there is, with `AnyProject`. Empty if there is none or no telling, or
// while calls are missing.
enum class Wanted { StressTest, AnyProject };
std::string find_program(Conversation& conversation, Wanted wanted);

}  // namespace culprit
