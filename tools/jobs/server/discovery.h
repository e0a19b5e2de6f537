// Which two jobs of a product are to be compared, out of a list.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tools/jobs/job.h"

namespace culprit {

// One condition on a job: "hardware=bench-a1" (equal, in any case), "title~nightly" (contains),
// "version!=1.2".
struct JobFilter {
    enum class How { Is, IsNot, Contains };
    std::string field;  // title, version, branch, hardware, project or id
    How how = How::Is;
    std::string value;
};
Result<JobFilter> parse_filter(std::string_view text);

struct Discovery {
    std::optional<std::size_t> baseline, candidate;  // of the jobs given; both or none
    std::vector<std::size_t> history;  // up to so many earlier ones of that hardware, newest first
    std::string account;               // what each step left, a line each
};

// Leaves out other products (the name must be the same), local runs, jobs that a filter refuses and jobs
// without hardware, version or time; groups the rest by hardware and branch; takes in each group the newest
// job and the newest before it of another version; and of these pairs the one with the newest candidate.
Discovery discover(std::span<const JobInfo> jobs, std::string_view product,
                   std::span<const JobFilter> filters, std::size_t most_history);

// "2025-05-02T05:00:00.123+03:00", with "Z" or without an offset (then UTC); nothing if it is no such time.
std::optional<std::chrono::sys_seconds> instant_of(std::string_view iso);

// The same in UTC, "2025-05-02T02:00:00Z", so that text sorts as time does; what is no time stays as it is.
std::string utc_text(std::string_view iso);

}  // namespace culprit
