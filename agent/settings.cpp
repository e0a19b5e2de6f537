#include "agent/settings.h"

#include <algorithm>
#include <cstdlib>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "agent/project.h"
#include "base/text.h"
#include "embedded_models.h"

namespace culprit {
namespace {

// Reads one table: takes keys one by one, and tells of those that are left.
class TableReader {
  public:
    TableReader(const toml::table& table, std::string where, std::vector<std::string>& warnings)
        : table_(table), where_(std::move(where)), warnings_(warnings) {}
    TableReader(const TableReader&) = delete;
    TableReader& operator=(const TableReader&) = delete;
    ~TableReader() {
        for (const auto& [key, node] : table_) {
            if (std::ranges::find(known_, key.str()) != known_.end()) continue;
            warn(key.str(), fmt::format("is not a setting; there are: {}", fmt::join(known_, ", ")));
        }
    }

    void take(std::string_view key, std::string& value) { take_as<std::string>(key, value, "a text"); }
    void take(std::string_view key, bool& value) { take_as<bool>(key, value, "true or false"); }
    void take(std::string_view key, double& value) { take_as<double>(key, value, "a number"); }
    void take(std::string_view key, std::int64_t& value) {
        const std::int64_t before = value;
        take_as<std::int64_t>(key, value, "a whole number");
        if (value >= 0) return;
        value = before;
        warn(key, "must not be negative");
    }
    void take(std::string_view key, std::optional<double>& value) {
        double number = 0;
        if (!table_.contains(key)) return known_.push_back(key);
        take(key, number);
        value = number;
    }
    void take_seconds(std::string_view key, std::chrono::milliseconds& value) {
        double seconds = static_cast<double>(value.count()) / 1000;
        take(key, seconds);
        if (seconds >= 0 && seconds < 1e7)
            value = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
        else
            warn(key, "must be from 0 to 10,000,000 seconds");
    }
    void take(std::string_view key, std::vector<std::string>& values) {
        known_.push_back(key);
        const toml::node* node = table_.get(key);
        if (!node) return;
        const toml::array* array = node->as_array();
        if (!array) return warn(key, "must be a list of texts");
        for (const toml::node& each : *array) {
            if (const auto text = each.value<std::string>())
                values.push_back(*text);
            else
                warn(key, "must be a list of texts");
        }
    }

    // The tables below `key`, if there are any.
    const toml::table* table(std::string_view key) {
        known_.push_back(key);
        const toml::node* node = table_.get(key);
        if (node && !node->is_table()) warn(key, "must be a table");
        return node ? node->as_table() : nullptr;
    }
    const toml::array* rows(std::string_view key) {
        known_.push_back(key);
        const toml::node* node = table_.get(key);
        if (node && !node->is_array_of_tables()) warn(key, fmt::format("must be written as [[{}]]", key));
        return node && node->is_array_of_tables() ? node->as_array() : nullptr;
    }

    void warn(std::string_view key, std::string_view what) {
        warnings_.push_back(fmt::format("{}: '{}' {}", where_, printable(key), what));
    }

  private:
    template <class T>
    void take_as(std::string_view key, T& value, std::string_view expected) {
        known_.push_back(key);
        const toml::node* node = table_.get(key);
        if (!node) return;
        if (const auto found = node->value<T>())
            value = *found;
        else
            warn(key, fmt::format("must be {}", expected));
    }

