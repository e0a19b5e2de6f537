#include "agent/program_parts.h"

#include "agent/mentions.h"
#include "agent/offer.h"
#include "agent/playbooks/start.h"
#include "agent/spending.h"
#include "tools/invoke.h"

namespace culprit {
namespace {

// How long ask waits for plug-in servers to be there: nobody types meanwhile.
constexpr std::chrono::seconds kPluginWait{10};

}  // namespace

ProgramParts::ProgramParts(const Options& options_)
    : options(options_),
      here(fs::current_path()),
      project(find_project(here)),
      workspace(project),
      session(project, workspace, clock) {
    // Their names may only be taken by a plug-in, and those come later.
    static_cast<void>(tools.add(playbook_tool(workspace.playbooks)));
    static_cast<void>(tools.add(open_tools_tool()));
}

Result<> ProgramParts::add_roots(bool default_root) {
    for (const std::string& given : options.roots) {
        const std::size_t equals = given.find('=');
        const bool named = equals != std::string::npos;
        TRY(const fs::path folder, real_path(here / (named ? given.substr(equals + 1) : given)));
        TRY_OK(session.add_source(named ? given.substr(0, equals) : root_name_for(folder), folder));
    }
    if (default_root && options.roots.empty() && !is_too_broad(project.folder)) {
        TRY_OK(session.add_source(root_name_for(project.folder), project.folder));
    }
    return {};
}

void ProgramParts::load_settings() {
    variables = Variables::load(project.folder);
    settings = Settings::load(project.folder, own_settings_folder());
    session.set_secrets(variables.secrets());
    for (const std::string& warning : variables.warnings()) tell(warning);
    for (const std::string& warning : settings.warnings) tell(warning);
    std::vector<std::string> warnings;
    consent.emplace(project.folder, own_settings_folder(), warnings);
    consent->add(RuleKind::Deny, settings.deny, warnings);
    consent->add(RuleKind::Allow, settings.allow, warnings);
    consent->add(RuleKind::Allow, options.allow, warnings);
    for (const std::string& warning : warnings) tell(warning);
}

Judge ProgramParts::judge() {
    return [this](const OfferedTool& tool, const ToolCall& call, Workbench& bench, Terminal& terminal) {
        return consent->judge(tool, call, bench, terminal);
    };
}

Result<> ProgramParts::choose_provider() {
    load_settings();
    return change_model(options.model);
}

Result<> ProgramParts::change_model(const ModelFlags& wanted) {
    TRY(choice, choose_model(wanted, variables, settings));
    provider = make_provider(choice, settings.retry);
    flags = wanted;
    return {};
}

Result<> ProgramParts::choose_provider_for(const Playbook& playbook) {
    load_settings();
    ModelFlags wanted = options.model;
    if (!wanted.temperature) wanted.temperature = playbook.temperature;
    TRY_OK(change_model(wanted));
    const bool may_ask = wanted.model.empty() && !playbook.model.empty() && !choice.is_investigator();
    if (!may_ask || playbook.is_foreign) return {};
    return change_model(changed(wanted, {.model = playbook.model}, settings));
}

void ProgramParts::start_plugins() {
    std::vector<std::string> warnings;
    std::vector<PluginServer> servers = read_mcp_json(project.folder, warnings);
    std::ranges::copy(settings.servers, std::back_inserter(servers));
    servers = may_start(std::move(servers), options.plugins, warnings);
    for (const std::string& warning : warnings) tell(warning);
    if (!servers.empty()) plugins.emplace(std::move(servers), project.folder);
}

Result<> ProgramParts::resume_session() {
    TRY(SessionPlace place, SessionStore(project.state()).find(options.session));
    TRY_OK(session.resume(std::move(place)));
    for (const std::string& warning : session.take_warnings()) tell(warning);
    return {};
}

Result<> ProgramParts::prepare(const std::stop_token& stop) {
    if (options.resumed) TRY_OK(resume_session());
    TRY_OK(add_roots(!options.resumed));
    start_plugins();
    if (plugins) plugins->wait(kPluginWait, stop);
    return {};
}

TurnLimits ProgramParts::limits() const {
    const auto first = [](auto a, auto b) { return a > 0 ? a : b; };
    const TurnLimits usual;
    const double seconds = first(options.timeout_s, static_cast<double>(settings.limits.seconds));
    return {.most_steps = first(options.most_steps,
                                first(static_cast<int>(std::min<std::int64_t>(settings.limits.steps, 10000)),
                                      usual.most_steps)),
            .most_tokens = settings.limits.tokens,
            .most_cost = settings.limits.cost,
            .most_time = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000))};
}

TurnParts ProgramParts::turn_parts(Terminal& terminal) {
    return {.session = session,
            .provider = *provider,
            .terminal = terminal,
            .tools = tools,
            .run_call =
                [this](const ToolCall& call, std::string_view evidence, Workbench& bench) {
                    return invoke(call, evidence, session.place().artifacts, tools, bench);
                },
            .judge = judge(),
            .limits = limits(),
            .before_reply =
                [this, &terminal] {
                    if (plugins) plugins->take_in(tools, terminal);
                }};
}

PlayParts ProgramParts::play_parts() {
    return {.options = options,
            .session = session,
            .tools = tools,
            .base = here,
            .turn = [this](Terminal& terminal) { return turn_parts(terminal); },
            .has_model = !choice.is_investigator(),
            .models = model_table(settings.models)};
}

}  // namespace culprit
