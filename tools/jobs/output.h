// The files of a comparison.
#pragma once

#include "base/files.h"
#include "tools/jobs/comparison.h"

namespace culprit {

// A name that is safe as one folder: letters, digits, blanks and "._+-" stay, anything else becomes "_";
// never empty, hidden, or longer than 100 bytes.
std::string folder_name(std::string_view name);

// FOLDER/reports/PRODUCT/A vs B, A and B being versions (or job ids, where those are the same or unknown).
fs::path report_folder(const fs::path& folder, const Comparison& comparison);

// Writes result_v2.json, llm_report.md, report.html, junit.xml and gitlab.json into `folder`.
Result<> write_reports(const fs::path& folder, const Comparison& comparison, const Ruling& ruling);

}  // namespace culprit
