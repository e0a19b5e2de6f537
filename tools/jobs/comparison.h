// A pair of jobs compared, and what is to be done about it.
//
// The rule  BLOCK    a regression that is Critical or Severe and whose confidence is High, or Medium where
// there
//                    is no history that could make it High
//           REVIEW   any other Critical or Severe one, a Moderate one of High confidence, or a tenth of the
//                    baseline's tests vanished or could not be judged, or there is nothing to judge
//           APPROVE  else
// Regressions that were acknowledged (see history) do not count.
#pragma once

#include <set>

#include "tools/jobs/detect.h"

namespace culprit {

enum class GateVerdict { Approve, Review, Block };

// What the regressed tests have in common more often than chance would have it.
struct CommonTrait {
    std::string what, value;  // "group", "s01"; "word", "orders"
    std::size_t regressed = 0, tests = 0;
    double times = 0;     // how much more often than all tests
    double log_odds = 0;  // -log10 of the chance that so many or more are among them (hypergeometric)
};

// The tests' names in a report: "GET orders", or "s01 / GET orders" where the name does not tell the group;
// those that would be the same say what x counts too.
std::vector<std::string> test_names(const Job& job);

// A declaration in the sources that may have made the candidate slower.
struct SuspectedEdit {
    std::string symbol, file;  // the file as ROOT/path
    int line = 0;
    std::string why;
};

struct SourceCauses {
    std::string from, to;      // the states of the source; empty: not looked at
    bool is_measured = false;  // by profiles; else by names alone
    std::size_t edits = 0;     // declarations changed, added or removed
    std::vector<SuspectedEdit> suspects;
    std::string note;  // why there are none
};

struct Comparison {
    Job baseline, candidate;
    std::vector<Job> history;
    Detection detection;
    std::vector<std::string> names;      // of the candidate's tests
    std::set<std::string> acknowledged;  // names whose regression is known and accepted
    std::vector<std::string> notes;      // how the jobs were found, what may mislead
    SourceCauses causes;

    const Test& test(const Judged& judged) const { return candidate.tests[judged.candidate]; }
    const std::string& name(const Judged& judged) const { return names[judged.candidate]; }
    bool is_acknowledged(const Judged& judged) const { return acknowledged.contains(name(judged)); }
};

struct Ruling {
    GateVerdict verdict = GateVerdict::Approve;
    std::string why;
    std::vector<const Judged*> regressions, improvements;  // the worst and the best first; of the Comparison
    std::vector<CommonTrait> common;                       // the most telling first
};

// Compares; what is acknowledged may be filled in afterwards.
Comparison compare(Job baseline, Job candidate, std::vector<Job> history, const DetectSettings& settings);

Ruling rule(const Comparison& comparison);

std::string_view to_string(GateVerdict verdict);  // "BLOCK"

}  // namespace culprit
