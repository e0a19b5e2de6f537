#include "agent/grounding/facts.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace culprit {
namespace {

// Tools whose answers are lines of files.
constexpr std::array<std::string_view, 5> kSourceTools = {"read_file", "read_symbol", "grep", "list_files",
                                                          "diff_symbol"};

// A line of a file without its number: "   12  code", "a/b.cs:12: code".
std::string_view without_line_number(std::string_view line) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first == std::string_view::npos) return line;
    const std::size_t end = line.find_first_not_of("0123456789", first);
    if (end != first && end != std::string_view::npos) return line.substr(end);
    return line;
}

// "    before      after     change  explains  method": words far apart.
bool is_table_head(std::string_view line) {
    return line.starts_with("  ") && line.find_first_of(".:;") == line.npos;
}

}  // namespace

Facts::Facts(std::span<const Event> events) {
    std::map<std::string_view, std::string_view> arguments;
    for (const Event& event : events) {
        if (const auto* reply = std::get_if<AssistantReply>(&event.body)) {
            for (const ToolCall& call : reply->calls) arguments[call.id] = call.arguments;
        }
        if (const auto* user = std::get_if<UserText>(&event.body)) {
            std::ranges::move(figures_in(user->text), std::back_inserter(said_));
        }
        const auto* result = std::get_if<ToolResult>(&event.body);
        if (!result || !result->fault.empty()) continue;
        const bool is_source = std::ranges::find(kSourceTools, result->tool) != kSourceTools.end();
        std::string_view head;
        for (const std::string_view line : split_lines(result->text)) {
            const std::string_view text = is_source ? without_line_number(line) : line;
            FactRow row{text, figures_in(text, true), head, results_.size()};
            if (row.figures.empty()) head = row.head = is_table_head(line) ? line : std::string_view();
            rows_.push_back(std::move(row));
        }
        results_.push_back({result->evidence, result->text, arguments[result->call_id], is_source});
    }
}

const FactResult* Facts::find(std::string_view evidence) const {
    const auto found = std::ranges::find(results_, evidence, &FactResult::evidence);
    return found == results_.end() ? nullptr : &*found;
}

std::string_view Facts::column(const FactRow& row, std::size_t figure) const {
    std::size_t at = 0;
    for (const std::string_view word : split(row.head, ' ')) {
        if (!word.empty() && at++ == figure) return word;
    }
    return {};
}

bool Facts::mentions(std::string_view word) const {
    return std::ranges::any_of(results_,
                               [&](const FactResult& result) { return contains_word(result.text, word); });
}

bool Facts::was_said(const Figure& figure) const {
    return std::ranges::any_of(said_, [&](const Figure& each) {
        return each.measure == figure.measure && is_rounding_of(figure, each);
    });
}

}  // namespace culprit
