#include "agent/room.h"

#include "agent/compose.h"
#include "agent/context.h"
#include "base/text.h"
#include "prompts/prompts.h"

namespace culprit {
namespace {

std::size_t size_of(const std::vector<const ToolResult*>& results) {
    std::size_t bytes = 0;
    for (const ToolResult* result : results) bytes += result->text.size();
    return bytes;
}

// The summary by the model that is asked anyway; empty if it could not be had.
Result<std::string> written_summary(const Session& session, Provider& provider, const Request& request,
                                    Usage& used, std::stop_token stop) {
    Request asking{.system = request.system, .messages = {}, .tools = request.tools};
    add_conversation(session.events(), provider.model(), asking);
    asking.messages.push_back({.role = Message::Role::User, .text = prompt_text("summary.md")});
    auto answer = provider.stream(
        asking, [](const Delta&) {}, std::move(stop));
    if (!answer && answer.error().fault == Fault::Cancelled) return std::unexpected(answer.error());
    if (!answer) return std::string();
    used += answer->usage;
    return std::string(trim(answer->text));
}

}  // namespace

Result<bool> make_room(Session& session, Provider& provider, const Request& request, Fit fit,
                       Terminal& terminal, Usage& used, std::stop_token stop) {
    const std::int64_t room = room_for_request(provider.facts());
    const std::size_t bytes = request_bytes(request);
    const std::int64_t tokens = provider.estimate().tokens(bytes);
    if (fit == Fit::Estimated && (room == 0 || tokens <= room)) return false;

    // To the half, so that it is not done again at once: every time costs the provider's cache.
    const double share =
        fit == Fit::Refused ? 0.5 : 1 - 0.5 * static_cast<double>(room) / static_cast<double>(tokens);
    const auto excess = static_cast<std::size_t>(static_cast<double>(bytes) * share);
    const auto chosen = results_to_shorten(session.events(), excess);
    const bool is_enough = size_of(chosen) >= excess / 2;
    if (!chosen.empty()) {
        TRY_OK(shorten_results(session, chosen));
        terminal.notice(fmt::format("The model's window is full: {} results are shortened to a line each.",
                                    chosen.size()));
    }
    if (is_enough) return true;
    terminal.notice("The model's window is full: it sums up what came before.");
    TRY(std::string text, written_summary(session, provider, request, used, std::move(stop)));
    if (text.empty()) text = plain_summary(session.events());
    Summarized summary = summarize_as(std::move(text), session.events());
    if (used.input_tokens > 0) summary.spent.emplace_back(std::string(provider.model()), used);
    TRY_OK(session.record(std::move(summary)));
    return true;
}

}  // namespace culprit
