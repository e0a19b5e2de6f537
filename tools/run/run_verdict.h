// Whether the runs of one program are slower than those of another: statistics alone, no programs.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"

namespace culprit {

enum class Better { Higher, Lower };

enum class RunVerdict { Regressed, Improved, NoDifference, TooNoisy };
std::string_view to_string(RunVerdict verdict);  // "regressed", "no_difference"

struct RunComparison {
    RunVerdict verdict = RunVerdict::TooNoisy;
    double before = 0, after = 0;  // medians
    double change = 0;             // of after against before, 0.1 is 10 % more: the usual one within a round
    double low = 0, high = 0;      // the change lies between them, with this confidence
    double confidence = 0.99;
    int more_rounds = 0;  // if it is too noisy: about so many more would do
};

constexpr std::size_t kLeastRounds = 6;  // fewer carry no verdict
// Who looks at the figures, and goes on measuring if they do not tell, has more than one chance of a false
// alarm: seven looks at this confidence raise one in fewer than 4 of 100 comparisons.
constexpr double kConfidence = 0.995;

// before[i] and after[i] were measured one after the other, in one round: what disturbs the machine for
// longer than that disturbs both, and the change is taken within each round. Its size is the trimmed mean of
// the rounds' changes (20 % at either end left out, on a scale of logarithms), its interval a percentile
// bootstrap over rounds, with a fixed seed: the same values give the same answer.
//
// A difference counts if zero lies outside of the interval and the change is at least `smallest`; none is
// shown if the whole interval lies closer to zero than that; else it is too noisy to tell. Fails with Invalid
// for values that are not above zero, or sides of different length.
//
// Source  Wilcox, "Introduction to Robust Estimation and Hypothesis Testing", 4.4: this interval keeps its
//         word from about ten values on
Result<RunComparison> compare_rounds(std::span<const double> before, std::span<const double> after,
                                     Better better, double smallest);

}  // namespace culprit
