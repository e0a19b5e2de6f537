#include "agent/consent.h"

#include <optional>
#include <sstream>

#include <fcntl.h>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/text.h"
#include "tools/run/runner.h"

namespace culprit {
namespace {

using Verdict = Decision::Verdict;

constexpr std::string_view kFile = "allowed.toml";

std::string toml_text(std::string_view text) {
    std::ostringstream out;
    out << toml::value<std::string>(std::string(text));
    return out.str();
}

// The rules of the project that were said to count always.
std::vector<std::string> remembered(const fs::path& file, const fs::path& project,
                                    std::vector<std::string>& warnings) {
    std::vector<std::string> rules;
    const auto text = read_file(file, 1 << 20);
    if (!text) {
        if (text.error().fault != Fault::NotFound) warnings.push_back(text.error().what);
        return rules;
    }
    const toml::parse_result parsed = toml::parse(*text);
    if (!parsed) {
        warnings.push_back(fmt::format("{}, line {}: {}; nothing is allowed by it", file.string(),
                                       parsed.error().source().begin.line, parsed.error().description()));
        return rules;
    }
    const toml::array* rows = parsed.table()["allow"].as_array();
    for (std::size_t i = 0; rows && i < rows->size(); ++i) {
        const toml::table* row = rows->get(i)->as_table();
        if (row && (*row)["project"].value_or(std::string()) == project.string())
            rules.push_back((*row)["rule"].value_or(std::string()));
    }
    return rules;
}

struct Reply {
    enum class What { Yes, No, Always, Edit };
    What what = What::No;
    std::string rest;  // why not; or which rule always
};

// "y", "no, it is too slow", "a dotnet build", "e". What is none of these is a no, and the reason for it.
Reply read_reply(std::string_view typed) {
    const std::string_view answer = trim(typed);
    const std::size_t word = std::min(answer.find_first_of(" ,:;."), answer.size());
    const std::string first = to_lower(answer.substr(0, word));
    const std::size_t rest_at = std::min(answer.find_first_not_of(" ,:;", word), answer.size());
    const std::string rest(answer.substr(rest_at));
    if (first == "y" || first == "yes") return {Reply::What::Yes, {}};
    if (first == "a" || first == "always") return {Reply::What::Always, rest};
    if (first == "e" || first == "edit") return {Reply::What::Edit, {}};
    if (first == "n" || first == "no") return {Reply::What::No, rest};
    return {Reply::What::No, std::string(answer)};
}

// The call's plan, if its tool makes one; where commands cannot be boxed, `no_sandbox` says why, and it needs
// all.
Result<std::optional<Plan>> plan_of(const OfferedTool& tool, const std::string& arguments, Workbench& bench,
                                    std::string& no_sandbox) {
    if (tool.effect != Effect::Runs || !tool.plan) return std::nullopt;
    TRY(const Json json,
        parse_json(arguments.empty() ? "{}" : arguments, fmt::format("the arguments of {}", tool.name)));
    TRY(Plan plan, tool.plan(json, bench));
    TRY(const Runner* const runner, runner_of(bench));
    if (starts_programs(plan)) no_sandbox = runner->sandbox().problem();
    if (!no_sandbox.empty()) plan.needs = {.unconfined = true};
    return plan;
}

}  // namespace

std::string shown_plan(const Plan& plan, const Roots& roots) {
    std::string text;
    std::vector<std::string> remarks;
    fs::path folder;
    for (const Start& start : plan.starts) {
        text += fmt::format("  {}\n", replace_all(printable(start_text(start)), "\n", "\n    "));
        if (start.host.empty() && !start.folder.empty()) folder = start.folder;
    }
    if (!folder.empty()) remarks.push_back("in " + roots.shown(folder));
    const Needs& needs = plan.needs;
    if (needs.unconfined) {
        remarks.emplace_back("OUTSIDE OF THE SANDBOX, with all that you may do");
        return text + join(remarks, ", ");
    }
    if (needs.network) remarks.emplace_back("with the network");
    if (needs.processes) remarks.emplace_back("seeing the processes of this machine");
    for (const fs::path& path : needs.writes) remarks.push_back("writing " + path.string());
    for (const fs::path& path : needs.reads) remarks.push_back("reading " + path.string());
    for (const fs::path& path : needs.sockets) remarks.push_back("talking to " + path.string());
    return text + printable(join(remarks, ", "));
}

// A call as it stands: with the arguments as they are now, its plan, and what the rules say.
struct Consent::Proposal {
    const OfferedTool* tool;
    std::string arguments;
    bool is_edited = false;
    std::optional<Plan> plan;
    Decision decision;
    std::string no_sandbox;

