// The same test in several jobs, brought onto one grid.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tools/jobs/job.h"

namespace culprit {

// A test as the pair and the earlier jobs have it: logarithms of the scores, worse is up.
struct Aligned {
    std::size_t baseline = 0, candidate = 0;  // the test in each job
    std::vector<double> x;                    // that both jobs of the pair have
    // Rows of x.size() values, less the point-wise median of all rows but itself and the candidate's: the
    // candidate, then (with history) the baseline and each earlier job that has the curve
    // and ran since its level last changed for good.
    std::vector<std::vector<double>> rows;
    std::vector<std::size_t> row_job;  // 0 the candidate, 1 the baseline, 2 the first earlier job, ...
    std::string why_not;               // if it cannot be judged
};

struct Alignment {
    std::vector<Aligned> tests;
    std::vector<std::size_t> appeared, vanished;
    std::vector<double> shift;  // of each job as a whole, taken off all its rows
};

Alignment align(const Job& baseline, const Job& candidate, std::span<const Job> history);

}  // namespace culprit
