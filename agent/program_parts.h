// What one run of the program works with, made from flags, environment, settings and the project.
#pragma once

#include <memory>
#include <optional>

#include "agent/consent.h"
#include "agent/loop.h"
#include "agent/mcp/plugins.h"
#include "agent/options.h"
#include "agent/playbooks/play.h"

namespace culprit {

struct ProgramParts {
    explicit ProgramParts(const Options& options);
    ProgramParts(const ProgramParts&) = delete;
    ProgramParts& operator=(const ProgramParts&) = delete;

    // The roots of the flags; without any, the project's folder, unless that is a home folder or the like.
    Result<> add_roots(bool default_root);

    // Warnings are printed.
    void load_settings();

    // Loads the settings, and chooses the model of the flags, of a playbook, or another one. The model that a
    // playbook asks for counts only where one is configured: sources are sent to no one who was not named.
    // Names that mean something to another tool alone are passed over.
    Result<> choose_provider();
    Result<> choose_provider_for(const Playbook& playbook);
    Result<> change_model(const ModelFlags& wanted);

    // Plug-in servers start while the first message is typed.
    void start_plugins();

    Result<> resume_session();

    // For a turn without a chat: the session that is resumed, sources, and plug-ins that are there.
    Result<> prepare(const std::stop_token& stop);

    Judge judge();
    TurnLimits limits() const;
    TurnParts turn_parts(Terminal& terminal);
    PlayParts play_parts();

    const Options& options;
    const Clock clock;
    fs::path here;
    Project project;
    Workspace workspace;
    Session session;
    Toolbox tools;
    Variables variables;
    Settings settings;
    std::optional<Consent> consent;
    ModelFlags flags;  // of the model that is asked now
    ModelChoice choice;
    std::unique_ptr<Provider> provider;
    std::optional<Plugins> plugins;  // last: their tools run what lies above
};

}  // namespace culprit
