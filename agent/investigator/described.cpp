#include "agent/investigator/described.h"

#include <algorithm>

#include "base/text.h"
#include "tools/investigate/hypotheses.h"

namespace culprit {
namespace {

constexpr std::size_t kLongest = 2000;  // bytes of a description

std::string frame(const Json& place) {
    return fmt::format("at {}{} ({}:line {})", text_at(place, "symbol"), text_at(place, "arguments"),
                       text_at(place, "file"), integer_at(place, "line"));
}

std::string observed(const Json& data, std::string_view evidence) {
    const std::string symptom = text_at(data, "symptom");
    std::string text =
        fmt::format("No profile was named, so nothing is measured: these are guesses from the source{}.\n",
                    symptom.empty() ? "" : fmt::format(", for what costs {}", symptom));
    text += fmt::format("Your words speak of these functions [{}]:\n", evidence);
    for (const Json& entry : member(data, "entries"))
        text += fmt::format("- {} ({}:line {})\n", text_at(entry, "symbol"), text_at(entry, "file"),
                            integer_at(entry, "line"));
    return text;
}

std::string cause_text(const Json& lead, std::string_view evidence) {
    std::string text =
        fmt::format("{}. {}: {} sureness{} [{}].\n", integer_at(lead, "rank"), text_at(lead, "symbol"),
                    text_at(lead, "sureness"),
                    flag_at(lead, "changed") ? ", changed since the state before" : "", evidence);
    for (const Json& mark : member(lead, "marks")) {
        const std::string what = text_at(mark, "what");
        text += fmt::format("{}:line {}: {}{}: {}\n", text_at(lead, "file"), integer_at(mark, "line"), what,
                            flag_at(mark, "in_loop") ? ", in a loop" : "", text_at(mark, "text"));
    }
    const Json& marks = member(lead, "marks");
    if (!marks.is_array() || marks.empty())
        text += "Nothing in its text shows a cost by itself; it is on the way, and changed.\n";
    return text;
}

std::vector<ProjectRule> rules_broken(Conversation& conversation, const Json& lead) {
    std::vector<std::string> kinds;
    for (const Json& mark : member(lead, "marks")) {
        const std::string cost = text_at(mark, "cost");
        kinds.push_back(cost == "latency" ? "starvation" : cost);
        if (contains_ignoring_case(text_at(mark, "what"), "cop")) kinds.emplace_back("copies");
    }
    return kinds.empty() ? std::vector<ProjectRule>()
                         : broken_by(rules_for(conversation, text_at(lead, "file")), kinds);
}

std::string stack_text(const Json& lead) {
    std::string text;
    for (const Json& step : member(lead, "path")) text += frame(step) + "\n";
    const Json& marks = member(lead, "marks");
    const std::string what = marks.is_array() && !marks.empty() ? " - " + text_at(marks.front(), "what") : "";
    return text + frame(lead) + what + "\n";
}

// The text of the function around the line.
std::string quoted(Conversation& conversation, const Json& lead) {
    const std::int64_t line = integer_at(lead, "line");
    const ToolResult* text = conversation.ask("read_file", {{"path", text_at(lead, "file")},
                                                            {"first", std::max<std::int64_t>(1, line - 6)},
                                                            {"last", line + 6}});
    if (!text || !text->fault.empty()) return {};
    std::string quote;
    for (const SourceLine& each : numbered_lines(text->text))
        quote += fmt::format("  {} {:>4}  {}\n", each.number == line ? ">" : " ", each.number, each.text);
    return quote;
}

std::string resolution(const Json& data) {
    std::string text;
    for (const Json& lead : member(data, "hypotheses")) {
        const Json& marks = member(lead, "marks");
        if (!marks.is_array() || marks.empty()) continue;
        text += fmt::format("{}. {}: {}\n", integer_at(lead, "rank"), text_at(lead, "symbol"),
                            text_at(marks.front(), "fix"));
    }
    return text + fmt::format("First measure, before anything is changed: what would settle it is {}.\n",
                              text_at(data, "settle"));
}

}  // namespace

std::optional<std::string> described_write_up(Conversation& conversation, std::string_view about,
                                              std::string_view symptom, bool with_text) {
    Json arguments = {{"about", one_line(about, kLongest)}};
    if (!symptom.empty()) arguments["symptom"] = symptom;
    const ToolResult* result = conversation.ask("survey", arguments);
    if (!result || !result->fault.empty()) return std::nullopt;
    const Json& leads = member(result->data, "hypotheses");
    if (!leads.is_array() || leads.empty()) return std::nullopt;
    std::string causes, stacks;
    for (const Json& lead : leads) {
        causes += cause_text(lead, result->evidence) + rules_text(rules_broken(conversation, lead)) + "\n";
        stacks += (stacks.empty() ? "" : "\n") + stack_text(lead);
        if (with_text) stacks += "\n" + quoted(conversation, lead);
    }
    if (conversation.is_waiting()) return std::nullopt;
    return fmt::format(
        "## Observed Behavior\n{}\n## Root Cause Analysis\nThe likeliest on the calls from there, by what "
        "their lines do; "
        "the source alone cannot tell how often they run.\n\n{}## Call Stack\n{}\n## Resolution\n{}",
        observed(result->data, result->evidence), causes, stacks, resolution(result->data));
}

}  // namespace culprit