    const toml::table& table_;
    std::string where_;
    std::vector<std::string>& warnings_;
    std::vector<std::string_view> known_;
};

ModelFacts read_facts(const toml::table& table, const std::string& where,
                      std::vector<std::string>& warnings) {
    TableReader reader(table, where, warnings);
    ModelFacts facts;
    Prices prices;
    reader.take("name", facts.name);
    reader.take("window", facts.window);
    reader.take("max_output", facts.max_output);
    reader.take("reasons", facts.reasons);
    reader.take("budgeted", facts.budgeted);
    reader.take("input", prices.input);
    reader.take("output", prices.output);
    prices.cached = prices.written = prices.input;
    reader.take("cached", prices.cached);
    reader.take("written", prices.written);
    if (facts.name.empty()) reader.warn("name", "is missing: the beginning of the names of the models");
    if (table.contains("input") || table.contains("output")) facts.prices = prices;
    return facts;
}

// A command that a project brings is not run, whoever wrote it.
void refuse_command(std::string& command, bool of_project, std::string_view key, TableReader& reader) {
    if (!of_project || command.empty()) return;
    reader.warn(key, "is taken from your own culprit.toml alone, for it is run: " +
                         (own_settings_folder() / "culprit.toml").string());
    command.clear();
}

ModelProfile read_profile(std::string name, const toml::table& table, const std::string& where,
                          bool of_project, std::vector<std::string>& warnings) {
    TableReader reader(table, where, warnings);
    ModelProfile profile{.name = std::move(name), .of_project = of_project};
    reader.take("provider", profile.provider);
    reader.take("model", profile.model);
    reader.take("base_url", profile.base_url);
    reader.take("api_version", profile.api_version);
    reader.take("key_variable", profile.key_variable);
    reader.take("key_command", profile.key_command);
    reader.take("temperature", profile.temperature);
    reader.take("reasoning_effort", profile.effort);
    reader.take("max_tokens", profile.max_tokens);
    refuse_command(profile.key_command, of_project, "key_command", reader);
    return profile;
}

PluginServer read_server(std::string name, const toml::table& table, const std::string& where,
                         bool of_project, std::vector<std::string>& warnings) {
    TableReader reader(table, where, warnings);
    PluginServer server{.name = std::move(name), .of_project = of_project};
    std::string command;
    reader.take("command", command);
    server.argv.push_back(command);
    reader.take("args", server.argv);
    reader.take("trusted", server.trusted);
    reader.take_seconds("deadline", server.deadline);
    reader.take_seconds("call_limit", server.call_limit);
    if (const toml::table* environment = reader.table("env")) {
        for (const auto& [key, value] : *environment)
            server.environment.push_back(fmt::format("{}={}", key.str(), value.value_or(std::string())));
    }
    if (command.empty()) reader.warn("command", "is missing: the program that is the server");
    if (of_project && server.trusted) {
        reader.warn("trusted", "counts in your own culprit.toml alone");
        server.trusted = false;
    }
    return server;
}

void read_limits(const toml::table& table, const std::string& where, Settings& settings) {
    TableReader reader(table, where, settings.warnings);
    reader.take("steps", settings.limits.steps);
    reader.take("tokens", settings.limits.tokens);
    reader.take("cost", settings.limits.cost);
    reader.take("seconds", settings.limits.seconds);
}

void read_run(const toml::table& table, const std::string& where, bool of_project, Settings& settings) {
    TableReader reader(table, where, settings.warnings);
    reader.take("allow", settings.allow);
    reader.take("deny", settings.deny);
    if (!of_project || settings.allow.empty()) return;
    reader.warn("allow", "counts in your own culprit.toml alone: " +
                             (own_settings_folder() / "culprit.toml").string());
    settings.allow.clear();
}

void read_retry(const toml::table& table, const std::string& where, Settings& settings) {
    TableReader reader(table, where, settings.warnings);
    std::int64_t attempts = settings.retry.attempts;
    reader.take("attempts", attempts);
    settings.retry.attempts = static_cast<int>(std::clamp<std::int64_t>(attempts, 1, 100));
    reader.take_seconds("first_wait", settings.retry.first_wait);
    reader.take_seconds("longest_wait", settings.retry.longest_wait);
    reader.take_seconds("longest_asked", settings.retry.longest_asked);
    std::chrono::milliseconds stall{0}, silence{0};
    reader.take_seconds("stall", stall);
    reader.take_seconds("silence", silence);
    if (stall.count() > 0) settings.stall_limit = stall;
    if (silence.count() > 0) settings.silence_limit = silence;
}

void read_settings(const toml::table& table, const std::string& where, bool of_project, Settings& settings) {
    TableReader reader(table, where, settings.warnings);
    std::string profile;
    reader.take("profile", profile);
    if (settings.profile.empty()) settings.profile = profile;
    if (const toml::table* profiles = reader.table("profiles")) {
        for (const auto& [name, node] : *profiles) {
            const std::string place = fmt::format("{}, [profiles.{}]", where, name.str());
            if (const toml::table* each = node.as_table())
                settings.profiles.push_back(
                    read_profile(std::string(name.str()), *each, place, of_project, settings.warnings));
            else
                reader.warn(name.str(), "must be a table: [profiles.NAME]");
        }
    }
    if (const toml::table* servers = reader.table("mcp")) {
        for (const auto& [name, node] : *servers) {
            const std::string place = fmt::format("{}, [mcp.{}]", where, name.str());
            if (const toml::table* each = node.as_table())
                settings.servers.push_back(
                    read_server(std::string(name.str()), *each, place, of_project, settings.warnings));
            else
                reader.warn(name.str(), "must be a table: [mcp.NAME]");
        }
    }
    if (const toml::array* models = reader.rows("models")) {
        for (const toml::node& each : *models)
            settings.models.push_back(
                read_facts(*each.as_table(), where + ", [[models]]", settings.warnings));
    }
    if (const toml::table* limits = reader.table("limits"))
        read_limits(*limits, where + ", [limits]", settings);
    if (const toml::table* run = reader.table("run")) read_run(*run, where + ", [run]", of_project, settings);
    if (const toml::table* retry = reader.table("retry")) read_retry(*retry, where + ", [retry]", settings);
}

void read_settings_file(const fs::path& file, bool of_project, Settings& settings) {
    const auto text = read_file(file, 1 << 20);
    if (!text) {
        if (text.error().fault != Fault::NotFound) settings.warnings.push_back(text.error().what);
        return;
    }
    const toml::parse_result parsed = toml::parse(*text);
    if (!parsed) {
        settings.warnings.push_back(fmt::format("{}, line {}: {}; none of it is used", file.string(),
                                                parsed.error().source().begin.line,
                                                parsed.error().description()));
        return;
    }
    read_settings(parsed.table(), file.filename().string(), of_project, settings);
}

}  // namespace

Settings Settings::load(const fs::path& project_folder, const fs::path& own_folder) {
    // The person's first: numbers of the project's file come over them; of lists, the project's rows count
    // where both name one.
    Settings own, settings;
    if (!own_folder.empty()) read_settings_file(own_folder / "culprit.toml", false, own);
    settings.limits = own.limits;
    settings.retry = own.retry;
    settings.stall_limit = own.stall_limit;
    settings.silence_limit = own.silence_limit;
    if (own_folder != project_folder) read_settings_file(project_folder / "culprit.toml", true, settings);
    if (settings.profile.empty()) settings.profile = own.profile;
    std::ranges::move(own.profiles, std::back_inserter(settings.profiles));
    std::ranges::move(own.models, std::back_inserter(settings.models));
    std::ranges::move(own.servers, std::back_inserter(settings.servers));
    std::ranges::move(own.allow, std::back_inserter(settings.allow));
    std::ranges::move(own.deny, std::back_inserter(settings.deny));
    std::ranges::move(own.warnings, std::back_inserter(settings.warnings));
    return settings;
}

const ModelProfile* Settings::find(std::string_view profile_name) const {
    const auto found = std::ranges::find(profiles, profile_name, &ModelProfile::name);
    return found == profiles.end() ? nullptr : &*found;
}

fs::path own_settings_folder() {
    const char* config = std::getenv("XDG_CONFIG_HOME");
    if (config && *config == '/') return fs::path(config) / "culprit";
    const fs::path home = home_folder();
    return home.is_absolute() ? home / ".config/culprit" : fs::path();
}

ModelTable model_table(const std::vector<ModelFacts>& own) {
    std::vector<ModelFacts> rows = own;
    std::vector<std::string> warnings;
    const toml::parse_result parsed = toml::parse(kEmbeddedModels);
    const toml::array* models = parsed ? parsed.table()["models"].as_array() : nullptr;
    for (std::size_t i = 0; models && i < models->size(); ++i) {
        if (const toml::table* each = models->get(i)->as_table())
            rows.push_back(read_facts(*each, "models.toml", warnings));
    }
    return ModelTable(std::move(rows));
}

}  // namespace culprit
