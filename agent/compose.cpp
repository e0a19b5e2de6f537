#include "agent/compose.h"

#include "base/text.h"
#include "prompts/prompts.h"

namespace culprit {
namespace {

// The results of the calls of the reply at `events[0]`, which come before the next reply.
std::vector<const ToolResult*> results_of(const AssistantReply& reply, std::span<const Event> after) {
    std::vector<const ToolResult*> results(reply.calls.size(), nullptr);
    for (const Event& event : after) {
        if (std::holds_alternative<AssistantReply>(event.body)) break;
        const auto* result = std::get_if<ToolResult>(&event.body);
        for (std::size_t i = 0; result && i < results.size(); ++i) {
            if (reply.calls[i].id == result->call_id) results[i] = result;
        }
    }
    return results;
}

// The text of a reply as it was shown.
std::string_view shown_text(const AssistantReply& reply, std::span<const Event> after) {
    for (const Event& event : after) {
        if (std::holds_alternative<AssistantReply>(event.body) ||
            std::holds_alternative<UserText>(event.body))
            break;
        const auto* checked = std::get_if<WriteUpChecked>(&event.body);
        if (checked && !checked->shown.empty()) return checked->shown;
    }
    return reply.text;
}

class Composer {
  public:
    explicit Composer(Request& request) : request_(request) {}

    void add(const AssistantReply& reply, std::span<const Event> after) {
        const std::vector<const ToolResult*> results = results_of(reply, after);
        const bool all_answered = std::ranges::find(results, nullptr) == results.end();
        const std::string_view text = shown_text(reply, after);
        if (text.empty() && (reply.calls.empty() || !all_answered)) return;
        request_.messages.push_back({.role = Message::Role::Assistant, .text = text});
        if (!all_answered) return;
        request_.messages.back().calls = reply.calls;
        for (const ToolResult* result : results) {
            request_.messages.push_back({.role = Message::Role::Tool,
                                         .text = made(fmt::format("[{}] {}", result->evidence, result->text)),
                                         .result = result});
        }
    }

    void add(const UserText& user) { add_user(user.text); }
    void add(const WriteUpChecked& checked) {
        if (!checked.asked.empty()) add_user(checked.asked);
    }
    void add(const Cancelled& event) {
        add_partial(event.partial, "[the engineer stopped this answer here]");
    }
    void add(const TurnFailed& event) { add_partial(event.partial, "[this answer broke off here]"); }

  private:
    void add_user(std::string_view text) {
        request_.messages.push_back({.role = Message::Role::User, .text = text});
    }
    void add_partial(std::string_view partial, std::string_view remark) {
        if (trim(partial).empty()) return;
        request_.messages.push_back(
            {.role = Message::Role::Assistant, .text = made(fmt::format("{}\n{}", partial, remark))});
    }
    std::string_view made(std::string text) { return request_.made.emplace_back(std::move(text)); }

    Request& request_;
};

}  // namespace

void add_conversation(std::span<const Event> events, Request& request) {
    Composer composer(request);
    for (std::size_t i = 0; i < events.size(); ++i) {
        std::visit(
            [&](const auto& body) {
                if constexpr (requires { composer.add(body, events); })
                    composer.add(body, events.subspan(i + 1));
                else if constexpr (requires { composer.add(body); })
                    composer.add(body);
            },
            events[i].body);
    }
}

Result<std::string> system_prompt(const Roots& roots, std::string_view memory) {
    std::string list;
    for (const Root& root : roots.all()) {
        if (root.what == Root::What::Source) list += fmt::format("- {}/ (source tree)\n", root.name);
        if (root.what == Root::What::File) {
            list += fmt::format("- {} (file, {})\n", root.name, root.path.string());
        }
    }
    if (list.empty())
        list = "None yet: ask the engineer to name the folder of the sources and the profile files.\n";
    return fill_prompt(prompt_text("system.md"),
                       {{"roots", list}, {"memory", memory.empty() ? "Nothing is known yet.\n" : memory}});
}

}  // namespace culprit
