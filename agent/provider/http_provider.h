// A model behind HTTP: an endpoint, its wire, and what the person set.
#pragma once

#include "agent/provider/endpoints.h"
#include "agent/provider/provider.h"
#include "base/http.h"

namespace culprit {

class HttpProvider : public Provider {
  public:
    // `key` may be empty: servers on this machine often want none.
    HttpProvider(const Endpoint& endpoint, std::string base_url, std::string key, ModelSettings settings);

    std::string_view model() const override { return settings_.model; }
    Result<Answer> stream(const Request& request, const OnDelta& on_delta, std::stop_token stop) override;

  private:
    Error refusal(const HttpResponse& response) const;

    const Endpoint& endpoint_;
    std::string url_;
    std::string key_;
    ModelSettings settings_;
    HttpClient http_;
};

}  // namespace culprit
