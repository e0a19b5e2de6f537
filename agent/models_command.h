// `culprit models`: which providers are set up here, which of them answer, and which model is the default.
#pragma once

#include <span>

#include "agent/config.h"
#include "agent/tool_commands.h"

namespace culprit {

// A provider that is set up was asked for the list of its models.
struct ProviderAnswer {
    std::vector<std::string> models;
    std::string problem;  // why there is none; both empty if it was not asked
};

// Asks those that are set up side by side, each for some seconds at most.
std::vector<ProviderAnswer> ask_providers(std::span<const SetUpProvider> providers, std::stop_token stop);

std::string models_text(std::span<const SetUpProvider> providers, std::span<const ProviderAnswer> answers,
                        const ModelChoice& choice);
Json models_json(std::span<const SetUpProvider> providers, std::span<const ProviderAnswer> answers,
                 const ModelChoice& choice);

}  // namespace culprit
