// Which model is asked, and how: flags, then the environment, then .env in the project's folder, then the
// project's culprit.toml, then the person's own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/provider/http_provider.h"
#include "agent/provider/provider.h"
#include "agent/settings.h"
#include "agent/variables.h"

namespace culprit {

// What the command line or /model says. What is empty is not said.
struct ModelFlags {
    std::string model;  // "gpt-5", or with its provider: "anthropic/claude-…"
    std::string provider, profile, base_url, api_key, api_version;
    std::optional<double> temperature = {};
    std::string effort = {};
    std::int64_t max_tokens = 0;
};

struct ModelChoice {
    Connection connection;  // its endpoint is null for the investigator
    ModelSettings settings;
    std::string why;  // how it came to be chosen, for people

    const std::string& model() const { return settings.model; }
    bool is_investigator() const { return connection.endpoint == nullptr; }
};

// A model that is named by flag, environment or file is asked at its endpoint; otherwise the investigator
// works, even if a key is there: sources are sent to no one who was not named. Fails with Invalid when what
// is set does not fit together, names no known provider, or would send the person's own key to an address
// that the project names.
Result<ModelChoice> choose_model(const ModelFlags& flags, const Variables& variables,
                                 const Settings& settings);

// The flags after /model said `change`: another provider or profile begins anew, what is not said stays.
ModelFlags changed(ModelFlags flags, const ModelFlags& change, const Settings& settings);

// The model, where it is, its settings, and why it was chosen.
std::string model_text(const ModelChoice& choice);

// A profile of culprit.toml or an endpoint, with what is set for it here.
struct SetUpProvider {
    std::string name;  // "profile work", "anthropic"
    Connection connection;
    std::string key_from;  // the variable or command of its key; empty: it has none
    std::string problem;   // why it cannot be asked, for people; empty if it can
};
std::vector<SetUpProvider> set_up_providers(const Variables& variables, const Settings& settings);

std::unique_ptr<Provider> make_provider(const ModelChoice& choice, const RetryRules& retry);

}  // namespace culprit
