// Tests over time, as the history keeps them.
//
// State     of each series its levels and what is settled of its changes are kept (table `progress`), so that
//           a further job costs no more than its own curves and the tail of the levels. A state counts as
//           long as the product's revision is its own; a job that comes late, or again, raises it.
#pragma once

#include "tools/jobs/changepoints.h"
#include "tools/jobs/job.h"
#include "tools/jobs/store/database.h"

namespace culprit {

struct PastJob {
    std::string job, version, ended;
};

// A test on one machine and branch. Its jobs are compared over the points that they share with the first one
// (with a later one, once a job shares less than half of its points).
struct Series {
    std::string test, hardware, branch, unit;
    Better better = Better::Less;
    std::vector<PastJob> jobs;         // oldest first
    std::vector<double> level;         // of each, the newest being 1; NaN if it shares no points
    std::vector<std::size_t> changes;  // change points
    double drift = 0;  // of the level since the last change, share; 0 where it does not mostly drift
    double noise = 0;  // standard deviation about the levels between changes and the drift, as a share
};

struct ReadSeries {
    std::vector<Series> series;
    std::vector<StoredRow> states;  // those that are new, for keep_states
};

// A product's series, or those of one test if `test` is not empty, by their names. Unavailable if others
// wrote meanwhile.
Result<ReadSeries> read_series(Database& database, const std::string& product, const std::string& test);
Result<> keep_states(Database& database, std::span<const StoredRow> states);

// Before a job is written, in its transaction.
Result<> note_revision(Database& database, const JobInfo& job, const std::string& ended);

std::string text_of(std::span<const Point> points);  // "x y;x y"

}  // namespace culprit
