#include "agent/provider/endpoints.h"

#include "agent/provider/openai_chat.h"

namespace culprit {

const std::vector<Endpoint>& all_endpoints() {
    static const std::vector<Endpoint> endpoints = {
        {"openai", kOpenAiChat, "https://api.openai.com/v1", "OPENAI_BASE_URL", "OPENAI_API_KEY",
         "OPENAI_MODEL", "Authorization", "Bearer "},
    };
    return endpoints;
}

}  // namespace culprit
