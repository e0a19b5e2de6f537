// `culprit doctor`: what culprit works with on this machine, and how to mend what is missing.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "agent/config.h"
#include "agent/project.h"

namespace culprit {

struct Diagnosis {
    enum class State { Good, Missing, Broken };
    std::string what;  // "ripgrep"
    State state = State::Good;
    bool needed = false;  // culprit does not do its work without it; else some ability is missing
    std::string found;    // its version, or what went wrong
    std::string mend;     // the next step; empty if nothing is to be done
};

// Asks each program for its version (five seconds at most) and tries what must work; nothing is changed but a
// file that is written in the state folder and removed.
std::vector<Diagnosis> diagnose(const Project& project, const Result<ModelChoice>& choice,
                                std::stop_token stop);

std::string diagnosis_text(const std::vector<Diagnosis>& all);
Json diagnosis_json(const std::vector<Diagnosis>& all);

}  // namespace culprit
