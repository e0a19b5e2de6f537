// The difference of two sides, each one or more runs, on a basis on which they can be compared.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tools/profile/analysis.h"

namespace culprit {

// What the weights of a run are divided by. Two recordings differ in length and in how often they were
// sampled, so that their raw counts say nothing.
enum class Basis {
    Share,  // the run's total: what part of it
    Time,   // seconds of recording
    Work,   // units of work, as the user counted them
};

struct Run {
    const Profile* profile = nullptr;
    CallTree tree;
    double work = 0;  // with Basis::Work
};

// A method of one side alone may be a method of the other with another signature or in another type.
enum class Fate { Stayed, New, Gone, Moved };

struct DiffRow {
    std::string name, shown;
    double before = 0, after = 0;                      // own weight, on the basis; the mean of the runs
    double before_inclusive = 0, after_inclusive = 0;  // the same with all below
    double change = 0;                                 // after - before
    double explains = 0;  // change, as a share of all that grew; negative for what shrank
    double noise =
        0;  // standard error of the change: from the spread of the runs, of single runs from the sampling
    bool is_certain = false;  // the change is larger than the noise accounts for
    Fate fate = Fate::Stayed;
    std::string other;     // of a Moved one: its name on the other side
    bool is_named = true;  // false: an address for which the profile has no name
};

enum class Verdict {
    Changed,
    NoChangeShown,
    TooFewSamples,
    Unrelated,  // (nearly) no method stands on both sides: these are not two recordings of one program
    NoNames,    // the same, where most of a side is code without names
};

// Why two sides with this verdict cannot be laid over each other; empty for the others.
std::string_view why_not_comparable(Verdict verdict);

struct Diff {
    Basis basis = Basis::Share;
    std::size_t before_runs = 0, after_runs = 0;
    double before_total = 0, after_total = 0;  // on the basis; the mean of the runs
    double total_noise = 0;                    // standard error of their difference; 0 if it is not known
    double spread = 0;  // of the totals of one side: standard deviation by mean; 0 if not known
    Verdict verdict = Verdict::NoChangeShown;
    std::vector<DiffRow> rows;  // what changed most comes first

    bool has_spread() const { return before_runs > 1 && after_runs > 1; }
};

// Fails with Invalid if a run cannot be put on the basis: no weight, no duration, no units of work.
Result<Diff> diff(const std::vector<Run>& before, const std::vector<Run>& after, Basis basis, By by);

// How many times its standard error a difference of means must be, to be certain at 95 %, for so many degrees
// of freedom.
double certain_from(std::size_t degrees);

// How many runs a side it takes to see a relative change four times out of five, if runs differ by `spread`.
std::size_t runs_needed(double change, double spread);

}  // namespace culprit
