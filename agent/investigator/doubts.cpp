#include "agent/investigator/doubts.h"

#include <algorithm>

#include "agent/investigator/suspicions.h"
#include "agent/investigator/write_up.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr double kLeastShare = 0.03;  // as measure() has it
constexpr int kDeep = 400;            // rows

// How a method stands in one dimension: a row of its ranking.
struct Standing {
    const Dimension* dimension = nullptr;
    Cost::Part own;
    double before_inclusive = 0, after_inclusive = 0;
    std::string symbol, evidence;
};

std::string dotted(std::string_view name) { return plain_symbol(replace_all(std::string(name), "::", ".")); }

std::vector<Standing> standings_in(Inquiry& inquiry, const Measurements& measured, const Dimension& dimension,
                                   std::string_view name, int limit) {
    std::vector<Standing> found;
    const ToolResult* result = ask_ranking(inquiry, measured, dimension, limit);
    if (!result || !result->fault.empty()) return found;
    const bool compared = measured.is_compared();
    for (const Json& row : member(result->data, "rows")) {
        const std::string symbol = dotted(text_at(row, "shown"));
        if (!is_meant(symbol, name)) continue;
        found.push_back({.dimension = &dimension,
                         .own = cost_of_row(inquiry, measured, dimension, row),
                         .before_inclusive = number_at(row, "before_inclusive"),
                         .after_inclusive = number_at(row, compared ? "after_inclusive" : "inclusive_share"),
                         .symbol = symbol,
                         .evidence = result->evidence});
    }
    return found;
}

// In every dimension, looking deep where the first rows do not have it.
std::vector<Standing> standings_of(Inquiry& inquiry, const Measurements& measured, std::string_view name) {
    std::vector<Standing> all;
    for (const Ranking& ranking : measured.rankings) {
        auto found = standings_in(inquiry, measured, *ranking.dimension, name, 40);
        if (found.empty()) found = standings_in(inquiry, measured, *ranking.dimension, name, kDeep);
        std::ranges::move(found, std::back_inserter(all));
    }
    return all;
}

std::string standing_text(const Standing& standing, bool compared) {
    const Dimension& dimension = *standing.dimension;
    const Cost cost{.dimension = &dimension, .parts = {standing.own}, .evidence = standing.evidence};
    std::string text = fmt::format("- {}: {}", standing.symbol, cost_text(cost, compared));
    if (is_time(dimension)) {
        text += compared ? fmt::format("; with all that it calls {} -> {}",
                                       percent(standing.before_inclusive), percent(standing.after_inclusive))
                         : fmt::format("; with all that it calls {}", percent(standing.after_inclusive));
    }
    return fmt::format("{} [{}].\n", text, standing.evidence);
}

// Its number among the causes; 0: it is none.
std::size_t number_of(const Measurements& measured, std::string_view name) {
    const auto found = std::ranges::find_if(
        measured.suspects, [&](const Suspect& suspect) { return is_meant(dotted(suspect.name), name); });
    return found == measured.suspects.end() ? 0
                                            : static_cast<std::size_t>(found - measured.suspects.begin()) + 1;
}

// The causes that it leads to.
std::vector<std::string> causes_below(const Measurements& measured, std::string_view name) {
    std::vector<std::string> causes;
    for (std::size_t i = 0; i < measured.suspects.size(); ++i) {
        const Suspect& suspect = measured.suspects[i];
        const bool leads = std::ranges::any_of(
            suspect.path, [&](const Step& step) { return is_meant(dotted(step.symbol), name); });
        if (leads) causes.push_back(fmt::format("{} (number {})", plain_symbol(suspect.name), i + 1));
    }
    return causes;
}

