// Where models are: a row of data for each kind of server. To add one is to add a row.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/provider/wire.h"

namespace culprit {

struct Endpoint {
    std::string_view name;  // what --provider takes
    const Wire& wire;
    std::string_view address;           // unless the person sets another; empty: one must be set
    std::string_view path;              // between the address and the wire's own path; "{model}" as there
    std::string_view query;             // "{api_version}" stands for what the person set
    std::string_view models_path;       // where it lists its models
    std::string_view address_variable;  // environment variables that set address, key and model
    std::string_view key_variable;      // empty: it wants no key
    std::string_view model_variable;
    std::string_view key_header;  // the key goes into this header, after the prefix
    std::string_view key_prefix;
    std::string_view models_begin;  // names of models that are this one's, unless another is named: "claude-"
};

const std::vector<Endpoint>& all_endpoints();
const Endpoint* find_endpoint(std::string_view name);

// The names of the headers that every request of an endpoint carries beside the key.
std::vector<std::pair<std::string, std::string>> fixed_headers(const Endpoint& endpoint);

// The address of the wire's requests, and of the list of models. `base` is the endpoint's address or what was
// set for it, `api_version` empty for the endpoint's own.
std::string request_url(const Endpoint& endpoint, std::string_view base, std::string_view model,
                        std::string_view api_version);
std::string models_url(const Endpoint& endpoint, std::string_view base, std::string_view api_version);

}  // namespace culprit
