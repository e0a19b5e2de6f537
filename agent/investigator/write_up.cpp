#include "agent/investigator/write_up.h"

#include <algorithm>

#include "base/text.h"
#include "tools/investigate/kinds.h"

namespace culprit {
namespace {

std::string_view text_of_line(const std::vector<SourceLine>& body, int number) {
    const auto line = std::ranges::find(body, number, &SourceLine::number);
    return line == body.end() ? std::string_view() : trim(line->text);
}

std::string place_text(const Place& place, int line) { return fmt::format("{}:line {}", place.file, line); }

// What it spends in each dimension, each with its evidence.
std::string costs_text(const Suspect& suspect, bool compared) {
    std::vector<std::string> parts;
    for (const Cost& cost : suspect.costs)
        parts.push_back(fmt::format("{} [{}]", cost_text(cost, compared), cost.evidence));
    return join(parts, "; ");
}

std::string leaves_text(const Suspect& suspect) {
    std::vector<std::string> parts;
    for (const Leaf& leaf : suspect.leaves) {
        if (leaf.share < 0.05 || parts.size() == 3) break;
        parts.push_back(fmt::format("{} in {}", percent(leaf.share), leaf.name));
    }
    if (parts.empty()) return "";
    const bool time = suspect.costs.empty() || is_time(*suspect.costs.front().dimension);
    return fmt::format("{} {} [{}].", time ? "Of its time" : "Of that", join(parts, ", "), suspect.evidence);
}

std::string findings_text(const Suspect& suspect) {
    std::string text;
    for (const Finding& finding : suspect.findings) {
        text += fmt::format("{}:line {}: {}. {} [{}]\n", finding.file, finding.line, finding.title,
                            finding.why, suspect.findings_evidence);
    }
    return text;
}

// "Per order: 0.9 µs -> 6.2 µs of time [E40], 212 B -> 4.1 kB allocated [E41]."
std::string per_unit_text(const Suspect& suspect, const std::string& unit) {
    std::vector<std::string> parts;
    for (const PerUnit& each : suspect.per_unit) {
        const auto text = [&](double amount) {
            return each.is_time ? duration_text(amount) : bytes_text(amount);
        };
        parts.push_back(fmt::format("{} -> {} {} [{}]", text(each.before), text(each.after),
                                    each.is_time ? "of time" : "allocated", each.evidence));
    }
    return parts.empty()
               ? ""
               : fmt::format("Per {} in {}: {}.\n", unit, plain_symbol(suspect.name), join(parts, "; "));
}

std::string cause_text(const Suspect& suspect, std::size_t number, bool compared, const std::string& unit) {
    std::string text =
        fmt::format("{}. {}: {}.\n", number, plain_symbol(suspect.name), costs_text(suspect, compared));
    const CostKind* kind = cost_kind(suspect);
    if (suspect.rise)
        text +=
            fmt::format("It grows with what the run piles up: {} of the first third, {} of the last [{}]. ",
                        percent(suspect.rise->first), percent(suspect.rise->last), suspect.rise->evidence);
    if (kind) text += fmt::format("It {}. ", kind->what);
    text += leaves_text(suspect) + "\n";
    text += per_unit_text(suspect, unit);
    if (!suspect.place) return text + "It is not in the source roots, so its lines could not be read.\n";
    text += fmt::format(
        "{} {}: {}\n",
        suspect.is_line_guessed ? "Which of its lines costs, the profile does not tell; look first at"
                                : "The line that costs is",
        place_text(*suspect.place, suspect.cost_line), text_of_line(suspect.place->body, suspect.cost_line));
    return text + findings_text(suspect) + rules_text(suspect.broken) + change_text(suspect);
}

std::string stack_text(const Suspect& suspect, bool compared) {
    std::string text;
    for (const Step& step : suspect.path) {
        text += fmt::format("at {}{} ({}:line {})\n", step.symbol, step.arguments, step.file, step.line);
    }
    const CostKind* kind = cost_kind(suspect);
    const Cost& cost = suspect.costs.front();
    const Cost::Part sum = cost.sum();
    const std::string now = amount_text(*cost.dimension, sum.after);
    text += fmt::format(
        "at {}{} ({}) - {}{}\n", suspect.place->symbol, suspect.place->arguments,
        place_text(*suspect.place, suspect.cost_line), kind ? fmt::format("{}; ", kind->what) : "",
        compared ? fmt::format("{} -> {}", amount_text(*cost.dimension, sum.before), now) : now);
    return text;
}

std::string resolution_text(const Suspect& suspect, std::size_t number) {
    const CostKind* kind = cost_kind(suspect);
    std::string text = fmt::format("{}. {}: ", number, plain_symbol(suspect.name));
    if (!suspect.findings.empty()) {
        std::vector<std::string> fixes;
        for (const Finding& finding : suspect.findings) {
            if (std::ranges::find(fixes, finding.fix) == fixes.end()) fixes.push_back(finding.fix);
        }
        text += join(fixes, " ") + " ";
    } else if (suspect.rise) {
        text +=
            "Bound what it works on, or index it, so that a unit of work costs the same at the end as at the "
            "start. ";
    } else if (kind) {
        text += std::string(kind->advice) + " ";
    }
    const bool was_rewritten =
        suspect.place && suspect.baseline && !new_lines(suspect.place->body, suspect.baseline->body).empty();
    if (was_rewritten) {
        const Cost& cost = suspect.costs.front();
        text += fmt::format(
            "{} ({} to {}) does the same for {} {}: take over its way, or keep what the new one is for and "
            "give it back what it lost.",
            suspect.baseline->file, suspect.baseline->first_line, suspect.baseline->last_line,
            amount_text(*cost.dimension, cost.sum().before), cost.dimension->of);
    } else if (!kind && suspect.findings.empty() && suspect.place) {
        text += fmt::format("Look at {} first{}.", place_text(*suspect.place, suspect.cost_line),
                            suspect.is_line_guessed ? "" : ": it carries the weight");
    }
    return text + "\n";
}

void add_problems(std::string& text, const Measurements& measurements) {
    for (const std::string& problem : measurements.problems) text += fmt::format("Note: {}\n", problem);
}

std::string nothing_found(const Measurements& measurements, bool compared) {
    std::string text = "## Root Cause Analysis\n";
    if (measurements.rankings.empty())
        return text + "No profile could be read, so there is nothing to reason from.\n";
    const Ranking& ranking = measurements.rankings.front();
    if (compared && ranking.verdict == "no_change_shown") {
        return text + fmt::format("The profiles show no change beyond what sampling alone makes [{}].\n",
                                  ranking.evidence);
    }
    if (ranking.verdict == "unrelated") {
        return text + fmt::format(
                          "(Nearly) no method stands in both profiles, so they are not two recordings of "
                          "one program, and neither tells what of the other is new [{}].\n",
                          ranking.evidence);
    }
    if (ranking.verdict == "no_names" || ranking.unnamed > 0.5) {
        return text + fmt::format(
                          "No cause can be named: most of a profile lies in code for which it has no "
                          "names [{}]. The notes above say why, and how to record one that has them.\n",
                          ranking.evidence);
    }
    return text + fmt::format("No method of the program itself carries a share worth naming [{}].\n",
                              ranking.evidence);
}

// How much of each dimension the suspects explain together.
std::string explained_text(const Measurements& measurements, bool compared) {
    std::string text;
    for (const Ranking& ranking : measurements.rankings) {
        std::vector<double> explained;
        int methods = 0;
        for (const Suspect& suspect : measurements.suspects) {
            for (const Cost& cost : suspect.costs) {
                if (cost.dimension != ranking.dimension) continue;
                for (const Cost::Part& part : cost.parts) explained.push_back(part.explains);
                ++methods;
            }
        }
        if (methods == 0) continue;
        const bool time = is_time(*ranking.dimension);
        const std::string total =
            time ? std::string(compared ? "what grew" : "all samples")
            : compared
                ? fmt::format("the growth from {} to {} {}", amount_text(*ranking.dimension, ranking.before),
                              amount_text(*ranking.dimension, ranking.after), ranking.dimension->of)
                : fmt::format("{} {}", amount_text(*ranking.dimension, ranking.after), ranking.dimension->of);
        text +=
            fmt::format("{} of {} lies in {} [{}].\n", sum_text(explained, percent), total,
                        methods == 1 ? "one method" : fmt::format("{} methods", methods), ranking.evidence);
    }
    return text + "A method's weight counts with the code outside of the sources that it calls.\n\n";
}

}  // namespace

std::string change_text(const Suspect& suspect) {
    if (!suspect.place || !suspect.baseline || suspect.baseline->body.empty()) return {};
    const auto added = new_lines(suspect.place->body, suspect.baseline->body);
    const auto gone = new_lines(suspect.baseline->body, suspect.place->body);
    if (added.empty() && gone.empty()) {
        return fmt::format(
            "Its text is the same as in {}: what it calls or how often it is called changed.\n",
            suspect.baseline->file);
    }
    constexpr std::size_t kMostLines = 6;
    std::string text;
    const auto show = [&](std::string_view title, const Place& place, const std::vector<SourceLine>& lines) {
        if (lines.empty()) return;
        text += fmt::format("{} ({}):\n", title, place.file);
        for (const SourceLine& line : std::span(lines).first(std::min(kMostLines, lines.size()))) {
            text += fmt::format("    {:>4}  {}\n", line.number, trim(line.text));
        }
        if (lines.size() > kMostLines)
            text += fmt::format("    … {} more lines\n", lines.size() - kMostLines);
    };
    show("Lines that are new", *suspect.place, added);
    show("Lines that are gone", *suspect.baseline, gone);
    return text;
}

std::string frames_text(const Suspect& suspect) {
    std::string text;
    for (const Step& step : suspect.path)
        text += fmt::format("at {}{} ({}:line {})\n", step.symbol, step.arguments, step.file, step.line);
    return text + fmt::format("at {}{} ({})\n", suspect.place->symbol, suspect.place->arguments,
                              place_text(*suspect.place, suspect.cost_line));
}

std::string quoted_body(const Suspect& suspect) {
    constexpr std::size_t kMostLines = 40, kAround = 12;
    if (!suspect.place || suspect.place->body.empty()) return {};
    std::string text = fmt::format("\n{}:\n", suspect.place->file);
    const auto& body = suspect.place->body;
    bool is_cut = false;
    for (const SourceLine& line : body) {
        const bool is_near = std::abs(line.number - suspect.cost_line) <= static_cast<int>(kAround);
        if (body.size() > kMostLines && !is_near && line.number != body.front().number) {
            if (!is_cut) text += "       …\n";
            is_cut = true;
            continue;
        }
        is_cut = false;
        text += fmt::format("  {} {:>4}  {}\n", line.number == suspect.cost_line ? ">" : " ", line.number,
                            line.text);
    }
    return text;
}

std::string cause_write_up(const Measurements& measurements, std::size_t index) {
    const Suspect& suspect = measurements.suspects[index];
    const bool compared = measurements.is_compared();
    std::string text =
        "## Root Cause Analysis\n" + cause_text(suspect, index + 1, compared, measurements.unit);
    if (suspect.place) text += quoted_body(suspect) + "\n## Call Stack\n" + stack_text(suspect, compared);
    return text + "\n## Resolution\n" + resolution_text(suspect, index + 1);
}

std::string write_up(const Measurements& measurements) {
    const bool compared = measurements.is_compared();
    std::string text = "## Observed Behavior\n";
    if (measurements.only) text += fmt::format("Ranked by what is {} alone.\n", measurements.only->of);
    for (const std::string& description : measurements.descriptions) text += description + "\n";
    for (const std::string& sign : measurements.signs) text += sign + "\n";
    for (const Suspect& suspect : measurements.suspects)
        text += fmt::format("- {}: {}\n", plain_symbol(suspect.name), costs_text(suspect, compared));
    add_problems(text, measurements);
    text += "\n";
    if (measurements.suspects.empty()) {
        return text + nothing_found(measurements, compared) +
               "\n## Resolution\nTake a profile of the same load before and after the change, long enough "
               "for some thousands of samples, and name both.\n";
    }

    text += "## Root Cause Analysis\n" + explained_text(measurements, compared);
    for (std::size_t i = 0; i < measurements.suspects.size(); ++i)
        text += cause_text(measurements.suspects[i], i + 1, compared, measurements.unit) + "\n";
    text += "## Call Stack\n";
    bool any = false;
    for (const Suspect& suspect : measurements.suspects) {
        if (!suspect.place) continue;
        text += (any ? "\n" : "") + stack_text(suspect, compared);
        any = true;
    }
    if (!any)
        text +=
            "None of these methods is in the source roots; --root NAME=PATH names the folder that has "
            "them.\n";
    text += "\n## Resolution\n";
    for (std::size_t i = 0; i < measurements.suspects.size(); ++i)
        text += resolution_text(measurements.suspects[i], i + 1);
    text +=
        compared
            ? "To show that it helped, profile the same load again and compare it with both profiles above.\n"
            : "A profile of the state before would tell what of this is new.\n";
    return text;
}

std::string source_write_up(const std::vector<Suspect>& named, const Clues& clues) {
    const bool any = std::ranges::any_of(named, [](const Suspect& each) { return each.place.has_value(); });
    if (!any) {
        std::string text = "I have nothing to measure and nothing to read yet. ";
        if (!clues.symbols.empty() || !clues.frames.empty())
            text += "What you name is not in the source roots. ";
        return text +
               "Name the profiles (two of the same load, before and after, tell most; dotnet-trace, perf or "
               "speedscope "
               "files), the folder of the sources, or a method or stack trace that is in them.";
    }
    std::string text =
        "## Observed Behavior\nNo profile was named, so nothing is measured: this is what the source "
        "says.\n\n"
        "## Root Cause Analysis\nIt cannot be told from the source alone which of these costs.\n\n";
    for (const Suspect& each : named) {
        if (!each.place) continue;
        text += fmt::format("{} stands in {}, lines {} to {}.\n", each.place->symbol, each.place->file,
                            each.place->first_line, each.place->last_line);
        text += change_text(each) + "\n";
    }
    text += "## Call Stack\n";
    std::vector<std::string> stacks;
    for (const Suspect& each : named) {
        if (each.place && each.cost_line != 0) stacks.push_back(frames_text(each));
    }
    text += join(stacks, "\n");
    return text +
           "\n## Resolution\nProfile the load that got slower, before and after the change, and name both "
           "files: then "
           "the cost can be laid on these lines.\n";
}

}  // namespace culprit
