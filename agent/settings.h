// Settings of culprit.toml: the project's, in its folder, and below it the person's own, in the XDG
// configuration folder (docs/models.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/provider/model_facts.h"
#include "agent/provider/retrying.h"
#include "base/files.h"

namespace culprit {

// A model and how to ask it, under a name of the person's. What is empty is not set.
struct ModelProfile {
    std::string name;
    std::string provider, model, base_url, api_version;
    std::string key_variable;  // an environment variable of another name than the endpoint's
    std::string key_command;   // only in the person's own file: it is run
    std::optional<double> temperature = {};
    std::string effort;
    std::int64_t max_tokens = 0;
    bool of_project = false;  // it stands in the project's file
};

// A plug-in server that brings tools (docs/mcp.md).
struct PluginServer {
    std::string name;
    std::vector<std::string> argv;
    std::vector<std::string> environment;  // "NAME=value"
    std::chrono::milliseconds deadline{
        std::chrono::seconds(30)};  // to start, and for each answer without a call
    std::chrono::milliseconds call_limit{std::chrono::minutes(2)};
    bool trusted = false;     // what it says of its tools counts: one that only reads needs no consent
    bool of_project = false;  // it stands in the project's files: started only with the person's consent
};

struct LimitSettings {  // 0: not set
    std::int64_t steps = 0, tokens = 0;
    double cost = 0;  // dollars
    std::int64_t seconds = 0;
};

struct Settings {
    std::string profile;                 // the one to use when none is named
    std::vector<ModelProfile> profiles;  // the project's first
    std::vector<ModelFacts> models;      // rows that come before the built-in ones
    LimitSettings limits;                // of a turn
    RetryRules retry;
    std::optional<std::chrono::milliseconds> stall_limit, silence_limit;
    std::vector<PluginServer> servers;
    std::vector<std::string> allow, deny;  // rules of agent/policy.h; the project's file can only deny
    std::vector<std::string> warnings;     // what could not be read, and names that mean nothing

    // A file that is not there is no error.
    static Settings load(const fs::path& project_folder, const fs::path& own_folder);

    const ModelProfile* find(std::string_view profile_name) const;
};

// $XDG_CONFIG_HOME/culprit, else ~/.config/culprit; empty without a home.
fs::path own_settings_folder();

// The built-in rows of agent/provider/models.toml after `own`.
ModelTable model_table(const std::vector<ModelFacts>& own);

}  // namespace culprit
