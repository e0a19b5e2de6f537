#include "agent/investigator/questions.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <re2/re2.h>

#include "agent/investigator/clues.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kLongest = 400;  // bytes: what is longer tells a story

// A way to ask: an expression in which NAME stands for a name of code and REF for a revision, the tool, and
// the arguments that the groups are, in their order.
struct Form {
    std::string_view asked, tool;
    std::array<std::string_view, 3> arguments;
};

constexpr Form kForms[] = {
    {"(?:who|what|which \\w+) calls? NAME", "callers", {"name"}},
    {"(?:the |all )*callers of NAME", "callers", {"name"}},
    {"where is NAME called(?: from)?", "callers", {"name"}},
    {"what (?:does|do) NAME call", "callees", {"name"}},
    {"(?:the |all )*callees of NAME", "callees", {"name"}},
    {"(?:who|what|which \\w+) (?:implements?|overrides?|derives? from|inherits?(?: from)?) NAME",
     "implementations",
     {"name"}},
    {"(?:the |all )*(?:implementations?|overrides|subclasses) of NAME", "implementations", {"name"}},
    {"(?:who|what|which \\w+) (?:uses?|reads?|writes?(?: to)?|references?) NAME", "references", {"name"}},
    {"where is NAME (?:used|read|written|referenced)", "references", {"name"}},
    {"(?:the |all )*(?:references to|us(?:ag)?es of) NAME", "references", {"name"}},
    {"(?:where is|what is|which (?:code|method|line) is) (?:the )?frame (.+?)", "source_resolve", {"frame"}},
    {"where is NAME(?: defined| declared| implemented)?", "find_symbol", {"name"}},
    {"(?:find|locate|(?:the )?definition of) NAME", "find_symbol", {"name"}},
    {"how (?:does|do|can) NAME (?:get to|reach|call|lead to|come to call|end up in|end up calling) NAME",
     "call_paths",
     {"from", "to"}},
    {"(?:the |all |call )*paths? from NAME to NAME", "call_paths", {"from", "to"}},
    {"(?:what(?:'s| is) in|(?:the )?outline(?: of)?|(?:the )?members of) NAME", "outline", {"what"}},
    {"(?:the )?(?:code of|source of|text of) NAME", "read_symbol", {"name"}},
    {"(?:read|print|what does) NAME(?: do)?", "read_symbol", {"name"}},
    {"how does NAME work", "read_symbol", {"name"}},
    {"(?:what changed in|how did) NAME (?:change )?(?:between|from) REF (?:and|to) REF",
     "diff_symbol",
     {"name", "from", "to"}},
    {"what (?:has )?changed (?:between|from) REF (?:and|to) REF", "changes", {"from", "to"}},
    {"who (?:wrote|changed|touched|last changed) NAME", "blame_symbol", {"name"}},
    {"(?:blame|(?:the )?history of) NAME", "blame_symbol", {"name"}},
    {"(?:what|which) (?:anti-?)?patterns (?:are|stand) in NAME", "find_patterns", {"in"}},
    {"what (?:is|looks) (?:slow|wasteful|expensive) in NAME", "find_patterns", {"in"}},
};

struct Compiled {
    std::unique_ptr<RE2> expression;
    const Form* form;
};

std::vector<Compiled> compile() {
    std::vector<Compiled> all;
    for (const Form& form : kForms) {
        std::string asked =
            replace_all(std::string(form.asked), "NAME",
                        "(?:the )?(?:method |function |type |class |interface |property |field )?"
                        "(`[^`]+`|[^\\s?`,;()]+(?:\\([^)]*\\))?)");
        asked = replace_all(asked, "REF", "`?([\\w./~^@-]+?)`?");
        asked = "(?i)\\s*(?:(?:and|so|please|now|tell me|show(?: me)?|list(?: me)?|find(?: me)?),? +)*" +
                asked + "\\s*[?.!]*\\s*";
        all.push_back({std::make_unique<RE2>(asked), &form});
    }
    return all;
}

// More than a word of prose: "Resolve", "cart_add", "src/Cart.cs:7", what stands in backquotes.
bool is_name(std::string_view name) {
    return std::ranges::any_of(
        name, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || c == '.' || c == '/'; });
}

// The other arguments of these tools are revisions.
bool is_of_history(std::string_view tool) { return tool == "changes" || tool == "diff_symbol"; }

}  // namespace

std::optional<CodeQuestion> code_question(std::string_view message) {
    static const std::vector<Compiled> kCompiled = compile();
    if (message.size() > kLongest) return std::nullopt;
    for (const Compiled& each : kCompiled) {
        std::array<std::string, 3> groups;
        const std::array<RE2::Arg, 3> into = {&groups[0], &groups[1], &groups[2]};
        const std::array<const RE2::Arg*, 3> pointers = {&into[0], &into[1], &into[2]};
        const int count = each.expression->NumberOfCapturingGroups();
        if (!RE2::FullMatchN(message, *each.expression, pointers.data(), count)) continue;
        CodeQuestion question{.tool = each.form->tool, .arguments = Json::object()};
        bool names = true;
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
            std::string_view given = trim(groups[i]);
            const bool quoted = given.size() > 2 && given.front() == '`' && given.back() == '`';
            if (quoted) given = given.substr(1, given.size() - 2);
            while (!quoted && given.ends_with('.')) given.remove_suffix(1);
            const std::string_view argument = each.form->arguments[i];
            const bool revision = argument != "name" && is_of_history(each.form->tool);
            names &= quoted || revision || is_name(given);
            if (is_profile_name(given)) return std::nullopt;  // it is about the profile
            if (argument == "in")
                question.arguments["in"] = Json::array({given});
            else
                question.arguments[std::string(argument)] = given;
        }
        if (names) return question;
    }
    return std::nullopt;
}

}  // namespace culprit
