#include <algorithm>
#include <ranges>

#include "tools/jobs/report/chart.h"
#include "tools/jobs/report/report.h"

namespace culprit {
namespace {

constexpr std::string_view kStyle = R"(
:root { --ink: #1c2128; --faint: #6b7480; --line: #d8dde3; --page: #fff; --block: #b3261e; --review: #8a5a00;
  --approve: #1b6e3c; --before: #4a6fa5; --after: #c4452f; --range: #fbe3b4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --faint: #98a2ad; --line: #39424d; --page: #15191e;
  --block: #ff8a80; --review: #ffc163; --approve: #7ddba0; --before: #8fb3e8; --after: #ff9079; --range: #4d3d17; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 72rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
.verdict { font-weight: 700; } .BLOCK { color: var(--block); } .REVIEW { color: var(--review); }
.APPROVE { color: var(--approve); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; }
figure { margin: 0; border: 1px solid var(--line); padding: .6rem; } figcaption { font-size: .85rem; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; } svg text { font-size: 10px; fill: var(--faint); }
.axis { fill: none; stroke: var(--faint); } .range { fill: var(--range); }
polyline { fill: none; stroke-width: 1.6; } polyline.history { stroke: var(--line); stroke-width: 1; }
polyline.baseline { stroke: var(--before); } polyline.candidate { stroke: var(--after); }
circle.history { fill: var(--line); } circle.baseline { fill: var(--before); } circle.candidate { fill: var(--after); }
.key span { margin-right: 1.2rem; } .key .before { color: var(--before); } .key .after { color: var(--after); }
.faint, small { color: var(--faint); }
)";

constexpr std::size_t kMostCharts = 40, kMostRows = 500;

std::string cell(std::string_view text) { return fmt::format("<td>{}</td>", xml_escaped(text)); }
std::string number(std::string_view text) {
    return fmt::format("<td class=\"number\">{}</td>", xml_escaped(text));
}

std::string job_row(std::string_view what, const JobInfo& info) {
    return fmt::format("<tr><th>{}</th>{}{}{}{}{}</tr>\n", what, cell(info.id), cell(info.product),
                       cell(info.version), cell(info.hardware), cell(info.ended));
}

std::string change_row(const Comparison& comparison, const Judged& judged) {
    const Test& test = comparison.test(judged);
    const std::string known = comparison.is_acknowledged(judged) ? " (acknowledged)" : "";
    return fmt::format("<tr>{}{}{}{}{}</tr>\n", cell(std::string(to_string(judged.severity)) + known),
                       cell(to_string(judged.confidence)), number(change_text(judged)),
                       cell(comparison.name(judged)), cell(range_text(judged, test)));
}

std::string change_table(const Comparison& comparison, const std::vector<const Judged*>& changes) {
    std::string html =
        "<div class=\"wide\"><table><tr><th>Severity</th><th>Confidence</th><th class=\"number\">Change (95 "
        "%)</th>"
        "<th>Test</th><th>Where</th></tr>\n";
    for (const Judged* judged : changes | std::views::take(kMostRows))
        html += change_row(comparison, *judged);
    html += "</table></div>\n";
    if (changes.size() > kMostRows)
        html += fmt::format("<p class=\"faint\">Not shown: {} more; result_v2.json has them all.</p>\n",
                            changes.size() - kMostRows);
    return html;
}

std::string charts(const Comparison& comparison, const std::vector<const Judged*>& changes) {
    std::string html =
        "<p class=\"key\"><span class=\"before\">&#9473; baseline</span><span class=\"after\">&#9473; "
        "candidate</span>"
        "<span class=\"faint\">&#9473; earlier jobs</span></p>\n<div class=\"charts\">\n";
    for (const Judged* judged : changes | std::views::take(kMostCharts)) {
        const Test& test = comparison.test(*judged);
        html += fmt::format(
            "<figure>\n{}<figcaption>{}<br><small>{} in {}, {} is better</small></figcaption></figure>\n",
            chart_svg(comparison, *judged), xml_escaped(comparison.name(*judged)),
            xml_escaped(change_text(*judged)), xml_escaped(test.unit.empty() ? "?" : test.unit),
            test.better == Better::Less ? "less" : "more");
    }
    return html + "</div>\n";
}

std::string list(std::string_view title, const std::vector<std::string>& items) {
    if (items.empty()) return {};
    std::string html = fmt::format("<h2>{} ({})</h2>\n<ul>\n", title, items.size());
    for (const std::string& item : items | std::views::take(kMostRows))
        html += fmt::format("<li>{}</li>\n", xml_escaped(item));
    return html + "</ul>\n";
}

std::vector<std::string> picked(const std::vector<std::string>& names,
                                const std::vector<std::size_t>& tests) {
    std::vector<std::string> list;
    for (const std::size_t test : tests) list.push_back(names[test]);
    return list;
}

}  // namespace

std::string html_report(const Comparison& comparison, const Ruling& ruling) {
    const Detection& detection = comparison.detection;
    const JobInfo &before = comparison.baseline.info, &after = comparison.candidate.info;
    std::string html = fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{0}: {1} {2} vs {3}</title>\n<style>{4}</style></head><body>\n"
        "<h1><span class=\"verdict {0}\">{0}</span> {1} {2} vs {3}</h1>\n<p>{5}.</p>\n",
        to_string(ruling.verdict), xml_escaped(after.product), xml_escaped(before.version),
        xml_escaped(after.version), kStyle, xml_escaped(ruling.why));
    html +=
        "<div "
        "class=\"wide\"><table><tr><th></th><th>Job</th><th>Product</th><th>Version</th><th>Hardware</th>"
        "<th>Ended</th></tr>\n" +
        job_row("Baseline", before) + job_row("Candidate", after) + "</table></div>\n";
    html += fmt::format(
        "<p>{} tests judged with {} earlier jobs: {} regressed, {} improved, {} not judged, {} new, {} "
        "vanished.</p>\n",
        detection.judged.size(), detection.history, ruling.regressions.size(), ruling.improvements.size(),
        detection.not_judged.size(), detection.appeared.size(), detection.vanished.size());
    if (!ruling.regressions.empty())
        html += "<h2>Regressions</h2>\n" + change_table(comparison, ruling.regressions);
    if (!ruling.common.empty()) {
        std::vector<std::string> traits;
        for (const CommonTrait& trait : ruling.common) {
            traits.push_back(fmt::format("{} {}: {} of {} tests regressed, {:.1f} times the usual share",
                                         trait.what, trait.value, trait.regressed, trait.tests, trait.times));
        }
        html += list("What they have in common", traits);
    }
    if (!comparison.causes.suspects.empty()) {
        std::vector<std::string> suspects;
        for (const SuspectedEdit& suspect : comparison.causes.suspects)
            suspects.push_back(
                fmt::format("{} ({}:{}): {}", suspect.symbol, suspect.file, suspect.line, suspect.why));
        html += list(comparison.causes.is_measured ? "Suspected edits, by the profiles"
                                                   : "Suspected edits, by their names",
                     suspects);
    }
    if (!ruling.regressions.empty()) html += "<h2>Curves</h2>\n" + charts(comparison, ruling.regressions);
    if (!ruling.improvements.empty())
        html += "<h2>Improvements</h2>\n" + change_table(comparison, ruling.improvements);
    std::vector<std::string> unjudged;
    for (const NotJudged& each : detection.not_judged)
        unjudged.push_back(comparison.names[each.candidate] + ": " + each.why);
    html += list("Not judged", unjudged) + list("New tests", picked(comparison.names, detection.appeared)) +
            list("Vanished tests", picked(test_names(comparison.baseline), detection.vanished)) +
            list("Notes", comparison.notes);
    return html + "</body></html>\n";
}

}  // namespace culprit
