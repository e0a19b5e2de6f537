// A comparison written down, each form a file of its own.
#pragma once

#include <string>

#include "base/json.h"
#include "tools/jobs/comparison.h"

namespace culprit {

// result_v2.json; docs/result_v2.schema.json (JSON Schema) says what is in it.
Json result_json(const Comparison& comparison, const Ruling& ruling);

std::string markdown_report(const Comparison& comparison, const Ruling& ruling);

// One file that needs nothing else: charts are inline SVG.
std::string html_report(const Comparison& comparison, const Ruling& ruling);

// A test case each; a regression is a failure, what could not be judged is skipped.
std::string junit_report(const Comparison& comparison, const Ruling& ruling);

// Lines "::error title=...::..." for GitHub's log.
std::string github_annotations(const Comparison& comparison, const Ruling& ruling);

// GitLab's code quality report: a JSON list.
std::string gitlab_annotations(const Comparison& comparison, const Ruling& ruling);

// A few lines for a terminal or a chat.
std::string summary_text(const Comparison& comparison, const Ruling& ruling, std::size_t most_rows);

// What several of them share.
std::string change_text(const Judged& judged);                   // "+12.3 % (8.1 to 16.7)"
std::string range_text(const Judged& judged, const Test& test);  // "20000 to 30000 objects", "everywhere"
std::string job_text(const JobInfo& info);       // "orders-api 1.66-5101, job 5 on bench-a1, 2025-09-06"
std::string xml_escaped(std::string_view text);  // &, <, >, " and ', for HTML too; other controls dropped

}  // namespace culprit
