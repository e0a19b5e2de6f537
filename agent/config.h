// Settings: flags, then the environment, then .env in the project's folder.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/provider/endpoints.h"
#include "agent/provider/provider.h"

namespace culprit {

// Environment variables, and below them the lines NAME=value of a .env file. The latter are not given to
// child processes.
class Variables {
  public:
    // A .env that is not there is no error; a line of it that cannot be read is told of in warnings().
    static Variables load(const fs::path& folder);

    std::string get(std::string_view name) const;  // empty if unset
    const std::vector<std::string>& warnings() const { return warnings_; }

  private:
    std::map<std::string, std::string, std::less<>> from_file_;
    std::vector<std::string> warnings_;
};

struct ModelFlags {
    std::string model, base_url, api_key;
};

struct ModelChoice {
    const Endpoint* endpoint = nullptr;  // null: the investigator
    std::string model, base_url, api_key;
    std::string why;  // how it came to be chosen, for people
};

// A model that is named by flag or environment is asked at its endpoint; otherwise the investigator works,
// even if a key is there: sources are sent to no one who was not named. Fails with Invalid when what is set
// does not fit together.
Result<ModelChoice> choose_model(const ModelFlags& flags, const Variables& variables);

std::unique_ptr<Provider> make_provider(const ModelChoice& choice);

}  // namespace culprit
