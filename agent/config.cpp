#include "agent/config.h"

#include <algorithm>

#include "agent/investigator/investigator.h"
#include "base/text.h"

namespace culprit {
namespace {

// A value and where it comes from.
struct Found {
    std::string text;
    std::string from;         // "--base-url", "OPENAI_BASE_URL", "profile work"
    bool of_project = false;  // a file of the project says so, not the person
    explicit operator bool() const { return !text.empty(); }
};

// The GAI_* names of perf-copilot and perf-gpt stand below those of the provider that GAI_API_TYPE names.
std::string_view gai_name(const Endpoint& endpoint, std::string_view variable, const Variables& variables) {
    std::string type = variables.get("GAI_API_TYPE");
    if (type.empty() || type == "open_ai") type = "openai";
    if (endpoint.name != type || variable.empty()) return {};
    if (variable == endpoint.key_variable) return "GAI_API_KEY";
    if (variable == endpoint.address_variable) return "GAI_API_BASE";
    if (variable == endpoint.model_variable) return "GAI_MODEL";
    return {};
}

Found find_variable(const Endpoint& endpoint, std::string_view variable, const Variables& variables) {
    for (const std::string_view name : {variable, gai_name(endpoint, variable, variables)}) {
        if (std::string value = variables.get(name); !value.empty())
            return {std::move(value), std::string(name), variables.is_of_project(name)};
    }
    return {};
}

// Taken for models of which nothing is known. Ollama gets the window that we ask for.
constexpr std::int64_t kUnknownWindow = 128000;
constexpr std::int64_t kOllamaWindow = 32768;

// What was said of the model, from the strongest source that says anything of it.
struct Wanted {
    std::string model, provider;
    const ModelProfile* profile = nullptr;
    std::string why;
};

Result<Wanted> wanted_by_flags(const ModelFlags& flags, const Settings& settings) {
    Wanted wanted{.model = flags.model, .provider = flags.provider, .why = "from --model"};
    if (!flags.profile.empty()) {
        wanted.profile = settings.find(flags.profile);
        if (!wanted.profile) {
            std::vector<std::string> names;
            for (const ModelProfile& each : settings.profiles) names.push_back(each.name);
            return fail(Fault::Invalid, "there is no profile '{}' in culprit.toml; {}", flags.profile,
                        names.empty() ? "it has none" : "there are: " + join(names, ", "));
        }
        wanted.why = "profile " + flags.profile;
    }
    return wanted;
}

std::optional<Wanted> wanted_by_environment(const Variables& variables) {
    for (const Endpoint& endpoint : all_endpoints()) {
        if (Found model = find_variable(endpoint, endpoint.model_variable, variables))
            return Wanted{
                .model = model.text, .provider = std::string(endpoint.name), .why = "from " + model.from};
    }
    return std::nullopt;
}

Result<Wanted> find_wanted(const ModelFlags& flags, const Variables& variables, const Settings& settings) {
    TRY(Wanted wanted, wanted_by_flags(flags, settings));
    if (wanted.model.empty() && !wanted.profile && flags.provider.empty()) {
        if (auto named = wanted_by_environment(variables)) return *std::move(named);
        wanted.profile = settings.find(settings.profile);
        if (!settings.profile.empty() && !wanted.profile)
            return fail(Fault::Invalid, "culprit.toml names the profile '{}', and has none of that name",
                        settings.profile);
        if (wanted.profile) wanted.why = fmt::format("profile {} of culprit.toml", wanted.profile->name);
    }
    if (wanted.profile) {
        if (wanted.model.empty()) wanted.model = wanted.profile->model;
        if (wanted.provider.empty()) wanted.provider = wanted.profile->provider;
    }
    if (wanted.model.empty() && !wanted.provider.empty()) {
        if (const Endpoint* endpoint = find_endpoint(wanted.provider))
            wanted.model = find_variable(*endpoint, endpoint->model_variable, variables).text;
    }
    return wanted;
}

std::string names_of_endpoints() {
    std::vector<std::string> names;
    for (const Endpoint& endpoint : all_endpoints()) names.emplace_back(endpoint.name);
    return join(names, ", ");
}

// Who has the model: as said, as the name begins ("ollama/…", "claude-…"), else whoever is at the address.
Result<const Endpoint*> find_provider(Wanted& wanted, bool has_address, const Variables& variables) {
    if (!wanted.provider.empty()) {
        const Endpoint* endpoint = find_endpoint(wanted.provider);
        if (endpoint) return endpoint;
        return fail(Fault::Invalid, "there is no provider '{}'; there are: {}", wanted.provider,
                    names_of_endpoints());
    }
    const std::size_t slash = wanted.model.find('/');
    const Endpoint* named =
        slash == std::string::npos ? nullptr : find_endpoint(wanted.model.substr(0, slash));
    if (named && !has_address) {
        wanted.model.erase(0, slash + 1);
        return named;
    }
    if (has_address) return find_endpoint("compatible");
    for (const Endpoint& endpoint : all_endpoints()) {
        if (!endpoint.models_begin.empty() && wanted.model.starts_with(endpoint.models_begin))
            return &endpoint;
    }
    const std::string type = variables.get("GAI_API_TYPE");
    return find_endpoint(type == "azure" ? "azure" : "openai");
}

Found find_address(const Endpoint& endpoint, const ModelFlags& flags, const ModelProfile* profile,
                   const Variables& variables) {
    if (!flags.base_url.empty()) return {flags.base_url, "--base-url"};
    if (profile && !profile->base_url.empty())
        return {profile->base_url, "profile " + profile->name, profile->of_project};
    Found found = find_variable(endpoint, endpoint.address_variable, variables);
    if (!found) return {std::string(endpoint.address), ""};
    if (endpoint.name == "ollama" && !found.text.contains("://")) found.text = "http://" + found.text;
    if (endpoint.name == "ollama" && found.text.find(':', found.text.find("://") + 3) == std::string::npos)
        found.text += ":11434";
    return found;
}

KeySource find_key(const Endpoint& endpoint, const ModelFlags& flags, const ModelProfile* profile,
                   const Variables& variables, Found& from) {
    from = {flags.api_key, "--api-key"};
    if (!from && profile && !profile->key_variable.empty()) {
        from = {variables.get(profile->key_variable), profile->key_variable,
                variables.is_of_project(profile->key_variable)};
    }
    if (!from && profile && !profile->key_command.empty()) {
        from = {profile->key_command, "key_command"};
        return {.value = {}, .command = profile->key_command};
    }
    if (!from) from = find_variable(endpoint, endpoint.key_variable, variables);
    if (from) return {from.text};
    // A command is run, so a project's file does not name it.
    const std::string variable = endpoint.name == "azure" ? "AZURE_OPENAI_TOKEN_COMMAND"
                                                          : std::string(endpoint.key_variable) + "_COMMAND";
    if (endpoint.key_variable.empty() || variables.is_of_project(variable)) return {};
    from = {variables.get(variable), variable};
    return {.value = {}, .command = from.text};
}

bool is_on_this_machine(std::string_view url) {
    const std::size_t begin = url.find("://");
    std::string_view host = begin == std::string_view::npos ? url : url.substr(begin + 3);
    host = host.substr(0, host.find('/'));
    if (host.contains('@')) return false;
    if (host.starts_with("[::1]")) return true;
    host = host.substr(0, host.find(':'));
    return host == "localhost" || host == "127.0.0.1";
}

// A project could name an address that collects keys.
Result<> check_trust(const Found& address, const Found& key) {
    if (!address.of_project || key.of_project || !key || is_on_this_machine(address.text)) return {};
    return fail(Fault::Invalid,
                "the project's files set the address {}, and the key is your own (from {}): it is not sent "
                "there; if that "
                "is as it should be, set the address in the environment or in your own culprit.toml",
                address.text, key.from);
}

Result<ModelChoice> settle(Wanted wanted, const ModelFlags& flags, const Variables& variables,
                           const Settings& settings) {
    const ModelProfile* profile = wanted.profile;
    const bool has_address = !flags.base_url.empty() || (profile && !profile->base_url.empty());
    TRY(const Endpoint* endpoint, find_provider(wanted, has_address, variables));
    const Found address = find_address(*endpoint, flags, profile, variables);
    Found key_from;
    KeySource key = find_key(*endpoint, flags, profile, variables, key_from);
    if (!address)
        return fail(Fault::Invalid, "the provider {} needs an address: --base-url{}{}", endpoint->name,
                    endpoint->address_variable.empty() ? "" : " or ", endpoint->address_variable);
    if (key.empty() && address.from.empty() && !endpoint->key_variable.empty()) {
        return fail(Fault::Invalid,
                    "the model {} needs a key in {}, or --base-url for a server that wants none",
                    wanted.model, endpoint->key_variable);
    }
    TRY_OK(check_trust(address, key_from));

    ModelChoice choice{.connection = {.endpoint = endpoint, .base_url = address.text, .key = std::move(key)},
                       .settings = {.model = wanted.model},
                       .why = wanted.why};
    const auto first = [](std::string a, std::string b) { return a.empty() ? b : a; };
    const ModelProfile none;
    const ModelProfile& set = profile ? *profile : none;
    choice.connection.api_version = first(
        first(flags.api_version, set.api_version),
        first(variables.get("AZURE_OPENAI_API_VERSION"),
              variables.get(first(variables.get("OPENAI_API_VERSION"), "").empty() ? "GAI_API_VERSION"
                                                                                   : "OPENAI_API_VERSION")));
    if (settings.stall_limit) choice.connection.stall_limit = *settings.stall_limit;
    if (settings.silence_limit) choice.connection.silence_limit = *settings.silence_limit;
    choice.settings.temperature = flags.temperature ? flags.temperature : set.temperature;
    choice.settings.effort = first(flags.effort, set.effort);
    choice.settings.max_tokens = flags.max_tokens > 0 ? flags.max_tokens : set.max_tokens;
    choice.settings.facts = model_table(settings.models).find(wanted.model);
    if (choice.settings.facts.window == 0 && endpoint->name != "ollama")
        choice.settings.facts.window = kUnknownWindow;
    if (choice.settings.facts.window == 0) choice.settings.facts.window = kOllamaWindow;
    return choice;
}

}  // namespace

Result<ModelChoice> choose_model(const ModelFlags& flags, const Variables& variables,
                                 const Settings& settings) {
    TRY(Wanted wanted, find_wanted(flags, variables, settings));
    if (wanted.model == "investigator")
        return ModelChoice{.settings = {.model = wanted.model}, .why = "as asked"};
    if (!wanted.model.empty()) return settle(std::move(wanted), flags, variables, settings);
    if (!flags.base_url.empty())
        return fail(Fault::Invalid, "--base-url needs --model: which model is to be asked there?");
    if (!wanted.provider.empty())
        return fail(Fault::Invalid, "the provider {} needs --model: which of its models is to be asked?",
                    wanted.provider);
    std::string why = "no model is configured; --model NAME or OPENAI_MODEL sets one";
    for (const Endpoint& endpoint : all_endpoints()) {
        if (Found key = find_variable(endpoint, endpoint.key_variable, variables)) {
            why += fmt::format(" ({} is set, but no model is named)", key.from);
            break;
        }
    }
    return ModelChoice{.settings = {.model = "investigator"}, .why = why};
}

ModelFlags changed(ModelFlags flags, const ModelFlags& change, const Settings& settings) {
    if (!change.model.empty()) {
        const bool is_profile = settings.find(change.model) != nullptr;
        const bool elsewhere = is_profile || change.model == "investigator" ||
                               find_endpoint(change.model.substr(0, change.model.find('/')));
        if (elsewhere)
            flags = {
                .temperature = flags.temperature, .effort = flags.effort, .max_tokens = flags.max_tokens};
        (is_profile ? flags.profile : flags.model) = change.model;
    }
    if (change.temperature) flags.temperature = change.temperature;
    if (!change.effort.empty()) flags.effort = change.effort;
    if (change.max_tokens > 0) flags.max_tokens = change.max_tokens;
    return flags;
}

std::string model_text(const ModelChoice& choice) {
    const ModelSettings& settings = choice.settings;
    std::string text = fmt::format("{} ({})", choice.model(), choice.why);
    if (choice.is_investigator()) return text + "\n";
    text += fmt::format("\nat {} ({}), wire {}", choice.connection.endpoint->name, choice.connection.base_url,
                        choice.connection.endpoint->wire.name);
    if (settings.facts.window > 0)
        text += fmt::format(", window of {} tokens", grouped(settings.facts.window));
    if (settings.temperature) text += fmt::format(", temperature {}", *settings.temperature);
    if (!settings.effort.empty()) text += fmt::format(", effort {}", settings.effort);
    if (settings.max_tokens > 0) text += fmt::format(", at most {} tokens a reply", settings.max_tokens);
    return text + "\n";
}

std::vector<SetUpProvider> set_up_providers(const Variables& variables, const Settings& settings) {
    std::vector<SetUpProvider> providers;
    const auto add = [&](std::string name, const Endpoint& endpoint, const ModelProfile* profile) {
        const Found address = find_address(endpoint, {}, profile, variables);
        Found key_from;
        KeySource key = find_key(endpoint, {}, profile, variables, key_from);
        SetUpProvider provider{.name = std::move(name),
                               .connection = {.endpoint = &endpoint,
                                              .base_url = address.text,
                                              .key = std::move(key),
                                              .api_version = variables.get("AZURE_OPENAI_API_VERSION")},
                               .key_from = key_from.from};
        if (!address)
            provider.problem = endpoint.address_variable.empty()
                                   ? "not set up: needs --base-url"
                                   : fmt::format("not set up: {} is not set", endpoint.address_variable);
        else if (!key_from && !endpoint.key_variable.empty() && address.from.empty())
            provider.problem = fmt::format("not set up: {} is not set", endpoint.key_variable);
        else if (const auto trusted = check_trust(address, key_from); !trusted)
            provider.problem = trusted.error().what;
        providers.push_back(std::move(provider));
    };
    for (const ModelProfile& profile : settings.profiles) {
        Wanted wanted{.model = profile.model, .provider = profile.provider};
        const auto endpoint = find_provider(wanted, !profile.base_url.empty(), variables);
        if (endpoint) add("profile " + profile.name, **endpoint, &profile);
    }
    for (const Endpoint& endpoint : all_endpoints()) add(std::string(endpoint.name), endpoint, nullptr);
    return providers;
}

std::unique_ptr<Provider> make_provider(const ModelChoice& choice, const RetryRules& retry) {
    if (choice.is_investigator()) return make_investigator();
    return std::make_unique<RetryingProvider>(
        std::make_unique<HttpProvider>(choice.connection, choice.settings), retry);
}

}  // namespace culprit
