#include "base/json.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace culprit {

namespace {

// Notes where parsing stopped; builds nothing.
struct ErrorPosition : nlohmann::json_sax<Json> {
    std::size_t byte = 0;
    std::string message;

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return true; }
    bool key(string_t&) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception& e) override {
        byte = position;
        message = e.what();
        return false;
    }
};

// How deep brackets nest outside of strings. Writing and comparing recurse, so depth is limited where JSON
// comes in.
std::size_t nesting(std::string_view text) {
    std::size_t depth = 0;
    std::size_t deepest = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            deepest = std::max(deepest, ++depth);
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return deepest;
}

constexpr std::size_t kDeepest = 500;

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view what) {
    if (nesting(text) > kDeepest)
        return fail(Fault::Invalid, "{} nests deeper than {} levels", what, kDeepest);
    Json json = Json::parse(text, nullptr, false);
    if (!json.is_discarded()) return json;
    ErrorPosition position;
    Json::sax_parse(text, &position);
    const std::size_t reason = position.message.rfind(": ");
    return fail(Fault::Invalid, "{} is not JSON: byte {}: {}", what, position.byte,
                reason == std::string::npos ? position.message : position.message.substr(reason + 2));
}

std::string dump_json(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

const Json& member(const Json& json, std::string_view key) {
    static const Json kNull;
    if (!json.is_object()) return kNull;
    const auto found = json.find(key);
    return found == json.end() ? kNull : *found;
}

std::string text_at(const Json& json, std::string_view key, std::string_view fallback) {
    const Json& value = member(json, key);
    return value.is_string() ? value.get_ref<const std::string&>() : std::string(fallback);
}

std::int64_t integer_at(const Json& json, std::string_view key, std::int64_t fallback) {
    const Json& value = member(json, key);
    return value.is_number_integer() ? value.get<std::int64_t>() : fallback;
}

double number_at(const Json& json, std::string_view key, double fallback) {
    const Json& value = member(json, key);
    return value.is_number() ? value.get<double>() : fallback;
}

bool flag_at(const Json& json, std::string_view key, bool fallback) {
    const Json& value = member(json, key);
    return value.is_boolean() ? value.get<bool>() : fallback;
}

}  // namespace culprit
