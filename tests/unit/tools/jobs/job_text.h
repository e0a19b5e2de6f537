// Jobs as text, whole, for golden files.
#pragma once

#include <string>

#include "base/files.h"
#include "tools/jobs/job.h"

namespace culprit::test {

std::string text_of(const Job& job);
fs::path job_data(std::string_view file);  // of tests/unit/tools/jobs/data

}  // namespace culprit::test
