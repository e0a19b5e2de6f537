#include "agent/compose.h"

#include <set>

#include "agent/offer.h"
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
    Composer(std::span<const Event> events, std::string_view model, Request& request)
        : model_(model), request_(request) {
        for (const Event& event : events) {
            if (const auto* shortened = std::get_if<ResultsShortened>(&event.body))
                shortened_.insert(shortened->evidence.begin(), shortened->evidence.end());
        }
    }

    void add(const AssistantReply& reply, std::span<const Event> after) {
        const std::vector<const ToolResult*> results = results_of(reply, after);
        const bool all_answered = std::ranges::find(results, nullptr) == results.end();
        const std::string_view text = shown_text(reply, after);
        if (text.empty() && (reply.calls.empty() || !all_answered)) return;
        request_.messages.push_back({.role = Message::Role::Assistant, .text = text});
        if (!all_answered) return;
        request_.messages.back().calls = reply.calls;
        if (!reply.carried.wire.empty() && reply.model == model_)
            request_.messages.back().carried = &reply.carried;
        for (const ToolResult* result : results) {
            request_.messages.push_back(
                {.role = Message::Role::Tool, .text = made(shown_result(*result)), .result = result});
        }
    }

    void add(const UserText& user) { add_user(user.text); }
    void add(const Nudged& nudged) { add_user(nudged.text); }
    void add(const Summarized& summary) {
        std::string text = fmt::format("[What came before, in short:]\n{}", summary.text);
        if (!summary.message.empty())
            text += fmt::format("\n\n[My message, which is not answered yet:]\n{}", summary.message);
        request_.messages.clear();
        add_user(made(std::move(text)));
    }
    void add(const WriteUpChecked& checked) {
        if (!checked.asked.empty()) add_user(checked.asked);
    }
    void add(const Cancelled& event) {
        add_partial(event.partial, "[the engineer stopped this answer here]");
    }
    void add(const TurnFailed& event) { add_partial(event.partial, "[this answer broke off here]"); }

  private:
    std::string shown_result(const ToolResult& result) const {
        if (!shortened_.contains(result.evidence))
            return fmt::format("[{}] {}", result.evidence, result.text);
        return fmt::format("[{}] {}: {} left out to make room; read_file {} shows them again",
                           result.evidence, result.tool, bytes_text(static_cast<double>(result.text.size())),
                           whole_result_path(result));
    }
    void add_user(std::string_view text) {
        request_.messages.push_back({.role = Message::Role::User, .text = text});
    }
    void add_partial(std::string_view partial, std::string_view remark) {
        if (trim(partial).empty()) return;
        request_.messages.push_back(
            {.role = Message::Role::Assistant, .text = made(fmt::format("{}\n{}", partial, remark))});
    }
    std::string_view made(std::string text) { return request_.made.emplace_back(std::move(text)); }

    std::string_view model_;
    std::set<std::string, std::less<>> shortened_;
    Request& request_;
};

}  // namespace

std::string whole_result_path(const ToolResult& result) {
    return fmt::format("artifacts/{}",
                       result.artifact.path.empty() ? result.evidence + ".txt" : result.artifact.path);
}

void add_conversation(std::span<const Event> events, std::string_view model, Request& request) {
    Composer composer(events, model, request);
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

Result<Request> compose_request(Session& session, const Toolbox& tools, std::string_view model) {
    Request request{.system = {}, .messages = {}, .tools = offered_tools(tools, session.events())};
    Workspace& workspace = session.workspace();
    const std::string memory = workspace.memory.head(), playbooks = workspace.playbooks.list();
    TRY(request.system, system_prompt({workspace.roots, memory, playbooks, workspace.guidelines}));
    add_conversation(session.events(), model, request);
    return request;
}

Result<std::string> system_prompt(const PromptParts& parts) {
    std::string list;
    for (const Root& root : parts.roots.all()) {
        if (root.what == Root::What::Source) list += fmt::format("- {}/ (source tree)\n", root.name);
        if (root.what == Root::What::File) {
            list += fmt::format("- {} (file, {})\n", root.name, root.path.string());
        }
    }
    if (list.empty())
        list = "None yet: ask the engineer to name the folder of the sources and the profile files.\n";
    const auto or_none = [](std::string_view text, std::string_view none) {
        return text.empty() ? none : text;
    };
    return fill_prompt(prompt_text("system.md"),
                       {{"roots", list},
                        {"memory", or_none(parts.memory, "Nothing is known yet.\n")},
                        {"playbooks", or_none(parts.playbooks, "None.\n")},
                        {"guidelines", or_none(parts.guidelines, "None.\n")}});
}

}  // namespace culprit
