#include "agent/models_command.h"

#include <algorithm>

#include "agent/provider/faults.h"
#include "agent/side_by_side.h"
#include "base/http.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::chrono::seconds kConnect{3}, kStall{8};
constexpr std::size_t kMostBody = 8u << 20;
constexpr std::size_t kShownModels = 4;

// OpenAI's and Anthropic's {"data":[{"id"}]}, Gemini's and Ollama's {"models":[{"name"}]}.
std::vector<std::string> names_in(const Json& json) {
    std::vector<std::string> names;
    for (const auto& [list, key] : {std::pair{"data", "id"}, {"models", "name"}}) {
        if (!member(json, list).is_array()) continue;
        for (const Json& each : member(json, list)) {
            std::string name = text_at(each, key);
            if (name.starts_with("models/")) name.erase(0, 7);
            if (!name.empty()) names.push_back(std::move(name));
        }
    }
    return names;
}

Result<std::vector<std::string>> list_models(const SetUpProvider& provider, std::stop_token stop) {
    const Connection& connection = provider.connection;
    TRY(const auto headers, headers_of(connection, stop));
    const HttpRequest request{
        .url = models_url(*connection.endpoint, connection.base_url, connection.api_version),
        .headers = headers,
        .connect_limit = kConnect,
        .stall_limit = kStall};
    std::string body;
    TRY(const HttpResponse response, HttpClient().send(
                                         request,
                                         [&](std::string_view piece) {
                                             body += piece;
                                             return body.size() < kMostBody;
                                         },
                                         std::move(stop)));
    if (response.status < 200 || response.status >= 300)
        return std::unexpected(without_keys(status_error(response.status, response.body), headers));
    TRY(const Json json, parse_json(body, "the list of models"));
    return names_in(json);
}

// A server of one's own that is not running is no fault to be told at length.
std::string problem_of(const SetUpProvider& provider, const Error& error) {
    if (error.fault != Fault::Unavailable || !provider.key_from.empty()) return error.what;
    return "does not run at " + provider.connection.base_url;
}

std::string state_text(const SetUpProvider& provider, const ProviderAnswer& answer) {
    if (!provider.problem.empty()) return provider.problem;
    if (!answer.problem.empty()) return answer.problem;
    std::vector<std::string> some(
        answer.models.begin(),
        answer.models.begin() + static_cast<std::ptrdiff_t>(std::min(kShownModels, answer.models.size())));
    if (answer.models.size() > kShownModels) some.emplace_back("…");
    return fmt::format("answers; {} models{}{}", answer.models.size(), some.empty() ? "" : ": ",
                       join(some, ", "));
}

}  // namespace

std::vector<ProviderAnswer> ask_providers(std::span<const SetUpProvider> providers, std::stop_token stop) {
    std::vector<ProviderAnswer> answers(providers.size());
    const auto ask = [&](std::size_t i) -> Result<ProviderAnswer> {
        if (!providers[i].problem.empty()) return ProviderAnswer{};
        auto models = list_models(providers[i], stop);
        if (!models) return ProviderAnswer{.models = {}, .problem = problem_of(providers[i], models.error())};
        return ProviderAnswer{.models = *std::move(models), .problem = {}};
    };
    const auto keep = [&](std::size_t i, Result<ProviderAnswer> answer) -> Result<bool> {
        TRY(answers[i], std::move(answer));
        return true;
    };
    static_cast<void>(run_side_by_side<ProviderAnswer>(providers.size(),
                                                       static_cast<unsigned>(providers.size()), ask, keep));
    return answers;
}

std::string models_text(std::span<const SetUpProvider> providers, std::span<const ProviderAnswer> answers,
                        const ModelChoice& choice) {
    std::string text;
    for (std::size_t i = 0; i < providers.size(); ++i) {
        const SetUpProvider& each = providers[i];
        text += fmt::format("{:17} {}\n", each.name, one_line(state_text(each, answers[i]), 160));
        if (each.problem.empty() && (answers[i].problem.empty() || !each.key_from.empty()))
            text += fmt::format("{:17}   at {}, {}\n", "", each.connection.base_url,
                                each.key_from.empty() ? "without a key" : "key from " + each.key_from);
    }
    return text + fmt::format("\nAsked by default: {}{}, {}\n", choice.model(),
                              choice.is_investigator()
                                  ? ""
                                  : fmt::format(" at {} ({})", choice.connection.endpoint->name,
                                                choice.connection.base_url),
                              choice.why);
}

Json models_json(std::span<const SetUpProvider> providers, std::span<const ProviderAnswer> answers,
                 const ModelChoice& choice) {
    Json list = Json::array();
    for (std::size_t i = 0; i < providers.size(); ++i) {
        const SetUpProvider& each = providers[i];
        const std::string& problem = each.problem.empty() ? answers[i].problem : each.problem;
        list.push_back({{"provider", each.name},
                        {"address", each.connection.base_url},
                        {"key_from", each.key_from},
                        {"set_up", each.problem.empty()},
                        {"answers", problem.empty()},
                        {"models", answers[i].models}});
        if (!problem.empty()) list.back()["problem"] = problem;
    }
    const Endpoint* endpoint = choice.connection.endpoint;
    return {{"providers", list},
            {"default",
             {{"model", choice.model()},
              {"provider", endpoint ? endpoint->name : std::string_view("investigator")},
              {"why", choice.why}}}};
}

}  // namespace culprit
