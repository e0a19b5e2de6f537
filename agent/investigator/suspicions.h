// What an engineer may take for the cause without naming code: the collector, locks, files, …
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/investigate/hypotheses.h"

namespace culprit {

struct Suspicion {
    std::string_view name;       // "gc"
    std::string_view words;      // an expression: what it may be called
    std::string_view dimension;  // that shows it; empty: it shows in the time
    std::string_view what;       // as CostKind::what has it; empty: no kind of cost
    std::string_view symptom;    // as survey takes it
};

const Suspicion* suspicion_called(std::string_view words);  // null: there is no such suspicion
std::string suspicion_words();                              // an expression for all of them

// What the measurements say of it: how much there is of it before and after, how much of what grew lies in
// methods of that kind, and so whether it is the cause. Nothing while calls are missing.
std::optional<std::string> test_suspicion(Inquiry& inquiry, const Measurements& measured,
                                          const Suspicion& suspicion);

}  // namespace culprit
