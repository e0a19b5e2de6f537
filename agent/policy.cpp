#include "agent/policy.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

#include "agent/command_words.h"
#include "base/process.h"
#include "base/text.h"
#include "tools/run/shell_line.h"

namespace culprit {
namespace {

using Verdict = Decision::Verdict;

Result<fs::path> rule_path(std::string_view text, const fs::path& folder) {
    const char* home = std::getenv("HOME");
    const bool in_home = text == "~" || text.starts_with("~/");
    if (in_home && home)
        return real_path(fs::path(home) / text.substr(std::min<std::size_t>(2, text.size())));
    return real_path(folder / text);
}

Result<> add_grant(std::string_view word, const fs::path& folder, Needs& grants) {
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string_view name = word.substr(1, equals - 1);
    const std::string_view value = word.substr(std::min(equals + 1, word.size()));
    std::vector<fs::path>* paths = name == "write"    ? &grants.writes
                                   : name == "read"   ? &grants.reads
                                   : name == "socket" ? &grants.sockets
                                                      : nullptr;
    if (paths && !value.empty()) {
        TRY(fs::path path, rule_path(value, folder));
        paths->push_back(std::move(path));
        return {};
    }
    if (word == "+network")
        grants.network = true;
    else if (word == "+processes")
        grants.processes = true;
    else if (word == "+unconfined")
        grants.unconfined = true;
    else
        return fail(Fault::Invalid,
                    "'{}' is no grant; there are +network, +write=PATH, +read=PATH, +socket=PATH, +processes "
                    "and +unconfined",
                    word);
    return {};
}

// What a plan starts, command by command.
struct Commands {
    struct Each {
        ShellCommand command;
        fs::path folder;  // empty: not known
    };
    std::vector<Each> each;
    std::string opaque;              // why some of it is not known; empty: all of it is
    std::vector<std::string> crude;  // the words of what is not known
};

void add_line(const Start& start, Commands& commands) {
    auto parsed = parse_shell_line(start.line);
    if (!parsed) {
        commands.opaque = parsed.error().what;
        std::ranges::move(crude_words(start.line), std::back_inserter(commands.crude));
        return;
    }
    fs::path folder = start.folder;
    bool first = true;
    for (ShellCommand& command : *parsed) {
        if (!start.host.empty()) {
            // Rules for hosts begin with "ssh HOST".
            command.words.insert(command.words.begin(), {"ssh", start.host});
            command.literal += 2;
            commands.each.push_back({std::move(command), {}});
            continue;
        }
        // After "cd x; y" nobody knows whether the change worked; after "cd x && y" it did.
        if (!std::exchange(first, false) && !command.follows) folder.clear();
        if (!command.words.empty() && command.words.front() == "cd") {
            const bool is_plain =
                command.words.size() == 2 && command.literal == 2 && command.words[1] != "-";
            folder = is_plain && !folder.empty() ? folder / command.words[1] : fs::path();
        }
        commands.each.push_back({std::move(command), folder});
    }
}

Commands commands_of(const Plan& plan) {
    Commands commands;
    for (const Start& start : plan.starts) {
        if (start.argv.empty())
            add_line(start, commands);
        else
            commands.each.push_back({{.words = start.argv, .literal = start.argv.size()}, start.folder});
        if (!start.environment.empty() && !commands.each.empty())
            commands.each.back().command.assignments = start.environment;
        if (!start.environment.empty() && start.argv.empty()) commands.opaque = "a variable for a whole line";
    }
    return commands;
}

// "dotnet" is what PATH finds; "./bench" is that file.
bool is_program(std::string_view wanted, const fs::path& wanted_from, std::string_view given,
                const fs::path& given_from) {
    const bool both_named = !wanted.contains('/') && !given.contains('/');
    if (both_named) return wanted == given;
    const auto place = [](std::string_view name, const fs::path& from) -> fs::path {
        if (!name.contains('/')) return find_program(name);
        if (from.empty() && !name.starts_with('/')) return {};
        return real_path(from / name).value_or(fs::path());
    };
    const fs::path a = place(wanted, wanted_from), b = place(given, given_from);
    return !a.empty() &&
           (a == b || a == real_path(b).value_or(fs::path()) || real_path(a).value_or(fs::path()) == b);
}

bool allows(const Rule& rule, const Commands::Each& each, const fs::path& rules_folder) {
    const ShellCommand command = without_wrappers(each.command);
    if (rule.words == std::vector<std::string>{"*"}) return command.assignments.empty();
    const bool has_words = !rule.words.empty() && rule.words.size() <= command.literal;
    if (!has_words || !command.assignments.empty()) return false;
    return is_program(rule.words.front(), rules_folder, command.words.front(), each.folder) &&
           std::equal(rule.words.begin() + 1, rule.words.end(), command.words.begin() + 1);
}

// Whether the rule's words stand somewhere in `words`, the first of them as a program: by its name, wherever
// it lies.
bool stands_in(const Rule& rule, std::span<const std::string> words) {
    for (; words.size() >= rule.words.size(); words = words.subspan(1)) {
        const std::string name = fs::path(words.front()).filename().string();
        const bool is_same = words.front() == rule.words.front() || name == rule.words.front();
        if (is_same && std::equal(rule.words.begin() + 1, rule.words.end(), words.begin() + 1)) return true;
    }
    return false;
}

bool denies(const Rule& rule, const AskedCall& asked, const Commands& commands) {
    const bool has_needs = rule.grants != Needs{};
    if (rule.words.empty()) return has_needs && asked.plan && needs_any(asked.plan->needs, rule.grants);
    if (has_needs && !(asked.plan && needs_any(asked.plan->needs, rule.grants))) return false;
    if (rule.words.size() == 1 && (rule.words[0] == asked.tool || rule.words[0] == "*")) return true;
    if (stands_in(rule, commands.crude)) return true;
    return std::ranges::any_of(commands.each, [&](const Commands::Each& each) {
        const std::vector<std::string> words = started_words(each.command);
        if (runs_others(each.command.words)) return stands_in(rule, words);
        return words.size() >= rule.words.size() &&
               stands_in(rule, std::span(words).first(rule.words.size()));
    });
}

// What would let this pass: a rule for each command that none allows.
std::vector<std::string> rules_for(const AskedCall& asked, const Commands& commands, const Rules& rules,
                                   const Needs& needs) {
    const std::string grants = needs_text(needs);
    const auto rule = [&](const std::vector<std::string>& words) {
        return quoted(words) + (grants.empty() ? "" : " " + grants);
    };
    if (!asked.plan || asked.plan->editable.empty()) return {rule({std::string(asked.tool)})};
    std::vector<std::string> texts;
    if (!commands.opaque.empty()) return texts;
    for (const Commands::Each& each : commands.each) {
        const bool passes = std::ranges::any_of(rules.allow, [&](const Rule& known) {
            return covers(known.grants, needs) && allows(known, each, rules.folder);
        });
        if (passes || (!needs.unconfined && is_harmless(each.command) && commands.each.size() > 1)) continue;
        const std::vector<std::string> words = rule_words(without_wrappers(each.command));
        if (words.empty()) return {};
        std::string text = rule(words);
        if (std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
    }
    return texts;
}

// The rules that let it pass, as one text; empty if they do not.
std::string passed_by(const AskedCall& asked, const Commands& commands, const Rules& rules,
                      const Needs& needs) {
    const auto find = [&](const auto& matches) -> const Rule* {
        for (const Rule& rule : rules.allow)
            if (covers(rule.grants, needs) && matches(rule)) return &rule;
        return nullptr;
    };
    const auto whole = [&](const Rule& rule) {
        return rule.words.size() == 1 &&
               (rule.words[0] == asked.tool || (rule.words[0] == "*" && asked.plan));
    };
    if (const Rule* rule = find(whole)) return fmt::format("the rule '{}' allows it", rule->text);
    if (!commands.opaque.empty() || commands.each.empty()) return {};
    const bool some_harmless = !needs.unconfined && commands.each.size() > 1;
    std::vector<std::string> used;
    for (const Commands::Each& each : commands.each) {
        const Rule* rule = find([&](const Rule& candidate) { return allows(candidate, each, rules.folder); });
        if (rule && (!needs.unconfined || each.command.writes_to.empty()))
            used.push_back(fmt::format("'{}'", rule->text));
        else if (!some_harmless || !is_harmless(each.command))
            return {};
    }
    if (used.empty()) return {};
    std::ranges::sort(used);
    used.erase(std::unique(used.begin(), used.end()), used.end());
    return fmt::format("the rule{} {} allow{} it", used.size() > 1 ? "s" : "", join(used, " and "),
                       used.size() > 1 ? "" : "s");
}

std::string refusal(const AskedCall& asked, const Decision& decision, const Commands& commands) {
    std::string why = "no rule allows it, and there is no terminal at which a person could";
    if (!decision.rules.empty()) {
        std::vector<std::string> flags;
        for (const std::string& rule : decision.rules) flags.push_back("--allow " + quoted({rule}));
        return fmt::format("{}; this would: {}", why, join(flags, " "));
    }
    if (!commands.opaque.empty()) why += "; " + commands.opaque;
    return fmt::format("{}; only --allow {} would", why, asked.tool);
}

}  // namespace

Result<Rule> parse_rule(std::string_view text, RuleKind kind, const fs::path& folder) {
    const auto commands = parse_shell_line(text);
    const bool is_one = commands && commands->size() == 1 && commands->front().writes_to.empty();
    if (!is_one)
        return fail(Fault::Invalid, "the rule '{}' is not one plain command: {}", printable(text),
                    commands ? "it is none, or several" : commands.error().what);
    Rule rule{.text = std::string(trim(text))};
    const ShellCommand& command = commands->front();
    if (!command.assignments.empty())
        return fail(Fault::Invalid, "the rule '{}' sets a variable; rules begin with a program",
                    printable(text));
    for (const std::string& word : command.words) {
        if (word.starts_with('+'))
            TRY_OK(add_grant(word, folder, rule.grants));
        else
            rule.words.push_back(word);
    }
    const bool is_empty = rule.words.empty() && (kind == RuleKind::Allow || rule.grants == Needs{});
    if (is_empty) return fail(Fault::Invalid, "the rule '{}' names no command", printable(text));
    return rule;
}

Decision decide(const AskedCall& asked, const Rules& rules, const Circumstances& where) {
    if (asked.effect == Effect::Reads) return {Verdict::Allow, "it only reads"};
    if (asked.effect == Effect::Remembers) return {Verdict::Allow, "it writes in the memory folder alone"};
    if (asked.plan && asked.plan->starts.empty()) return {Verdict::Allow, "it starts nothing"};
    const Commands commands = asked.plan ? commands_of(*asked.plan) : Commands{};
    for (const Rule& rule : rules.deny) {
        if (denies(rule, asked, commands))
            return {Verdict::Deny, fmt::format("the rule '{}' denies it", rule.text)};
    }
    Needs needs = asked.plan ? asked.plan->needs : Needs{};
    if (asked.plan && starts_programs(*asked.plan) && !where.no_sandbox.empty()) needs = {.unconfined = true};
    if (std::string why = passed_by(asked, commands, rules, needs); !why.empty())
        return {Verdict::Allow, std::move(why)};
    Decision decision{Verdict::Ask, "it runs something", rules_for(asked, commands, rules, needs)};
    if (where.can_ask) return decision;
    decision.verdict = Verdict::Deny;
    decision.why = refusal(asked, decision, commands);
    return decision;
}

}  // namespace culprit
