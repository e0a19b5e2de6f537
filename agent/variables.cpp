#include "agent/variables.h"

#include <cstdlib>

#include "base/secrets.h"
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
    if (name.empty()) return {};
    if (const char* value = std::getenv(std::string(name).c_str())) return value;
    const auto found = from_file_.find(name);
    return found == from_file_.end() ? std::string() : found->second;
}

bool Variables::is_of_project(std::string_view name) const {
    return !std::getenv(std::string(name).c_str()) && from_file_.contains(name);
}

std::vector<std::string> Variables::secrets() const {
    std::vector<std::string> values;
    for (const auto& [name, value] : from_file_) {
        if (names_secret(name)) values.push_back(value);
    }
    return values;
}

}  // namespace culprit
