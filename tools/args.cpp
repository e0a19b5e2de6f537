#include "tools/args.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"

namespace culprit {

const Args::Value& Args::find(std::string_view name) const {
    for (const auto& [key, value] : values_) {
        if (key == name) return value;
    }
    std::fprintf(stderr, "culprit: a tool asked for the argument '%.*s', which its row does not declare\n",
                 static_cast<int>(name.size()), name.data());
    std::abort();
}

namespace {

bool is_list(Kind kind) { return kind == Kind::Strings || kind == Kind::Paths; }

std::string_view type_name(Kind kind) {
    switch (kind) {
        case Kind::String:
        case Kind::Path: return "string";
        case Kind::Integer: return "integer";
        case Kind::Number: return "number";
        case Kind::Boolean: return "boolean";
        case Kind::Strings:
        case Kind::Paths: return "array of strings";
    }
    return "";
}

std::optional<Args::Value> value_of(Kind kind, const Json& json) {
    switch (kind) {
        case Kind::String:
        case Kind::Path:
            if (json.is_string()) return json.get<std::string>();
            break;
        case Kind::Integer:
            if (json.is_number_integer()) return json.get<std::int64_t>();
            if (json.is_number_float() && std::abs(json.get<double>()) < 1e15 &&
                std::trunc(json.get<double>()) == json.get<double>()) {
                return static_cast<std::int64_t>(json.get<double>());  // 10.0, as some models write
            }
            break;
        case Kind::Number:
            if (json.is_number()) return json.get<double>();
            break;
        case Kind::Boolean:
            if (json.is_boolean()) return json.get<bool>();
            break;
        case Kind::Strings:
        case Kind::Paths:
            if (json.is_array() &&
                std::ranges::all_of(json, [](const Json& item) { return item.is_string(); })) {
                return json.get<std::vector<std::string>>();
            }
            break;
    }
    return std::nullopt;
}

struct FallbackValue {
    Kind kind;
    std::optional<Args::Value> operator()(Required) const { return std::nullopt; }
    std::optional<Args::Value> operator()(std::string_view text) const {
        if (is_list(kind)) return std::vector<std::string>{};
        return std::string(text);
    }
    std::optional<Args::Value> operator()(std::int64_t integer) const {
        if (kind == Kind::Number) return static_cast<double>(integer);
        return integer;
    }
    std::optional<Args::Value> operator()(double number) const { return number; }
    std::optional<Args::Value> operator()(bool flag) const { return flag; }
};

// What a schema says of a fallback: null where it goes without saying.
struct FallbackJson {
    Json operator()(Required) const { return nullptr; }
    Json operator()(std::string_view text) const { return text.empty() ? Json(nullptr) : Json(text); }
    Json operator()(std::int64_t integer) const { return integer == 0 ? Json(nullptr) : Json(integer); }
    Json operator()(double number) const { return number == 0 ? Json(nullptr) : Json(number); }
    Json operator()(bool flag) const { return flag ? Json(true) : Json(nullptr); }
};

}  // namespace

Json argument_schema(const Tool& tool, Explained* explained) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const Arg& arg : tool.args) {
        Json& property = properties[std::string(arg.name)];
        property["type"] = is_list(arg.kind) ? "array" : type_name(arg.kind);
        if (!explained || explained->emplace(arg.name, arg.about).second) property["description"] = arg.about;
        if (is_list(arg.kind)) property["items"] = {{"type", "string"}};
        if (!arg.choices.empty()) property["enum"] = arg.choices;
        if (std::holds_alternative<Required>(arg.fallback)) required.push_back(arg.name);
        if (Json fallback = std::visit(FallbackJson{}, arg.fallback); !fallback.is_null())
            property["default"] = std::move(fallback);
    }
    Json schema = {{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) schema["required"] = std::move(required);
    return schema;
}

Result<Args> check_arguments(const Tool& tool, const Json& arguments) {
    if (!arguments.is_object())
        return fail(Fault::Invalid, "the arguments of {} must be a JSON object", tool.name);
    Args checked;
    std::vector<std::string> wrong;
    for (const auto& [name, unused] : arguments.items()) {
        if (std::ranges::find(tool.args, std::string_view(name), &Arg::name) != tool.args.end()) continue;
        std::vector<std::string_view> names;
        for (const Arg& arg : tool.args) names.push_back(arg.name);
        wrong.push_back(
            fmt::format("there is no argument '{}' (there are: {})", name, fmt::join(names, ", ")));
    }
    for (const Arg& arg : tool.args) {
        const Json& given = member(arguments, arg.name);
        std::optional<Args::Value> value =
            given.is_null() ? std::visit(FallbackValue{arg.kind}, arg.fallback) : value_of(arg.kind, given);
        const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
        if (!value && given.is_null()) {
            wrong.push_back(
                fmt::format("'{}' ({}) is missing: {}", arg.name, type_name(arg.kind), arg.about));
        } else if (!value) {
            wrong.push_back(fmt::format("'{}' must be of type {}, not {}", arg.name, type_name(arg.kind),
                                        one_line(dump_json(given), 60)));
        } else if (!given.is_null() && text && !arg.choices.empty() &&
                   std::ranges::find(arg.choices, *text) == arg.choices.end()) {
            wrong.push_back(fmt::format("'{}' must be one of {}, not '{}'", arg.name,
                                        fmt::join(arg.choices, ", "), one_line(*text, 60)));
        } else {
            checked.set(arg.name, *std::move(value));
        }
    }
    if (!wrong.empty()) return fail(Fault::Invalid, "{}: {}", tool.name, join(wrong, "; "));
    return checked;
}

}  // namespace culprit
