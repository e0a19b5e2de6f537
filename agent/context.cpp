#include "agent/context.h"

#include <algorithm>
#include <set>

#include "agent/compose.h"
#include "agent/spending.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kSmallResult = 400;  // bytes; the line in its place would save little

std::set<std::string, std::less<>> shortened_in(std::span<const Event> events) {
    std::set<std::string, std::less<>> ids;
    for (const Event& event : events) {
        if (const auto* shortened = std::get_if<ResultsShortened>(&event.body))
            ids.insert(shortened->evidence.begin(), shortened->evidence.end());
    }
    return ids;
}

}  // namespace

std::int64_t room_for_request(const ModelFacts& facts) {
    if (facts.window == 0) return 0;
    const std::int64_t reply = std::min(facts.max_output > 0 ? facts.max_output : 8192, facts.window / 5);
    return facts.window - std::min<std::int64_t>(reply, 32000) - facts.window / 20;
}

std::vector<const ToolResult*> results_to_shorten(std::span<const Event> events, std::size_t bytes) {
    const auto gone = shortened_in(events);
    struct Candidate {
        const ToolResult* result;
        bool is_new;
    };
    std::vector<Candidate> candidates;
    for (const Event& event : events) {
        if (std::holds_alternative<AssistantReply>(event.body)) {
            for (Candidate& each : candidates) each.is_new = false;
        }
        const auto* result = std::get_if<ToolResult>(&event.body);
        if (result && result->text.size() > kSmallResult && !gone.contains(result->evidence))
            candidates.push_back({result, true});
    }
    std::ranges::stable_sort(candidates, [](const Candidate& a, const Candidate& b) {
        return a.is_new != b.is_new ? b.is_new : a.result->text.size() > b.result->text.size();
    });
    std::vector<const ToolResult*> chosen;
    std::size_t saved = 0;
    for (const Candidate& each : candidates) {
        if (saved >= bytes) break;
        saved += each.result->text.size();
        chosen.push_back(each.result);
    }
    return chosen;
}

Result<> shorten_results(Session& session, const std::vector<const ToolResult*>& results) {
    ResultsShortened shortened;
    for (const ToolResult* result : results) {
        if (result->artifact.path.empty()) {
            TRY_OK(write_file(session.place().artifacts / (result->evidence + ".txt"), result->text,
                              Mode::Private));
        }
        shortened.evidence.push_back(result->evidence);
    }
    return session.record(std::move(shortened));
}

std::string plain_summary(std::span<const Event> events) {
    constexpr std::size_t kMost = 24000;
    std::string text = "(Made by the program: the beginnings of what was said and found.)\n";
    std::vector<std::string> lines;
    for (const Event& event : events) {
        if (const auto* earlier = std::get_if<Summarized>(&event.body))
            lines.push_back(earlier->text.substr(0, kMost / 2));
        if (const auto* user = std::get_if<UserText>(&event.body))
            lines.push_back("Engineer: " + one_line(user->text, 600));
        const auto* reply = std::get_if<AssistantReply>(&event.body);
        if (reply && !trim(reply->text).empty()) lines.push_back("You: " + one_line(reply->text, 1200));
        if (const auto* result = std::get_if<ToolResult>(&event.body)) {
            lines.push_back(
                fmt::format("[{}] {}: {}", result->evidence, result->tool, one_line(result->text, 160)));
        }
    }
    // The newest say most.
    std::size_t first = lines.size();
    for (std::size_t bytes = text.size(); first > 0 && bytes + lines[first - 1].size() < kMost; --first)
        bytes += lines[first - 1].size() + 1;
    if (first > 0) text += fmt::format("({} earlier lines are left out)\n", first);
    for (const std::string& line : std::span(lines).subspan(first)) text += line + "\n";
    return text;
}

Summarized summarize_as(std::string text, std::span<const Event> events) {
    Summarized summary{.text = std::move(text), .message = {}, .spent = spent_by_model(events)};
    for (const Event& event : events) {
        if (const auto* user = std::get_if<UserText>(&event.body)) summary.message = user->text;
        if (const auto* earlier = std::get_if<Summarized>(&event.body)) summary.message = earlier->message;
        const auto* reply = std::get_if<AssistantReply>(&event.body);
        if (reply && reply->calls.empty()) summary.message.clear();
    }
    return summary;
}

std::string context_text(const Request& request, std::span<const Event> events, Provider& provider) {
    const std::int64_t window = provider.facts().window;
    const TokenEstimate& estimate = provider.estimate();
    std::string text;
    const auto row = [&](std::string_view what, std::size_t bytes, std::size_t count) {
        const std::int64_t tokens = estimate.tokens(bytes);
        text +=
            fmt::format("{:>10}  {:7}  {}{}\n", grouped(tokens),
                        window > 0 ? percent(static_cast<double>(tokens) / static_cast<double>(window)) : "",
                        what, count > 0 ? fmt::format(" ({})", count) : "");
    };
    std::size_t said = 0, answered = 0, results = 0, messages = 0, replies = 0, calls = 0;
    for (const Message& message : request.messages) {
        const bool is_user = message.role == Message::Role::User,
                   is_result = message.role == Message::Role::Tool;
        (is_user ? said : is_result ? results : answered) += message.text.size();
        (is_user ? messages : is_result ? calls : replies) += 1;
        for (const ToolCall& call : message.calls) answered += call.arguments.size() + call.name.size();
    }
    const std::size_t all = request_bytes(request);
    text +=
        fmt::format("About {} tokens{}\n", grouped(estimate.tokens(all)),
                    window > 0 ? fmt::format(" of the window of {} of {}", grouped(window), provider.model())
                               : fmt::format("; {} has no window", provider.model()));
    row("system prompt", request.system.size(), 0);
    row("tools", tool_bytes(request), request.tools.size());
    row("messages of yours", said, messages);
    row("replies", answered, replies);
    row("results of tools", results, calls);
    if (const auto gone = shortened_in(events).size(); gone > 0)
        text +=
            fmt::format("{} results are shortened to a line each; the model can read them again.\n", gone);
    for (const ToolResult* result : results_to_shorten(events, 40000)) {
        if (result->text.size() < 4000) break;
        text += fmt::format("  [{}] {}: {}\n", result->evidence, result->tool,
                            bytes_text(static_cast<double>(result->text.size())));
    }
    return text;
}

}  // namespace culprit
