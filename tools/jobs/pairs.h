// Which jobs are compared, and where they come from: files, or a PerfTracker server.
#pragma once

#include <functional>
#include <stop_token>

#include "tools/jobs/job.h"
#include "tools/jobs/server/discovery.h"
#include "tools/jobs/server/perftracker.h"

namespace culprit {

struct PairRequest {
    // A file, or a job's number on the server. Without a product: the baseline and the candidate.
    struct Reference {
        fs::path file;
        std::string id;  // if there is no file
    };
    std::vector<Reference> jobs, history;
    std::string product;  // found by discovery, among the server's jobs or the files
    std::vector<JobFilter> filters;
    std::optional<PerfTrackerPlace> server;
    fs::path cache;  // of jobs that were fetched
    std::size_t most_history = 6;
    // The job that stands as baseline for a product on a machine, pinned by hand; empty if none does.
    std::function<std::string(const std::string& product, const std::string& hardware)> pinned;
};

struct JobPair {
    Job baseline, candidate;
    std::vector<Job> history;
    std::string account;  // how they were found
};

// Fails with NotFound if there are no two comparable jobs: the message says what there is.
Result<JobPair> find_pair(const PairRequest& request, const std::function<void(std::string_view)>& progress,
                          std::stop_token stop);

}  // namespace culprit