// The sentence that answers.
std::string verdict(const std::vector<Standing>& standings, const Measurements& measured, std::size_t number,
                    const std::vector<std::string>& below) {
    if (number > 0) return fmt::format("it is one of them: number {} of the causes.", number);
    if (standings.empty() && below.empty())
        return "nothing was measured in it: it does not run under this load, so briefly that it was never "
               "met, "
               "or it was compiled into its caller.";
    const bool compared = measured.is_compared();
    const auto explains = [](const Standing& each) { return each.own.explains; };
    const auto most = std::ranges::max_element(standings, {}, explains);
    if (most != standings.end() && most->own.explains >= kLeastShare)
        return fmt::format("it explains {} of {} itself, behind what is named.", percent(most->own.explains),
                           compared ? "what grew" : "the total");
    const std::string through =
        below.empty()
            ? ""
            : fmt::format(" What it costs with all that it calls is that of {}.", join(below, ", "));
    if (standings.empty()) return "it costs nothing itself." + through;
    if (compared &&
        std::ranges::all_of(standings, [](const Standing& each) { return each.own.explains <= 0; }))
        return "it costs no more than before, so it explains nothing of what grew." + through;
    return fmt::format("it explains {} of {}, less than the {} that are worth naming.{}",
                       percent(std::max(0.0, most->own.explains)), compared ? "what grew" : "the total",
                       percent(kLeastShare), through);
}

std::string fate_of(Inquiry& inquiry, const Suspect& suspect) {
    if (!suspect.place)
        return "- It is not in the source roots, so it cannot be told whether it was changed.\n";
    std::string text = fmt::format("- It stands in {}, lines {} to {}.\n", suspect.place->file,
                                   suspect.place->first_line, suspect.place->last_line);
    if (suspect.baseline) return text + change_text(suspect);
    const ToolResult* blame = inquiry.ask(
        "blame_symbol", {{"name", fmt::format("{}:{}", suspect.place->file, suspect.place->line)}});
    if (blame && blame->fault.empty())
        text += fmt::format("- Its history: {} [{}]\n", one_line(blame->text, 240), blame->evidence);
    return text +
           "- There is one state of the sources, so it cannot be told whether it was changed; a second root "
           "with the state before would.\n";
}

std::string findings_text(const Suspect& suspect) {
    std::string text;
    for (const Finding& finding : suspect.findings)
        text += fmt::format("- {}:line {}: {}. {} [{}]\n", finding.file, finding.line, finding.title,
                            finding.why, suspect.findings_evidence);
    return text;
}

}  // namespace

bool is_meant(std::string_view symbol, std::string_view name) {
    return fmt::format(".{}.", dotted(symbol)).find(fmt::format(".{}.", dotted(name))) != std::string::npos;
}

std::optional<std::string> answer_doubt(Inquiry& inquiry, const Measurements& measured,
                                        std::string_view about) {
    if (const Suspicion* suspicion = suspicion_called(about))
        return test_suspicion(inquiry, measured, *suspicion);
    const std::string name = dotted(about);
    const std::vector<Standing> standings = standings_of(inquiry, measured, name);
    if (inquiry.is_waiting()) return std::nullopt;
    std::vector<Suspect> meant(1, {.name = standings.empty() ? name : standings.front().symbol});
    locate(inquiry, meant);
    const std::string fate = fate_of(inquiry, meant.front());
    if (inquiry.is_waiting()) return std::nullopt;
    if (standings.empty() && !meant.front().place)
        return fmt::format(
            "{} stands neither in the profiles nor in the source roots. Name it as a profile or the "
            "source does.\n",
            about);
    const std::size_t number = number_of(measured, name);
    std::string text = fmt::format("{}: {}\n", meant.front().name,
                                   verdict(standings, measured, number, causes_below(measured, name)));
    for (const Standing& standing : standings) text += standing_text(standing, measured.is_compared());
    text += fate + findings_text(meant.front());
    if (number == 0 && !measured.suspects.empty()) {
        const Suspect& first = measured.suspects.front();
        text +=
            fmt::format("Beside it, number 1 is {}: {} [{}].\n", plain_symbol(first.name),
                        cost_text(first.costs.front(), measured.is_compared()), first.costs.front().evidence);
    }
    return text;
}

}  // namespace culprit
