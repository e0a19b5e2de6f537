#include "agent/investigator/investigator.h"

#include "agent/investigator/clues.h"
#include "agent/investigator/described.h"
#include "agent/investigator/doubts.h"
#include "agent/investigator/follow_up.h"
#include "agent/investigator/hang.h"
#include "agent/investigator/questions.h"
#include "agent/investigator/stacks.h"
#include "agent/investigator/suspicions.h"
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

// What the conversation has come to.
struct Wish {
    const Dimension* only = nullptr;  // the kind of cost that was asked for last
    std::optional<FollowUp> asked;    // by the last message
};

Wish wish_of(const std::vector<std::string_view>& messages) {
    Wish wish;
    for (std::size_t i = 1; i < messages.size(); ++i) {
        wish.asked = follow_up_in(messages[i]);
        if (wish.asked && wish.asked->kind == FollowUp::Kind::Only)
            wish.only = dimension_named(wish.asked->about);
    }
    // A doubt is about all that was measured.
    if (wish.asked && wish.asked->kind == FollowUp::Kind::Doubt) wish.only = nullptr;
    return wish;
}

// The message that tells of the case: the one with clues, else the last that is no question about an answer.
std::string_view told(const Conversation& conversation, const Clues& clues) {
    const auto& messages = conversation.messages();
    if (!clues.frames.empty() || !clues.symbols.empty()) return messages[clues.message];
    for (std::size_t i = messages.size(); i-- > 1;) {
        if (!follow_up_in(messages[i]) && !code_question(messages[i])) return messages[i];
    }
    return messages.front();
}

// The symptom that stands for the kind of cost that was asked for.
std::string_view symptom_wanted(const Wish& wish) {
    const bool doubts = wish.asked && wish.asked->kind == FollowUp::Kind::Doubt;
    if (const Suspicion* suspicion = doubts ? suspicion_called(wish.asked->about) : nullptr)
        return suspicion->symptom;
    if (!wish.only) return {};
    if (wish.only->metric == "allocations") return "memory";
    return wish.only->metric == "contention" ? "latency" : "cpu";
}

// What the description speaks of, and what on the way from there fits it; else what it names.
Reply look_at_sources(Conversation& conversation, const Clues& clues, const Wish& wish) {
    if (wish.asked && wish.asked->kind == FollowUp::Kind::Doubt && !suspicion_called(wish.asked->about)) {
        Clues doubted;
        doubted.symbols = {wish.asked->about};
        return investigate_source(conversation, doubted);
    }
    const bool has_stack = !clues.frames.empty();
    if (!has_stack && !conversation.messages().empty()) {
        const auto described =
            described_write_up(conversation, told(conversation, clues), symptom_wanted(wish),
                               wish.asked && wish.asked->kind == FollowUp::Kind::Stacks);
        if (described) return {*described, true};
        if (conversation.is_waiting())
            return {"Without a profile I look for what your words speak of in the sources."};
    }
    return investigate_source(conversation, clues);
}

Reply without_profile(Conversation& conversation, const Clues& clues, const Wish& wish,
                      const std::vector<std::string>& signs) {
    Reply reply = look_at_sources(conversation, clues, wish);
    if (reply.is_final && !signs.empty()) reply.text += "\n" + join(signs, "\n") + "\n";
    return reply;
}

constexpr std::string_view kCanSay =
    "Without a model I answer questions of these kinds about an investigation: \"a more detailed call "
    "stack\", "
    "\"why not NAME?\" (a method, or gc, locks, allocations, exceptions, I/O), \"only allocations\" (or cpu, "
    "locks, "
    "exceptions), \"tell me more about 2\", \"who calls NAME?\". `--model` or `/model` sets one that answers "
    "any.\n";

// Whether the last message says nothing that could be looked into, behind an answer.
bool is_unclear(const Conversation& conversation, const Wish& wish, const Clues& clues) {
    const auto& messages = conversation.messages();
    if (messages.size() < 2 || wish.asked || !conversation.is_answered()) return false;
    return clues.message + 1 < messages.size() && !is_about_speed(messages.back()) &&
           !is_about_hanging(messages.back());
}

// Names alone, after a case with profiles, are asked about that case.
void take_for_doubt(const Conversation& conversation, Wish& wish, Clues& clues) {
    const bool names_alone = clues.profiles.empty() && clues.frames.empty() && !clues.symbols.empty();
    if (wish.asked || clues.message == 0 || !names_alone) return;
    Clues earlier = find_clues(conversation, clues.message);
    if (earlier.profiles.empty()) return;
    wish = {.only = nullptr, .asked = FollowUp{FollowUp::Kind::Doubt, clues.symbols.front()}};
    clues = std::move(earlier);
}

