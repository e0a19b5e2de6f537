#include "job_text.h"

#include "support/support.h"

namespace culprit::test {

std::string text_of(const Job& job) {
    const JobInfo& info = job.info;
    std::string text = fmt::format(
        "job '{}' uuid '{}' title '{}' product '{}' version '{}' branch '{}' hardware '{}' ended '{}' "
        "project '{}'{}\n",
        info.id, info.uuid, info.title, info.product, info.version, info.branch, info.hardware, info.ended,
        info.project, info.local ? " local" : "");
    for (const std::string& warning : job.warnings) text += "warning: " + warning + "\n";
    for (const Test& test : job.tests) {
        text += fmt::format("'{}' / '{}' over '{}': {} in '{}', {} is better, {} failed\n", test.group,
                            test.name, test.load, test.metric, test.unit,
                            test.better == Better::Less ? "less" : "more", test.failed);
        for (const Point& point : job.points_of(test))
            text += fmt::format("  {:g} {:g} +- {:.4g}\n", point.x, point.y, point.error);
    }
    return text;
}

fs::path job_data(std::string_view file) {
    return source_path("tests/unit/tools/jobs/data/" + std::string(file));
}

}  // namespace culprit::test
