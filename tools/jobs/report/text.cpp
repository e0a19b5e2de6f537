// The words that all reports use.
#include "base/text.h"

#include <algorithm>
#include <ranges>

#include "tools/jobs/report/report.h"

namespace culprit {

constexpr std::size_t kMostTraits = 3;

std::string change_text(const Judged& judged) {
    return fmt::format("{:+.1f} % ({:.1f} to {:.1f})", 100 * judged.share, 100 * judged.low,
                       100 * judged.high);
}

std::string range_text(const Judged& judged, const Test& test) {
    if (test.count < 2) return "";
    if (judged.from == judged.to) return fmt::format("at {:g} {}", judged.from, test.load);
    std::string text = fmt::format("{:g} to {:g}", judged.from, judged.to);
    if (!test.load.empty()) text += " " + test.load;
    return text;
}

std::string job_text(const JobInfo& info) {
    std::string text = fmt::format("{} {}, job {}", info.product.empty() ? "?" : info.product,
                                   info.version.empty() ? "(no version)" : info.version, info.id);
    if (!info.hardware.empty()) text += " on " + info.hardware;
    if (!info.ended.empty()) text += ", " + info.ended.substr(0, 10);
    return text;
}

std::string xml_escaped(std::string_view text) {
    std::string escaped;
    for (const char c : valid_utf8(text)) {
        switch (c) {
            case '&': escaped += "&amp;"; break;
            case '<': escaped += "&lt;"; break;
            case '>': escaped += "&gt;"; break;
            case '"': escaped += "&quot;"; break;
            case '\'': escaped += "&#39;"; break;
            default:
                if (static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t') escaped += c;
        }
    }
    return escaped;
}

std::string summary_text(const Comparison& comparison, const Ruling& ruling, std::size_t most_rows) {
    const Detection& detection = comparison.detection;
    std::string text = fmt::format("{}: {}\n", to_string(ruling.verdict), ruling.why);
    text += fmt::format("baseline   {}\ncandidate  {}\n", job_text(comparison.baseline.info),
                        job_text(comparison.candidate.info));
    text += fmt::format(
        "{} tests judged with {} earlier jobs: {} regressed, {} improved; {} not judged, {} new, {} "
        "vanished\n",
        detection.judged.size(), detection.history, ruling.regressions.size(), ruling.improvements.size(),
        detection.not_judged.size(), detection.appeared.size(), detection.vanished.size());
    for (const Judged* judged : ruling.regressions | std::views::take(most_rows)) {
        const Test& test = comparison.test(*judged);
        const bool known = comparison.is_acknowledged(*judged);
        text += fmt::format("{:9} {:7} {:>24}  {}  {}{}\n", to_string(judged->severity),
                            to_string(judged->confidence), change_text(*judged),
                            one_line(comparison.name(*judged), 90), range_text(*judged, test),
                            known ? "  (acknowledged)" : "");
    }
    if (ruling.regressions.size() > most_rows)
        text += fmt::format("not shown: {} more regressions\n", ruling.regressions.size() - most_rows);
    for (const CommonTrait& trait : ruling.common | std::views::take(kMostTraits))
        text += fmt::format("in common: {} {}: {} of its {} tests regressed\n", trait.what,
                            one_line(trait.value, 60), trait.regressed, trait.tests);
    for (const SuspectedEdit& suspect : comparison.causes.suspects)
        text += fmt::format("suspect{}: {} ({}:{}): {}\n", comparison.causes.is_measured ? "" : " by name",
                            suspect.symbol, suspect.file, suspect.line, suspect.why);
    for (const std::string& note : comparison.notes) text += "note: " + note + "\n";
    return text;
}

}  // namespace culprit
