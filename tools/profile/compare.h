// The difference of two profiles, on a basis on which they can be compared.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tools/profile/analysis.h"

namespace culprit {

// What the weights of a side are divided by. Two recordings differ in length and in how often they were
// sampled, so that their raw counts say nothing.
enum class Basis {
    Share,  // the side's total: what part of it
    Time,   // seconds of recording
    Work,   // units of work, as the user counted them
};

struct DiffSide {
    const Profile& profile;
    CallTree tree;
    double work = 0;  // with Basis::Work
};

struct DiffRow {
    std::string name, shown;
    double before = 0, after = 0;                      // own weight, on the basis
    double before_inclusive = 0, after_inclusive = 0;  // the same with all below
    double change = 0;                                 // after - before
    double explains = 0;  // change, as a share of all that grew; negative for what shrank
    double noise = 0;     // the change that sampling alone makes in two of three comparisons
};

enum class Verdict { Changed, NoChangeShown, TooFewSamples };

struct Diff {
    Basis basis = Basis::Share;
    double before_total = 0, after_total = 0;  // on the basis
    Verdict verdict = Verdict::NoChangeShown;
    std::vector<DiffRow> rows;  // what changed most comes first
};

// Fails with Invalid if a side cannot be put on the basis: no weight, no duration, no units of work.
Result<Diff> diff(const DiffSide& before, const DiffSide& after, Basis basis, By by);

}  // namespace culprit
