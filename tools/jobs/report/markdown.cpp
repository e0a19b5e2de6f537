#include <algorithm>
#include <array>
#include <cmath>
#include <ranges>

#include "base/text.h"
#include "tools/jobs/report/report.h"

namespace culprit {
namespace {

constexpr std::size_t kMostRows = 50;

// Names are others' text: what Markdown would read as more than text is shown as it is.
std::string plain(std::string_view text) {
    std::string escaped;
    for (const char c : one_line(text, 160)) {
        if (std::string_view("\\`*_{}[]<>|#").contains(c)) escaped += '\\';
        escaped += c;
    }
    return escaped;
}

std::string table(const Comparison& comparison, const std::vector<const Judged*>& changes) {
    std::string text = "| test | change (95 %) | where | consistency | confidence |\n|---|---|---|---|---|\n";
    for (const Judged* judged : changes | std::views::take(kMostRows)) {
        text += fmt::format("| {}{} | {} | {} | {} | {} |\n", plain(comparison.name(*judged)),
                            comparison.is_acknowledged(*judged) ? " (acknowledged)" : "",
                            change_text(*judged), plain(range_text(*judged, comparison.test(*judged))),
                            percent(judged->consistency), to_string(judged->confidence));
    }
    if (changes.size() > kMostRows)
        text +=
            fmt::format("\nNot shown: {} more; result_v2.json has them all.\n", changes.size() - kMostRows);
    return text + "\n";
}

std::string issues(const Comparison& comparison, const Ruling& ruling) {
    std::string text;
    for (const Severity severity : {Severity::Critical, Severity::Severe, Severity::Moderate}) {
        std::vector<const Judged*> of;
        for (const Judged* judged : ruling.regressions) {
            if (judged->severity == severity) of.push_back(judged);
        }
        if (!of.empty())
            text += fmt::format("### {} ({})\n\n", to_string(severity), of.size()) + table(comparison, of);
    }
    return text.empty() ? "None.\n\n" : text;
}

std::string in_sources(const SourceCauses& causes) {
    if (causes.from.empty()) return causes.note.empty() ? "" : plain(causes.note) + ".\n\n";
    std::string text =
        fmt::format("In the sources, {} to {}: {} declarations changed, came or went. {}\n\n",
                    plain(causes.from), plain(causes.to), causes.edits,
                    !causes.suspects.empty()
                        ? causes.is_measured
                              ? "Those that explain what the profiles show to cost more:"
                              : "Those that do more work and share words with the regressed tests; profiles "
                                "of both jobs (--profiles) would tell:"
                    : causes.note.empty() ? "None of them stands out."
                                          : plain(causes.note) + ".");
    for (const SuspectedEdit& suspect : causes.suspects)
        text += fmt::format("- {} ({}:{}): {}\n", plain(suspect.symbol), plain(suspect.file), suspect.line,
                            plain(suspect.why));
    return causes.suspects.empty() ? text : text + "\n";
}

std::string causes(const Comparison& comparison, const Ruling& ruling) {
    const std::string sources = in_sources(comparison.causes);
    if (ruling.common.empty())
        return "The regressed tests have nothing in common more often than chance has it.\n\n" + sources;
    std::string text;
    for (const CommonTrait& trait : ruling.common) {
        text += fmt::format(
            "- {} {}: {} of its {} tests regressed, {:.1f} times as often as the others (chance: 1 in "
            "10^{:.0f})\n",
            trait.what, plain(trait.value), trait.regressed, trait.tests, trait.times, trait.log_odds);
    }
    return text + "\n" + sources;
}

std::string risk(const Comparison& comparison, const Ruling& ruling) {
    const auto high = std::ranges::count_if(
        ruling.regressions, [](const Judged* judged) { return judged->confidence == Confidence::High; });
    const double share = static_cast<double>(ruling.regressions.size()) /
                         static_cast<double>(std::max<std::size_t>(1, comparison.detection.judged.size()));
    std::string text =
        fmt::format("{} of the tests regressed ({} of {}), {} of them with High confidence.", percent(share),
                    ruling.regressions.size(), comparison.detection.judged.size(), high);
    if (!ruling.regressions.empty()) {
        const Judged& worst = **std::ranges::max_element(ruling.regressions, {}, &Judged::slowdown);
        text += fmt::format(" The largest: {}, {}.", plain(comparison.name(worst)), change_text(worst));
    }
    return text + "\n\n";
}

std::string actions(const Comparison& comparison, const Ruling& ruling) {
    std::string text;
    if (!ruling.common.empty())
        text += fmt::format("- Look first at what {} {} shares: it holds {} of the {} regressions.\n",
                            ruling.common[0].what, plain(ruling.common[0].value), ruling.common[0].regressed,
                            ruling.regressions.size());
    else if (!ruling.regressions.empty())
        text += fmt::format("- Look first at {}.\n", plain(comparison.name(*ruling.regressions[0])));
    if (comparison.history.size() < 3)
        text +=
            "- Compare with about six earlier jobs of the same hardware: without them noise and change are "
            "hard to tell apart.\n";
    if (!comparison.detection.vanished.empty())
        text += fmt::format("- Find out why {} tests of the baseline are missing.\n",
                            comparison.detection.vanished.size());
    if (!comparison.detection.not_judged.empty())
        text += fmt::format("- Repair the {} tests that could not be judged.\n",
                            comparison.detection.not_judged.size());
    if (ruling.verdict == GateVerdict::Review)
        text += "- Have a person look at the uncertain ones, or run the candidate again.\n";
    return text.empty() ? "None.\n\n" : text + "\n";
}

std::string names(std::string_view title, const std::vector<std::string>& all,
                  const std::vector<std::size_t>& tests) {
    if (tests.empty()) return {};
    std::string text = fmt::format("### {} ({})\n\n", title, tests.size());
    for (const std::size_t test : tests | std::views::take(kMostRows)) text += "- " + plain(all[test]) + "\n";
    if (tests.size() > kMostRows) text += fmt::format("- and {} more\n", tests.size() - kMostRows);
    return text + "\n";
}

constexpr std::size_t kMostCurves = 10;
constexpr std::size_t kWidest = 60;  // characters of a curve

// A curve as a row of blocks between `low` and `high`, thinned out where it has more points.
std::string blocks(std::span<const Point> curve, double low, double high) {
    static constexpr std::array<std::string_view, 8> kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const std::size_t each = (curve.size() + kWidest - 1) / kWidest;
    std::string text;
    for (std::size_t i = 0; i < curve.size(); i += each) {
        const double share = high > low ? (curve[i].y - low) / (high - low) : 0.5;
        text += kBlocks[static_cast<std::size_t>(std::clamp(share * 8, 0.0, 7.0))];
    }
    return text;
}

std::string curves(const Comparison& comparison, const Ruling& ruling) {
    std::string text;
    for (const Judged* judged : ruling.regressions | std::views::take(kMostCurves)) {
        const Test& test = comparison.test(*judged);
        if (test.count < 2) continue;
        const auto after = comparison.candidate.points_of(test);
        const auto before = comparison.baseline.points_of(comparison.baseline.tests[judged->baseline]);
        double low = INFINITY, high = -INFINITY;
        for (const auto curve : {before, after}) {
            for (const Point& point : curve) {
                low = std::min(low, point.y);
                high = std::max(high, point.y);
            }
        }
        text += fmt::format("    {}\n    baseline   {}\n    candidate  {}  {:g} to {:g} {}\n\n",
                            one_line(comparison.name(*judged), 100), blocks(before, low, high),
                            blocks(after, low, high), low, high, one_line(test.unit, 20));
    }
    return text.empty() ? text : "### Curves\n\n" + text;
}

std::string technical(const Comparison& comparison, const Ruling& ruling) {
    const Detection& detection = comparison.detection;
    std::string text =
        fmt::format("- baseline: {}\n- candidate: {}\n", plain(job_text(comparison.baseline.info)),
                    plain(job_text(comparison.candidate.info)));
    for (const Job& job : comparison.history)
        text += fmt::format("- history: {}\n", plain(job_text(job.info)));
    text += fmt::format(
        "- judged {}, not judged {}, new {}, vanished {}; estimated share of changed tests {}\n\n",
        detection.judged.size(), detection.not_judged.size(), detection.appeared.size(),
        detection.vanished.size(), percent(detection.changed_share));
    text += curves(comparison, ruling);
    if (!ruling.improvements.empty())
        text += fmt::format("### Improvements ({})\n\n", ruling.improvements.size()) +
                table(comparison, ruling.improvements);
    if (!detection.not_judged.empty())
        text += fmt::format("### Not judged ({})\n\n", detection.not_judged.size());
    for (const NotJudged& each : detection.not_judged | std::views::take(kMostRows))
        text += fmt::format("- {}: {}\n", plain(comparison.names[each.candidate]), each.why);
    if (!detection.not_judged.empty()) text += "\n";
    text += names("New tests", comparison.names, detection.appeared);
    text += names("Vanished tests", test_names(comparison.baseline), detection.vanished);
    for (const std::string& note : comparison.notes) text += "> " + plain(note) + "\n";
    return text;
}

}  // namespace

std::string markdown_report(const Comparison& comparison, const Ruling& ruling) {
    const JobInfo &before = comparison.baseline.info, &after = comparison.candidate.info;
    return fmt::format("# {}: {} {} vs {}\n\n## Executive summary\n\n**{}**: {}.\n\n{}",
                       to_string(ruling.verdict), plain(after.product), plain(before.version),
                       plain(after.version), to_string(ruling.verdict), ruling.why,
                       risk(comparison, ruling)) +
           "## Issues\n\n" + issues(comparison, ruling) + "## Suspected causes\n\n" +
           causes(comparison, ruling) + "## Action items\n\n" + actions(comparison, ruling) +
           "## Technical details\n\n" + technical(comparison, ruling);
}

}  // namespace culprit
