#include "agent/investigator/follow_up.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <vector>

#include <re2/re2.h>

#include "agent/investigator/suspicions.h"
#include "base/text.h"
#include "tools/investigate/costs.h"

namespace culprit {
namespace {

constexpr std::size_t kLongest = 300;  // bytes: what is longer tells a story

// A way to ask. ITEM stands for a cause's number or a name of code, NAME for a name or a suspicion, COST for
// a kind of cost. The first that fits counts.
struct Form {
    std::string_view asked;
    FollowUp::Kind kind;
};

constexpr Form kForms[] = {
    {"(?:.*\\W)?(?:more|further|full|fuller|whole|complete|entire|longer|deeper|detailed|every|all)\\b.*\\b(?"
     ":"
     "call[- ]?)?(?:stacks?|stack ?traces?|call ?paths?|frames)(?:,? (?:please|in (?:more|full) detail))?(?: "
     "(?:of|for|to|through|from|behind) ITEM)?",
     FollowUp::Kind::Stacks},
    {"(?:.*\\W)?(?:call[- ]?)?(?:stacks?|stack ?traces?)(?: (?:of|for|to|through) ITEM)?,? (?:in|with) "
     "(?:more|"
     "full|greater|all) (?:the )?(?:details?|frames)",
     FollowUp::Kind::Stacks},
    {"(?:more|(?:some )?details?)(?: (?:of|on|about|for) ITEM)?", FollowUp::Kind::Cause},
    {"(?:tell me |say |show me )?(?:more|details) (?:of|on|about) ITEM", FollowUp::Kind::Cause},
    {"(?:explain|elaborate on|expand on|zoom in(?:to| on)) ITEM", FollowUp::Kind::Cause},
    {"(?:how (?:do|can|could|should) (?:i|we)|how to) (?:fix|solve|mend|resolve) ITEM",
     FollowUp::Kind::Cause},
    {"what (?:should|can) (?:i|we) do (?:about|with) ITEM", FollowUp::Kind::Cause},
    {"(?:give me |list |look at |rank |sort )?(?:only|just|nothing but|restrict(?: it)? to)(?: "
     "(?:show|list|look "
     "at|by))?(?: (?:me|the))* COST",
     FollowUp::Kind::Only},
    {"(?:show |list |rank |sort |look at )?(?:me |it |them |the )*(?:by )?COST (?:only|alone)",
     FollowUp::Kind::Only},
    {"(?:rank|sort|order)(?: it| them| the causes| again)* by COST", FollowUp::Kind::Only},
    {"(?:rank |show |look at |consider )?(everything|all of it|all metrics|all costs)(?: again)?",
     FollowUp::Kind::Only},
    {"why (?:is|was|are|were)?(?:n't| not)? ?(?:it |this |that |they )?(?:not )?(?:because of |due to |about "
     "|"
     "caused by )?NAME(?: not)?(?: (?:the|a|to|on|among|in) ?(?:cause|causes|culprit|culprits|problem|reason|"
     "blame|list|suspects?)|(?: so)? (?:slow|slower|expensive|costly|hot))?",
     FollowUp::Kind::Doubt},
    {"(?:could|couldn't|can|can't|might|may|should|shouldn't|would)(?:n't)? (?:it|this|that) (?:not "
     ")?(?:also )?"
     "be (?:because of |due to |caused by )?NAME(?: instead)?",
     FollowUp::Kind::Doubt},
    {"(?:is|was|isn't|wasn't)(?:n't)? (?:it|this|that) (?:not )?(?:because of |due to |caused by |rather "
     ")?NAME"
     "(?: instead)?",
     FollowUp::Kind::Doubt},
    {"(?:is|was|isn't|wasn't) NAME (?:not )?(?:the|a|to|part of the|to be) "
     "?(?:cause|culprit|problem|reason|blame"
     "|blamed|suspect|at fault|guilty)",
     FollowUp::Kind::Doubt},
    {"(?:and )?(?:what|how) about NAME", FollowUp::Kind::Doubt},
    {"(?:but )?(?:i|we) (?:think|thought|believe|suspect|suspected|bet|guess|would have said)(?: that)?(?: "
     "it(?:"
     "'s| is| was)?)?(?: because of| due to)? NAME(?: is| was)?(?: (?:the|to) "
     "(?:cause|culprit|problem|blame))?",
     FollowUp::Kind::Doubt},
    {"how much (?:of (?:it|that|the (?:slowdown|time|growth|shift)) )?(?:is|does|do|comes from|is due to) "
     "NAME(?: "
     "(?:cost|explain|take|matter))?",
     FollowUp::Kind::Doubt},
    {"(?:did|was|has|were|have) NAME (?:change|changed|been changed|touched|edited)", FollowUp::Kind::Doubt},
    {"does NAME (?:matter|play a part|play a role|cost much)", FollowUp::Kind::Doubt},
};

struct Words {
    std::string_view words;  // an expression
    std::string_view dimension;
};
constexpr Words kCosts[] = {
    {"(?:memory )?allocations?|allocating|allocated(?: memory| bytes)?|memory|bytes|gc|garbage(?: "
     "collections?)?",
     "allocations"},
    {"(?:lock )?contention|locks?|lock waits?|waits?|waiting(?: for locks)?|blocking", "contention"},
    {"exceptions?(?: thrown)?|throws?", "exceptions"},
    {"cpu(?: time)?|processor(?: time)?|computing", "cpu"},
    {"(?:wall(?:[- ]clock)? )?time|samples|latency|wall[- ]clock", "time"},
};

struct Compiled {
    std::unique_ptr<RE2> expression;
    FollowUp::Kind kind;
};

std::vector<Compiled> compile() {
    std::vector<std::string> costs;
    for (const Words& each : kCosts) costs.emplace_back(each.words);
    const std::string cost = fmt::format("({})", join(costs, "|"));
    const std::string item =
        "(?:(?:cause|number|no\\.?|point|item|the) "
        ")*(#?\\d{1,2}|first|second|third|fourth|fifth|1st|2nd|3rd|4th|"
        "5th|`[^`]+`|\\S+?)(?: (?:one|cause))?";
    const std::string name = fmt::format(
        "(?:the |a |an )?(?:method |function |type |class |call to "
        ")?(`[^`]+`|{}|[A-Za-z_][\\w.:<>]*(?:\\([^)]*\\))?)",
        suspicion_words());
    std::vector<Compiled> all;
    for (const Form& form : kForms) {
        std::string asked = replace_all(std::string(form.asked), "ITEM", item);
        asked = replace_all(replace_all(std::move(asked), "NAME", name), "COST", cost);
        asked =
            "(?is)\\s*(?:(?:and|so|but|please|now|ok|okay|can you|could you|i want|give me|tell me|show(?: "
            "me)?)"
            ",? +)*(?:" +
            asked + ")(?:,? (?:please|then|now|again))*\\s*[?.!]*\\s*";
        all.push_back({std::make_unique<RE2>(asked), form.kind});
    }
    return all;
}

std::string_view dimension_of(const std::string& words) {
    for (const Words& each : kCosts) {
        if (RE2::FullMatch(words, fmt::format("(?i){}", each.words))) return each.dimension;
    }
    return {};
}

// A name of code, not a word of prose: "Resolve", "cart_add", what stands in backquotes.
bool is_name(std::string_view name) {
    return std::ranges::any_of(
        name, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || c == '.'; });
}

// `about` made canonical; false: the words are neither a number, a name nor a suspicion.
bool settle(FollowUp& asked) {
    const bool is_quoted = asked.about.size() > 2 && asked.about.front() == '`';
    if (is_quoted) asked.about = asked.about.substr(1, asked.about.size() - 2);
    switch (asked.kind) {
        case FollowUp::Kind::Only: asked.about = dimension_of(asked.about); return true;
        case FollowUp::Kind::Doubt:
            if (const Suspicion* suspicion = suspicion_called(asked.about)) {
                asked.about = suspicion->name;
                return true;
            }
            return is_quoted || is_name(asked.about);
        case FollowUp::Kind::Stacks:
            return asked.about.empty() || is_quoted || asked.number() || is_name(asked.about);
        case FollowUp::Kind::Cause: return is_quoted || asked.number() || is_name(asked.about);
    }
    return false;
}

}  // namespace

int FollowUp::number() const {
    static constexpr std::array<std::string_view, 10> kOrdinals = {
        "first", "second", "third", "fourth", "fifth", "1st", "2nd", "3rd", "4th", "5th"};
    const auto ordinal = std::ranges::find(kOrdinals, to_lower(about));
    if (ordinal != kOrdinals.end()) return static_cast<int>((ordinal - kOrdinals.begin()) % 5) + 1;
    const std::string_view digits = about.starts_with('#') ? std::string_view(about).substr(1) : about;
    int number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

std::optional<FollowUp> follow_up_in(std::string_view message) {
    static const std::vector<Compiled> kCompiled = compile();
    if (message.size() > kLongest) return std::nullopt;
    for (const Compiled& each : kCompiled) {
        FollowUp asked{.kind = each.kind};
        if (RE2::FullMatch(message, *each.expression, &asked.about) && settle(asked)) return asked;
    }
    return std::nullopt;
}

}  // namespace culprit
