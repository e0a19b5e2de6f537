// Where models are: a row of data for each kind of server. To add one is to add a row.
#pragma once

#include <string_view>
#include <vector>

#include "agent/provider/wire.h"

namespace culprit {

struct Endpoint {
    std::string_view name;
    const Wire& wire;
    std::string_view base_url;           // unless the person sets another
    std::string_view base_url_variable;  // environment variables that set address, key and model
    std::string_view key_variable;
    std::string_view model_variable;
    std::string_view key_header;  // the key goes into this header, after the prefix
    std::string_view key_prefix;
};

const std::vector<Endpoint>& all_endpoints();

}  // namespace culprit
