// Where jobs come from: one file here for each kind of file, one row in all.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "base/files.h"
#include "tools/jobs/job.h"

namespace culprit {

// What a file tells of its jobs besides its content.
struct JobFile {
    std::string name;   // "job-4.json": the id of a job that has none of its own
    std::string ended;  // when it was last written, ISO 8601: the time of a job that has none
};

struct JobSource {
    std::string_view name;
    bool (*is)(std::string_view head);  // the first 16 KiB of the file, or all of it
    // All jobs of the file, at least one. Fails with Corrupt, naming the place.
    Result<std::vector<Job>> (*parse)(simdjson::padded_string_view text, const JobFile& file);
};

const std::vector<JobSource>& all_job_sources();

// Finds out what the text is and parses it. Fails with Invalid if no source knows it, saying what was tried.
Result<std::vector<Job>> parse_jobs(std::string text, const JobFile& file);

// The jobs of a file (gzip and zstd are seen through) or of a folder: every job file in it, or the results of
// criterion below it. Fails with Invalid for a folder without any.
Result<std::vector<Job>> load_jobs(const fs::path& path);

// The only job of a file or folder. Fails with Invalid, naming them, if there are several.
Result<Job> load_job(const fs::path& path);

}  // namespace culprit
