#include "agent/investigator/investigator.h"

#include "agent/investigator/clues.h"
#include "agent/investigator/hang.h"
#include "agent/investigator/questions.h"
#include "agent/investigator/walk.h"
#include "agent/investigator/write_up.h"
#include "base/text.h"
#include "tools/investigate/hypotheses.h"

namespace culprit {
namespace {

// What the investigator says next: calls with a word on why, or the write-up.
struct Reply {
    std::string text;
    bool is_final = false;
};

Reply investigate_source(Conversation& conversation, const Clues& clues) {
    std::vector<Suspect> named;
    for (const std::string& frame : clues.frames) named.push_back({.name = frame});
    for (const std::string& symbol : clues.symbols) {
        if (clues.frames.empty()) named.push_back({.name = symbol});
    }
    if (!locate(conversation, named)) return {"Without a profile I go by the names in your message."};
    return {source_write_up(named, clues), true};
}

Reply answer(Conversation& conversation, const CodeQuestion& question) {
    const ToolResult* result = conversation.ask(question.tool, question.arguments);
    if (!result) return {};
    return {fmt::format("{}\n[{}]\n", trim(result->text), result->evidence), true};
}

// Nothing in the source to begin with: what is left is to run the program.
bool names_nothing(const Clues& clues) { return clues.frames.empty() && clues.symbols.empty(); }

Reply without_profile(Conversation& conversation, const Clues& clues, const std::vector<std::string>& signs) {
    Reply reply = investigate_source(conversation, clues);
    if (reply.is_final && !signs.empty()) reply.text += "\n" + join(signs, "\n") + "\n";
    return reply;
}

Reply investigate(Conversation& conversation) {
    const auto& messages = conversation.messages();
    if (const auto question = messages.empty() ? std::nullopt : code_question(messages.back()))
        return answer(conversation, *question);
    Clues clues = find_clues(conversation);
    const bool has_profile = !clues.profiles.empty() && !clues.was_recorded;
    std::vector<std::string> signs;
    if (!has_profile) {
        if (auto hang = look_at_hang(conversation)) return {std::move(hang->text), hang->is_final};
        auto walk = names_nothing(clues) ? walk_stress_test(conversation) : std::nullopt;
        if (conversation.is_waiting()) return {walk ? walk->doing : std::string()};
        if (walk) signs = std::move(walk->signs);
        if (walk && !walk->traces.empty()) clues.profiles = std::move(walk->traces);
        if (clues.profiles.empty()) return without_profile(conversation, clues, signs);
    }
    auto measurements = measure(conversation, clues.profiles);
    if (!measurements) {
        return {clues.profiles.size() >= 2
                    ? "Comparing the profiles: what grew, and is it the program's own?"
                    : "Looking at the profile: what costs, and is it the program's own?"};
    }
    const bool has_names = !clues.frames.empty() || !clues.symbols.empty();
    if (measurements->profiles.empty() && has_names) return without_profile(conversation, clues, signs);
    if (!locate(conversation, measurements->suspects))
        return {"Reading the suspects in the source, and who calls them."};
    std::ranges::move(signs, std::back_inserter(measurements->signs));
    return {write_up(*measurements), true};
}

class Investigator : public Provider {
  public:
    std::string_view model() const override { return "investigator"; }

    Result<Answer> stream(const Request& request, const OnDelta& on_delta, std::stop_token stop) override {
        if (stop.stop_requested()) return std::unexpected(cancelled());
        Conversation conversation(request);
        Reply reply = investigate(conversation);
        Answer answer{.calls = conversation.take_calls()};
        if (!answer.calls.empty()) answer.stop = StopReason::Calls;
        // A word on what is being done, once.
        if (reply.is_final || !was_said(request, reply.text)) answer.text = std::move(reply.text);
        for (std::string_view rest = answer.text; !rest.empty();) {
            const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
            on_delta(TextDelta{rest.substr(0, end)});
            rest.remove_prefix(end);
        }
        return answer;
    }

  private:
    static bool was_said(const Request& request, std::string_view text) {
        for (std::size_t i = request.messages.size(); i-- > 0;) {
            if (request.messages[i].role == Message::Role::User) return false;
            if (request.messages[i].role == Message::Role::Assistant && request.messages[i].text == text)
                return true;
        }
        return false;
    }
};

}  // namespace

std::unique_ptr<Provider> make_investigator() { return std::make_unique<Investigator>(); }

}  // namespace culprit
