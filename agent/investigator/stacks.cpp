#include "agent/investigator/stacks.h"

#include <algorithm>

#include "agent/investigator/write_up.h"
#include "base/text.h"

namespace culprit {
namespace {

// The heaviest stack through the suspect, as it was measured, outermost first.
std::vector<std::string> measured_stack(Inquiry& inquiry, const Measurements& measured,
                                        const Suspect& suspect, std::string& evidence) {
    Json arguments = {{"file", measured.profile_in_question()},
                      {"through", escaped(plain_symbol(suspect.name)) + "\\b"},
                      {"limit", 1}};
    const std::string_view metric = suspect.costs.empty() ? "" : suspect.costs.front().dimension->metric;
    if (!metric.empty()) arguments["metric"] = metric;
    const ToolResult* result = inquiry.ask("profile_path", arguments);
    std::vector<std::string> stack;
    if (!result || !result->fault.empty()) return stack;
    evidence = result->evidence;
    const Json& paths = member(result->data, "paths");
    if (!paths.is_array() || paths.empty()) return stack;
    for (const Json& frame : member(paths.front(), "shown")) {
        if (frame.is_string()) stack.push_back(frame.get<std::string>());
    }
    return stack;
}

// The share of the samples that is spent in a method and all that it calls, before and after.
std::string inclusive_text(Inquiry& inquiry, const Measurements& measured, const std::string& symbol) {
    std::vector<std::string> sides, evidence;
    for (const std::string& file : measured.profiles) {
        const ToolResult* top = inquiry.ask("profile_top", {{"file", file}, {"own", true}, {"limit", 60}});
        if (!top || !top->fault.empty()) return {};
        double most = -1;
        for (const Json& row : member(top->data, "rows")) {
            if (plain_symbol(text_at(row, "shown")) == symbol)
                most = std::max(most, number_at(row, "inclusive_share"));
        }
        if (most < 0) return {};
        sides.push_back(percent(most));
        evidence.push_back(top->evidence);
    }
    return fmt::format("{} with all that it calls [{}]", join(sides, " -> "), join(evidence, ", "));
}

// The text of the line.
std::string line_text(Inquiry& inquiry, const std::string& file, int line) {
    const ToolResult* result = inquiry.ask("read_file", {{"path", file}, {"first", line}, {"last", line}});
    if (!result || !result->fault.empty()) return {};
    for (const SourceLine& each : numbered_lines(result->text)) {
        if (each.number == line) return std::string(trim(each.text));
    }
    return {};
}

std::string own_frame(Inquiry& inquiry, const Measurements& measured, const Step& step) {
    std::vector<std::string> notes;
    if (std::string cost = inclusive_text(inquiry, measured, step.symbol); !cost.empty())
        notes.push_back(std::move(cost));
    if (const std::string text = line_text(inquiry, step.file, step.line); !text.empty())
        notes.push_back(fmt::format("`{}`", replace_all(text, "`", "'")));
    return fmt::format("at {}{} ({}:line {}){}{}\n", step.symbol, step.arguments, step.file, step.line,
                       notes.empty() ? "" : " - ", join(notes, "; "));
}

// The share of the suspect's time that a frame below it has on top of the stacks.
std::string leaf_note(const Suspect& suspect, const std::string& frame) {
    const auto leaf = std::ranges::find(suspect.leaves, frame, &Leaf::name);
    if (leaf == suspect.leaves.end()) return {};
    return fmt::format(" - {} of it ends here [{}]", percent(leaf->share), suspect.evidence);
}

}  // namespace

std::optional<std::string> detailed_stack(Inquiry& inquiry, const Measurements& measured,
                                          const Suspect& suspect) {
    std::string evidence, around, below;
    const std::vector<std::string> stack = measured_stack(inquiry, measured, suspect, evidence);
    std::vector<Step> own = suspect.path;
    own.push_back({.symbol = suspect.place->symbol,
                   .arguments = suspect.place->arguments,
                   .file = suspect.place->file,
                   .line = suspect.cost_line});
    const auto is_own = [&](const std::string& frame) {
        return std::ranges::find(own, plain_symbol(frame), &Step::symbol) != own.end();
    };
    const auto first = std::ranges::find_if(stack, is_own);
    for (auto frame = stack.begin(); frame != first; ++frame) around += fmt::format("at {}\n", *frame);
    const auto last = std::find_if(stack.rbegin(), stack.rend(), is_own).base();
    for (auto frame = last; first != stack.end() && frame != stack.end(); ++frame)
        below += fmt::format("at {}{}\n", *frame, leaf_note(suspect, *frame));
    std::string frames;
    for (const Step& step : own) frames += own_frame(inquiry, measured, step);
    if (inquiry.is_waiting()) return std::nullopt;
    std::string text = around + frames;
    if (!below.empty()) text += "\nIn the runtime it goes on:\n" + below;
    if (!evidence.empty())
        text += fmt::format(
            "\nThe frames without a place are the runtime's, from the heaviest stack through it [{}].\n",
            evidence);
    return text + quoted_body(suspect);
}

}  // namespace culprit
