// A model behind HTTP: an endpoint, its wire, and what the person set.
#pragma once

#include "agent/provider/endpoints.h"
#include "agent/provider/provider.h"
#include "base/http.h"

namespace culprit {

// A key, or the command that prints one (an Entra token, a password manager).
struct KeySource {
    std::string value;
    std::string command = {};  // for a shell; used if there is no value. What it prints goes in as "Bearer …"

    bool empty() const { return value.empty() && command.empty(); }
};

struct Connection {
    const Endpoint* endpoint = nullptr;
    std::string base_url;
    KeySource key;
    std::string api_version = {};
    std::chrono::milliseconds stall_limit{std::chrono::minutes(3)};  // no byte for so long
    // Signs of life, but nothing of the answer for so long.
    std::chrono::milliseconds silence_limit{std::chrono::minutes(10)};
};

// The header that carries the key, if there is one; runs the command if there is only that.
Result<std::vector<std::pair<std::string, std::string>>> headers_of(const Connection& connection,
                                                                    std::stop_token stop);

// Servers repeat the key that they refuse; here it is masked.
Error without_keys(Error error, const std::vector<std::pair<std::string, std::string>>& headers);

class HttpProvider : public Provider {
  public:
    HttpProvider(Connection connection, ModelSettings settings);

    std::string_view model() const override { return settings_.model; }
    ModelFacts facts() const override { return settings_.facts; }
    Result<Answer> stream(const Request& request, const OnDelta& on_delta, std::stop_token stop) override;

  private:
    Result<Answer> ask(const Request& request, const OnDelta& on_delta, std::stop_token stop);
    Error with_advice(Error error) const;

    Connection connection_;
    ModelSettings settings_;
    std::vector<std::pair<std::string, std::string>> headers_;  // empty until the first request
    HttpClient http_;
};

}  // namespace culprit
