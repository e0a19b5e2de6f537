// What continuous integration reads: JUnit's XML, annotations of GitHub and of GitLab.
//
// Source  testmoapp/junitxml README; docs.github.com "Workflow commands"; docs.gitlab.com "Code Quality"
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "tools/jobs/report/report.h"

namespace culprit {
namespace {

std::string message_of(const Comparison& comparison, const Judged& judged) {
    return fmt::format("{} {}, confidence {}, {}", to_string(judged.severity), change_text(judged),
                       to_string(judged.confidence), range_text(judged, comparison.test(judged)));
}

std::string case_start(const Comparison& comparison, std::size_t candidate) {
    const Test& test = comparison.candidate.tests[candidate];
    return fmt::format("  <testcase classname=\"{}\" name=\"{}\"",
                       xml_escaped(test.group.empty() ? "jobs" : test.group),
                       xml_escaped(comparison.names[candidate]));
}

// GitHub's escapes in a message; in a property ':' and ',' too.
std::string command_text(std::string_view text, bool is_property) {
    std::string escaped = replace_all(std::string(text), "%", "%25");
    escaped = replace_all(replace_all(escaped, "\r", "%0D"), "\n", "%0A");
    return is_property ? replace_all(replace_all(escaped, ":", "%3A"), ",", "%2C") : escaped;
}

std::string_view gitlab_severity(Severity severity) {
    switch (severity) {
        case Severity::Critical: return "blocker";
        case Severity::Severe: return "critical";
        default: return "major";
    }
}

}  // namespace

std::string junit_report(const Comparison& comparison, const Ruling& ruling) {
    const Detection& detection = comparison.detection;
    std::string xml = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"{}\" tests=\"{}\" "
        "failures=\"{}\" "
        "skipped=\"{}\">\n",
        xml_escaped(fmt::format("{} {} vs {}", comparison.candidate.info.product,
                                comparison.baseline.info.version, comparison.candidate.info.version)),
        detection.judged.size() + detection.not_judged.size(), ruling.regressions.size(),
        detection.not_judged.size());
    for (const Judged& judged : detection.judged) {
        xml += case_start(comparison, judged.candidate);
        if (judged.change == Outcome::Regressed)
            xml += fmt::format(">\n    <failure type=\"regression\" message=\"{}\"/>\n  </testcase>\n",
                               xml_escaped(message_of(comparison, judged)));
        else
            xml += "/>\n";
    }
    for (const NotJudged& each : detection.not_judged)
        xml += fmt::format("{}>\n    <skipped message=\"{}\"/>\n  </testcase>\n",
                           case_start(comparison, each.candidate), xml_escaped(each.why));
    return xml + "</testsuite>\n</testsuites>\n";
}

std::string github_annotations(const Comparison& comparison, const Ruling& ruling) {
    std::string text =
        fmt::format("::{} title={}::{}\n", ruling.verdict == GateVerdict::Block ? "error" : "notice",
                    to_string(ruling.verdict), command_text(ruling.why, false));
    for (const Judged* judged : ruling.regressions) {
        text += fmt::format("::{} title={}::{}\n", judged->severity >= Severity::Severe ? "error" : "warning",
                            command_text(comparison.name(*judged), true),
                            command_text(message_of(comparison, *judged), false));
    }
    return text;
}

std::string gitlab_annotations(const Comparison& comparison, const Ruling& ruling) {
    Json list = Json::array();
    for (const Judged* judged : ruling.regressions) {
        const std::string& name = comparison.name(*judged);
        list.push_back({{"description", name + ": " + message_of(comparison, *judged)},
                        {"check_name", "benchmark regression"},
                        {"fingerprint", content_hash(name)},
                        {"severity", gitlab_severity(judged->severity)},
                        {"location", {{"path", name}, {"lines", {{"begin", 1}}}}}});
    }
    return dump_json(list, 2) + "\n";
}

}  // namespace culprit
