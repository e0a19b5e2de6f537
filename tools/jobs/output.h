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

// Somebody's, or a model's, own words on a comparison, to be kept in place of the program's Markdown. Fails
// with Invalid if the first verdict that it names is not the program's.
Result<std::string> own_report(const fs::path& file, const Ruling& ruling);

// Writes result_v2.json, llm_report.md (`markdown`), report.html, junit.xml and gitlab.json into `folder`.
Result<> write_reports(const fs::path& folder, const Comparison& comparison, const Ruling& ruling,
                       std::string_view markdown);

}  // namespace culprit
