#include "agent/config.h"

#include <cstdlib>

#include "agent/investigator/investigator.h"
#include "agent/provider/http_provider.h"
#include "base/files.h"
#include "base/text.h"

namespace culprit {
namespace {

std::string unquoted(std::string_view value) {
    const bool quoted =
        value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
    if (quoted) return std::string(value.substr(1, value.size() - 2));
    const std::size_t comment = value.find(" #");
    return std::string(trim(value.substr(0, comment)));
}

}  // namespace

Variables Variables::load(const fs::path& folder) {
    Variables variables;
    const auto text = read_file(folder / ".env", 1 << 20);
    if (!text) {
        if (text.error().fault != Fault::NotFound) variables.warnings_.push_back(text.error().what);
        return variables;
    }
    int number = 0;
    for (std::string_view line : split_lines(*text)) {
        ++number;
        line = trim(line);
        if (line.empty() || line.starts_with('#')) continue;
        if (line.starts_with("export ")) line = trim(line.substr(7));
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos || equals == 0) {
            variables.warnings_.push_back(fmt::format(".env, line {}: not of the form NAME=value", number));
            continue;
        }
        variables.from_file_[std::string(trim(line.substr(0, equals)))] =
            unquoted(trim(line.substr(equals + 1)));
    }
    return variables;
}

std::string Variables::get(std::string_view name) const {
    if (const char* value = std::getenv(std::string(name).c_str())) return value;
    const auto found = from_file_.find(name);
    return found == from_file_.end() ? std::string() : found->second;
}

Result<ModelChoice> choose_model(const ModelFlags& flags, const Variables& variables) {
    const Endpoint& endpoint = all_endpoints().front();
    const auto first = [](std::string a, std::string b) { return a.empty() ? b : a; };
    ModelChoice choice{.endpoint = &endpoint,
                       .model = first(flags.model, variables.get(endpoint.model_variable)),
                       .base_url = first(flags.base_url, variables.get(endpoint.base_url_variable)),
                       .api_key = first(flags.api_key, variables.get(endpoint.key_variable))};
    if (choice.model == "investigator") return ModelChoice{.model = choice.model, .why = "as asked"};
    if (choice.model.empty()) {
        if (!flags.base_url.empty())
            return fail(Fault::Invalid, "--base-url needs --model: which model is to be asked there?");
        std::string why =
            fmt::format("no model is configured; --model NAME or {} sets one", endpoint.model_variable);
        if (!choice.api_key.empty())
            why += fmt::format(" ({} is set, but no model is named)", endpoint.key_variable);
        return ModelChoice{.model = "investigator", .why = why};
    }
    if (choice.base_url.empty()) {
        if (choice.api_key.empty()) {
            return fail(Fault::Invalid,
                        "the model {} needs a key in {}, or --base-url for a server that wants none",
                        choice.model, endpoint.key_variable);
        }
        choice.base_url = endpoint.base_url;
    }
    choice.why = flags.model.empty() ? fmt::format("from {}", endpoint.model_variable) : "from --model";
    return choice;
}

std::unique_ptr<Provider> make_provider(const ModelChoice& choice) {
    if (!choice.endpoint) return make_investigator();
    return std::make_unique<HttpProvider>(*choice.endpoint, choice.base_url, choice.api_key,
                                          ModelSettings{choice.model});
}

}  // namespace culprit