    bool can_edit() const { return plan && !plan->editable.empty(); }
    std::string question(const Roots& roots) const {
        std::string text = fmt::format("{} wants to run:\n{}\n", tool->name, shown(roots));
        if (!no_sandbox.empty()) text += no_sandbox + "\n";
        if (!decision.rules.empty()) text += fmt::format("always: {}\n", join(decision.rules, "\n        "));
        return fmt::format("{}[y]es, [n]o (and why){}{}? ", text, decision.rules.empty() ? "" : ", [a]lways",
                           can_edit() ? ", [e]dit" : "");
    }
    AskedCall asked() const { return {tool->name, tool->effect, plan ? &*plan : nullptr}; }
    std::string shown(const Roots& roots) const {
        if (!plan) return fmt::format("  {} {}", tool->name, printable(arguments));
        return shown_plan(*plan, roots);
    }
    Permit permit(bool allowed, std::string why, const Roots& roots) const {
        return {.allowed = allowed,
                .why = std::move(why),
                .shown = tool->effect == Effect::Runs ? shown(roots) : std::string(),
                .arguments = is_edited ? arguments : std::string(),
                .granted = plan ? plan->needs : Needs{}};
    }
};

Result<Permit> permit_by_name(const OfferedTool& tool, const ToolCall& call, Workbench& bench) {
    std::string no_sandbox;
    TRY(const std::optional<Plan> plan, plan_of(tool, call.arguments, bench, no_sandbox));
    Permit permit{.allowed = true, .why = "the person started it by name"};
    if (!plan) return permit;
    permit.shown = shown_plan(*plan, bench.roots);
    permit.granted = plan->needs;
    return permit;
}

Consent::Consent(const fs::path& project, fs::path own_folder, std::vector<std::string>& warnings)
    : project_(project), own_folder_(std::move(own_folder)) {
    rules_.folder = project;
    if (!own_folder_.empty())
        add(RuleKind::Allow, remembered(own_folder_ / kFile, project_, warnings), warnings);
}

void Consent::add(RuleKind kind, const std::vector<std::string>& rules, std::vector<std::string>& warnings) {
    for (const std::string& text : rules) {
        auto rule = parse_rule(text, kind, project_);
        if (rule)
            (kind == RuleKind::Allow ? rules_.allow : rules_.deny).push_back(*std::move(rule));
        else
            warnings.push_back(rule.error().what + "; it does not count");
    }
}

Result<Consent::Proposal> Consent::propose(const OfferedTool& tool, std::string arguments, Workbench& bench,
                                           bool can_ask) const {
    Proposal proposal{.tool = &tool, .arguments = std::move(arguments)};
    TRY(proposal.plan, plan_of(tool, proposal.arguments, bench, proposal.no_sandbox));
    proposal.decision = decide(proposal.asked(), rules_, {can_ask, proposal.no_sandbox});
    return proposal;
}

Result<Permit> Consent::judge(const OfferedTool& tool, const ToolCall& call, Workbench& bench,
                              Terminal& terminal) {
    TRY(Proposal proposal, propose(tool, call.arguments, bench, terminal.can_ask()));
    return ask(std::move(proposal), bench, terminal);
}

Result<std::string> Consent::remember(const std::string& text) {
    TRY(Rule rule, parse_rule(text, RuleKind::Allow, project_));
    rules_.allow.push_back(std::move(rule));
    if (own_folder_.empty()) return std::string("until culprit ends");
    TRY_OK(make_folder(own_folder_));
    const fs::path file = own_folder_ / kFile;
    const Descriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!fd) return std::unexpected(errno_error("opening", file));
    TRY_OK(write_all(
        fd.get(),
        fmt::format("[[allow]]\nproject = {}\nrule = {}\n\n", toml_text(project_.string()), toml_text(text)),
        file));
    return fmt::format("in this project, until you take it out of {}", file.string());
}

