#include "agent/provider/endpoints.h"

#include <algorithm>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::string_view kAzureVersion = "2024-10-21";

std::string percent_encoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~/:").contains(c);
        encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

// Azure's newer addresses, ".../openai/v1", are those of any compatible server.
bool names_version(std::string_view base) { return base.ends_with("/openai/v1"); }

std::string url_of(const Endpoint& endpoint, std::string_view base, std::string_view rest,
                   std::string_view api_version, std::string_view path) {
    while (base.ends_with('/')) base.remove_suffix(1);
    const bool plain = names_version(base);
    std::string url = std::string(base) + std::string(plain ? "" : path) + std::string(rest);
    if (!plain && !endpoint.query.empty()) {
        url += fmt::format("{}{}", url.contains('?') ? '&' : '?', endpoint.query);
        url = replace_all(url, "{api_version}",
                          percent_encoded(api_version.empty() ? kAzureVersion : api_version));
    }
    return url;
}

}  // namespace

const std::vector<Endpoint>& all_endpoints() {
    static const std::vector<Endpoint> endpoints = {
        {"openai", kOpenAiChat, "https://api.openai.com/v1", "", "", "/models", "OPENAI_BASE_URL",
         "OPENAI_API_KEY", "OPENAI_MODEL", "Authorization", "Bearer ", "gpt-"},
        {"openai-responses", kOpenAiResponses, "https://api.openai.com/v1", "", "", "/models",
         "OPENAI_BASE_URL", "OPENAI_API_KEY", "", "Authorization", "Bearer ", ""},
        {"azure", kOpenAiChat, "", "/openai/deployments/{model}", "api-version={api_version}",
         "/openai/models", "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_DEPLOYMENT",
         "api-key", "", ""},
        {"anthropic", kAnthropic, "https://api.anthropic.com", "/v1", "", "/v1/models", "ANTHROPIC_BASE_URL",
         "ANTHROPIC_API_KEY", "ANTHROPIC_MODEL", "x-api-key", "", "claude-"},
        {"gemini", kGemini, "https://generativelanguage.googleapis.com", "/v1beta", "", "/v1beta/models",
         "GEMINI_BASE_URL", "GEMINI_API_KEY", "GEMINI_MODEL", "x-goog-api-key", "", "gemini-"},
        {"ollama", kOllama, "http://127.0.0.1:11434", "", "", "/api/tags", "OLLAMA_HOST", "", "OLLAMA_MODEL",
         "Authorization", "Bearer ", ""},
        {"openrouter", kCompatibleChat, "https://openrouter.ai/api/v1", "", "", "/models", "",
         "OPENROUTER_API_KEY", "OPENROUTER_MODEL", "Authorization", "Bearer ", ""},
        {"mistral", kCompatibleChat, "https://api.mistral.ai/v1", "", "", "/models", "", "MISTRAL_API_KEY",
         "MISTRAL_MODEL", "Authorization", "Bearer ", "mistral-"},
        {"deepseek", kCompatibleChat, "https://api.deepseek.com/v1", "", "", "/models", "",
         "DEEPSEEK_API_KEY", "DEEPSEEK_MODEL", "Authorization", "Bearer ", "deepseek-"},
        {"vllm", kCompatibleChat, "http://127.0.0.1:8000/v1", "", "", "/models", "", "", "", "Authorization",
         "Bearer ", ""},
        {"llama.cpp", kCompatibleChat, "http://127.0.0.1:8080/v1", "", "", "/models", "", "", "",
         "Authorization", "Bearer ", ""},
        {"lmstudio", kCompatibleChat, "http://127.0.0.1:1234/v1", "", "", "/models", "", "", "",
         "Authorization", "Bearer ", ""},
        // Any other server that speaks chat completions, at the address that is given.
        {"compatible", kCompatibleChat, "", "", "", "/models", "OPENAI_BASE_URL", "OPENAI_API_KEY", "",
         "Authorization", "Bearer ", ""},
    };
    return endpoints;
}

const Endpoint* find_endpoint(std::string_view name) {
    const auto found = std::ranges::find(all_endpoints(), name, &Endpoint::name);
    return found == all_endpoints().end() ? nullptr : &*found;
}

std::vector<std::pair<std::string, std::string>> fixed_headers(const Endpoint& endpoint) {
    if (&endpoint.wire == &kAnthropic) return {{"anthropic-version", "2023-06-01"}};
    return {};
}

std::string request_url(const Endpoint& endpoint, std::string_view base, std::string_view model,
                        std::string_view api_version) {
    return replace_all(url_of(endpoint, base, endpoint.wire.path, api_version, endpoint.path), "{model}",
                       percent_encoded(model));
}

std::string models_url(const Endpoint& endpoint, std::string_view base, std::string_view api_version) {
    if (names_version(base)) return url_of(endpoint, base, "/models", api_version, "");
    return url_of(endpoint, base, endpoint.models_path, api_version, "");
}

}  // namespace culprit
