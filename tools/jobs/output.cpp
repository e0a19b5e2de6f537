#include "tools/jobs/output.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "tools/jobs/report/report.h"

namespace culprit {

constexpr std::uint64_t kMostReportBytes = 4 << 20;

std::string folder_name(std::string_view name) {
    std::string safe;
    for (const char c : trim(name).substr(0, 100)) {
        const bool plain =
            std::isalnum(static_cast<unsigned char>(c)) || std::string_view(" ._+-").contains(c);
        safe += plain ? c : '_';
    }
    if (safe.empty()) return "unknown";
    if (safe[0] == '.') safe[0] = '_';
    while (safe.ends_with(' ') || safe.ends_with('.')) safe.back() = '_';
    return safe;
}

fs::path report_folder(const fs::path& folder, const Comparison& comparison) {
    const JobInfo &before = comparison.baseline.info, &after = comparison.candidate.info;
    const bool by_version =
        !before.version.empty() && !after.version.empty() && before.version != after.version;
    const std::string pair = folder_name(by_version ? before.version : before.id) + " vs " +
                             folder_name(by_version ? after.version : after.id);
    return folder / "reports" / folder_name(after.product) / pair;
}

Result<std::string> own_report(const fs::path& file, const Ruling& ruling) {
    TRY(std::string text, read_file(file, kMostReportBytes));
    GateVerdict named = ruling.verdict;
    std::size_t first = std::string::npos;
    for (const GateVerdict each : {GateVerdict::Approve, GateVerdict::Review, GateVerdict::Block}) {
        const std::size_t at = text.find(to_string(each));
        if (at >= first) continue;
        first = at;
        named = each;
    }
    if (first == std::string::npos || named != ruling.verdict)
        return fail(Fault::Invalid, "{}: a report names the verdict first, and it is {}: {}", file.string(),
                    to_string(ruling.verdict), ruling.why);
    return text;
}

Result<> write_reports(const fs::path& folder, const Comparison& comparison, const Ruling& ruling,
                       std::string_view markdown) {
    TRY_OK(write_file(folder / "result_v2.json", dump_json(result_json(comparison, ruling), 1) + "\n"));
    TRY_OK(write_file(folder / "llm_report.md", markdown));
    TRY_OK(write_file(folder / "report.html", html_report(comparison, ruling)));
    TRY_OK(write_file(folder / "junit.xml", junit_report(comparison, ruling)));
    return write_file(folder / "gitlab.json", gitlab_annotations(comparison, ruling));
}

}  // namespace culprit