// The person's own command in place of the model's; none if it was left empty.
Result<std::optional<Consent::Proposal>> Consent::edit(const Proposal& proposal, Workbench& bench,
                                                       Terminal& terminal) const {
    const auto typed = terminal.ask("edit: ", start_text(proposal.plan->starts.front()));
    if (!typed) return std::unexpected(cancelled());
    if (trim(*typed).empty()) return std::nullopt;
    TRY(Json arguments, parse_json(proposal.arguments, "the arguments"));
    for (const std::string_view gone : {proposal.plan->replaces, std::string_view("environment")})
        arguments.erase(std::string(gone));
    arguments[std::string(proposal.plan->editable)] = *typed;
    TRY(Proposal edited, propose(*proposal.tool, dump_json(arguments), bench, true));
    edited.is_edited = true;
    return edited;
}

// The rules of the answer, or those that were offered.
void Consent::allow_always(Proposal& proposal, const std::string& own_rule, Terminal& terminal) {
    std::vector<std::string> rules = proposal.decision.rules;
    if (!own_rule.empty()) rules = {own_rule};
    std::string told;
    for (const std::string& rule : rules) {
        const auto kept = remember(rule);
        if (!kept) terminal.failure(kept.error().what);
        if (kept) told += fmt::format("Allowed {}: {}\n", *kept, rule);
    }
    if (!told.empty()) terminal.notice(trim(told));
    proposal.decision = decide(proposal.asked(), rules_, {true, proposal.no_sandbox});
    if (proposal.decision.verdict != Verdict::Allow) terminal.notice("No rule allows this call yet.");
}

Result<Permit> Consent::ask(Proposal proposal, Workbench& bench, Terminal& terminal) {
    while (proposal.decision.verdict == Verdict::Ask) {
        if (bench.stop.stop_requested()) return std::unexpected(cancelled());
        const auto typed = terminal.ask(proposal.question(bench.roots), "");
        if (!typed) return std::unexpected(cancelled());
        const Reply reply = read_reply(*typed);
        if (reply.what == Reply::What::Yes) return proposal.permit(true, "the person said yes", bench.roots);
        if (reply.what == Reply::What::Always) {
            allow_always(proposal, reply.rest, terminal);
            if (proposal.decision.verdict == Verdict::Allow)
                return proposal.permit(true, "the person said always: " + proposal.decision.why, bench.roots);
        } else if (reply.what == Reply::What::Edit && proposal.can_edit()) {
            auto edited = edit(proposal, bench, terminal);
            if (!edited && edited.error().fault == Fault::Cancelled) return std::unexpected(edited.error());
            if (!edited) terminal.failure(edited.error().what);
            if (!edited || !*edited) continue;
            const Decision& decision = (*edited)->decision;
            if (decision.verdict == Verdict::Deny) return (*edited)->permit(false, decision.why, bench.roots);
            return (*edited)->permit(true, "the person edited it", bench.roots);
        } else {
            return proposal.permit(
                false, reply.rest.empty() ? "the person said no" : "the person said no: " + reply.rest,
                bench.roots);
        }
    }
    const bool allowed = proposal.decision.verdict == Verdict::Allow;
    return proposal.permit(allowed, proposal.decision.why, bench.roots);
}

}  // namespace culprit
