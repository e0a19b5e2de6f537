// Which model is asked, and how: flags, then the environment, then .env in the project's folder, then the
// project's culprit.toml, then the person's own.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/provider/http_provider.h"
#include "agent/provider/provider.h"
#include "agent/settings.h"

namespace culprit {

// Environment variables, and below them the lines NAME=value of a .env file. The latter are not given to
// child processes.
class Variables {
  public:
    // A .env that is not there is no error; a line of it that cannot be read is told of in warnings().
    static Variables load(const fs::path& folder);

    std::string get(std::string_view name) const;     // empty if unset
    bool is_of_project(std::string_view name) const;  // it comes from the .env
    const std::vector<std::string>& warnings() const { return warnings_; }

  private:
    std::map<std::string, std::string, std::less<>> from_file_;
    std::vector<std::string> warnings_;
};

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

std::unique_ptr<Provider> make_provider(const ModelChoice& choice, const RetryRules& retry);

}  // namespace culprit