// The place of the cause that is meant, by its number or a part of its name; none: it is not among them.
std::optional<std::size_t> meant_cause(const Measurements& measured, const FollowUp& asked) {
    const std::size_t number = static_cast<std::size_t>(asked.number());
    if (number > 0) return number <= measured.suspects.size() ? std::optional(number - 1) : std::nullopt;
    for (std::size_t i = 0; i < measured.suspects.size(); ++i) {
        if (is_meant(measured.suspects[i].name, asked.about)) return i;
    }
    return std::nullopt;
}

Reply no_such_cause(const Measurements& measured, const FollowUp& asked) {
    std::vector<std::string> causes;
    for (const Suspect& suspect : measured.suspects) causes.push_back(plain_symbol(suspect.name));
    return {fmt::format("{} is none of the causes, which are {}.\n", asked.about,
                        causes.empty() ? "none" : join(causes, ", ")),
            true};
}

// Of the causes, or of one of them, or of a method that is none.
Reply show_stacks(Conversation& conversation, const Measurements& measured, const FollowUp& asked) {
    std::vector<Suspect> wanted = measured.suspects;
    if (!asked.about.empty()) {
        const auto cause = meant_cause(measured, asked);
        if (!cause && asked.number() > 0) return no_such_cause(measured, asked);
        wanted = {cause ? measured.suspects[*cause] : Suspect{.name = asked.about}};
        if (!cause && !locate(conversation, wanted)) return {"Looking it up in the sources."};
    }
    std::erase_if(wanted, [](const Suspect& each) { return !each.place; });
    if (wanted.empty())
        return {"What is asked about is not in the source roots, so there is no stack to show.\n", true};
    std::string text = "## Call Stack\n";
    for (const Suspect& suspect : wanted) {
        const auto stack = detailed_stack(conversation, measured, suspect);
        text += fmt::format("{}:\n\n{}\n", plain_symbol(suspect.name), stack.value_or(""));
    }
    if (conversation.is_waiting()) return {"Reading each line on the way, and what it costs."};
    return {std::move(text), true};
}

Reply answer(Conversation& conversation, const Measurements& measured, const FollowUp& asked) {
    switch (asked.kind) {
        case FollowUp::Kind::Stacks: return show_stacks(conversation, measured, asked);
        case FollowUp::Kind::Cause: {
            const auto cause = meant_cause(measured, asked);
            if (!cause) return no_such_cause(measured, asked);
            return {cause_write_up(measured, *cause), true};
        }
        case FollowUp::Kind::Doubt: {
            auto text = answer_doubt(conversation, measured, asked.about);
            if (!text) return {"Looking at how it stands in the measurements."};
            return {std::move(*text), true};
        }
        case FollowUp::Kind::Only: break;
    }
    return {write_up(measured), true};
}

Reply investigate(Conversation& conversation) {
    const auto& messages = conversation.messages();
    if (const auto question = messages.empty() ? std::nullopt : code_question(messages.back()))
        return answer(conversation, *question);
    Wish wish = wish_of(messages);
    Clues clues = find_clues(conversation);
    if (is_unclear(conversation, wish, clues)) return {std::string(kCanSay), true};
    take_for_doubt(conversation, wish, clues);
    const bool has_profile = !clues.profiles.empty() && !clues.was_recorded;
    std::vector<std::string> signs;
    if (!has_profile) {
        if (auto hang = look_at_hang(conversation)) return {std::move(hang->text), hang->is_final};
        auto walk = names_nothing(clues) ? walk_stress_test(conversation) : std::nullopt;
        if (conversation.is_waiting()) return {walk ? walk->doing : std::string()};
        if (walk) signs = std::move(walk->signs);
        if (walk && !walk->traces.empty()) clues.profiles = std::move(walk->traces);
        if (clues.profiles.empty()) return without_profile(conversation, clues, wish, signs);
    }
    auto work = clues.was_recorded ? conversation.recorded_work() : work_in(messages[clues.message]);
    auto measurements = measure(conversation, clues.profiles, wish.only, work.value_or(Work{}));
    if (!measurements) {
        return {clues.profiles.size() >= 2
                    ? "Comparing the profiles: what grew, and is it the program's own?"
                    : "Looking at the profile: what costs, and is it the program's own?"};
    }
    const bool has_names = !clues.frames.empty() || !clues.symbols.empty();
    if (measurements->profiles.empty() && has_names) return without_profile(conversation, clues, wish, signs);
    if (!locate(conversation, measurements->suspects))
        return {"Reading the suspects in the source, and who calls them."};
    std::ranges::move(signs, std::back_inserter(measurements->signs));
    if (wish.asked) return answer(conversation, *measurements, *wish.asked);
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
