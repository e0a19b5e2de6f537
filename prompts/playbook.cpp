#include "prompts/playbook.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::array<std::pair<std::string_view, PlaybookArgument::Kind>, 5> kKinds = {{
    {"text", PlaybookArgument::Kind::Text},
    {"rest", PlaybookArgument::Kind::Rest},
    {"input", PlaybookArgument::Kind::Input},
    {"files", PlaybookArgument::Kind::Files},
    {"commands", PlaybookArgument::Kind::Commands},
}};

bool is_playbook_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && name.front() != '-' && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

std::string name_from(std::string_view given) {
    std::string name = to_lower(trim(given));
    std::ranges::replace(name, ' ', '-');
    return name;
}

// A list, or names with commas between them as other tools have it.
std::vector<std::string> names_of(const Json& json) {
    std::vector<std::string> names;
    if (json.is_array()) {
        for (const Json& each : json) {
            if (each.is_string()) names.push_back(each.get<std::string>());
        }
    } else if (json.is_string()) {
        const std::string text = json.get<std::string>();
        for (const std::string_view each : split(text, ',')) {
            if (!trim(each).empty()) names.emplace_back(trim(each));
        }
    }
    return names;
}

Result<PlaybookArgument> read_argument(const Json& json) {
    const std::string kind = text_at(json, "kind", "text");
    const auto row =
        std::ranges::find(kKinds, kind, &std::pair<std::string_view, PlaybookArgument::Kind>::first);
    PlaybookArgument argument{.name = text_at(json, "name"),
                              .about = text_at(json, "about"),
                              .required = flag_at(json, "required"),
                              .is_option = flag_at(json, "option")};
    if (!is_playbook_name(argument.name))
        return fail(Fault::Invalid, "an argument needs a 'name' of small letters, not '{}'", argument.name);
    if (row == kKinds.end())
        return fail(Fault::Invalid, "the argument {} has the kind '{}': text, rest, input, files or commands",
                    argument.name, kind);
    argument.kind = row->second;
    return argument;
}

// The text with placeholders replaced. Names in `missing` are those that are no argument.
std::string filled(std::string_view text, const PlaybookValues& values,
                   std::vector<std::string>* missing = nullptr) {
    std::string out;
    for (;;) {
        const std::size_t open = text.find("{{");
        const std::size_t close = open == std::string_view::npos ? open : text.find("}}", open);
        if (close == std::string_view::npos) return out += text;
        const std::string_view name = trim(text.substr(open + 2, close - open - 2));
        out += text.substr(0, open);
        if (const auto value = values.find(name); value != values.end())
            out += value->second;
        else if (missing)
            missing->emplace_back(name);
        text.remove_prefix(close + 2);
    }
}

Json filled_json(const Json& json, const PlaybookValues& values) {
    if (json.is_string()) {
        const std::string text = json.get<std::string>();
        std::string value = filled(text, values);
        // The files of a list stay a list.
        const bool is_alone = text.starts_with("{{") && text.find("}}") == text.size() - 2;
        if (is_alone && value.starts_with("[")) {
            if (auto list = parse_json(value, "")) return *std::move(list);
        }
        return is_alone && value.empty() ? Json() : Json(value);
    }
    if (!json.is_structured()) return json;
    Json out = json.is_array() ? Json::array() : Json::object();
    for (const auto& [key, each] : json.items()) {
        Json value = filled_json(each, values);
        if (value.is_null()) continue;
        if (json.is_array())
            out.push_back(std::move(value));
        else
            out[key] = std::move(value);
    }
    if (json.is_array() && out.empty() && !json.empty()) return {};
    return out;
}

Result<> check_placeholders(const Playbook& playbook) {
    PlaybookValues values;
    for (const PlaybookArgument& argument : playbook.arguments) values[argument.name] = "x";
    std::vector<std::string> missing;
    filled(playbook.body, values, &missing);
    for (const PlaybookCall& call : playbook.opening) filled(dump_json(call.arguments), values, &missing);
    if (missing.empty()) return {};
    return fail(Fault::Invalid, "{{{{{}}}}} is no argument of the playbook; its 'arguments' name them",
                missing.front());
}

Result<> read_lists(const Json& fields, Playbook& playbook) {
    const Json& arguments = member(fields, "arguments");
    for (const Json& each : arguments.is_array() ? arguments : Json::array()) {
        TRY(PlaybookArgument argument, read_argument(each));
        playbook.arguments.push_back(std::move(argument));
    }
    const Json& opening = member(fields, "opening");
    for (const Json& each : opening.is_array() ? opening : Json::array()) {
        if (!each.is_object() || each.size() != 1 || !each.front().is_object())
            return fail(Fault::Invalid,
                        "'opening' is a list of calls such as  - profile_top: {{file: \"{{{{input}}}}\"}}");
        playbook.opening.push_back({each.begin().key(), each.front()});
    }
    return check_placeholders(playbook);
}

}  // namespace

Result<Playbook> read_playbook(std::string_view text, std::string_view name, bool is_foreign) {
    TRY(FrontMatter matter, read_front_matter(text, name));
    const Json& fields = matter.fields;
    Playbook playbook{.name = name_from(text_at(fields, "name", name)),
                      .description = std::string(trim(text_at(fields, "description"))),
                      .body = std::string(trim(matter.body)),
                      .arguments = {},
                      .tools = {},
                      .model = text_at(fields, "model"),
                      .temperature = {},
                      .output = text_at(fields, "output"),
                      .checked = flag_at(fields, "checked"),
                      .example = text_at(fields, "example"),
                      .opening = {},
                      .without_model = std::string(trim(text_at(fields, "without_model"))),
                      .memory = text_at(fields, "memory"),
                      .is_foreign = is_foreign};
    if (!is_playbook_name(playbook.name))
        return fail(Fault::Invalid,
                    "{}: a playbook is named with small letters, digits, '-' and '_', not '{}'", name,
                    playbook.name);
    if (playbook.body.empty()) return fail(Fault::Invalid, "{}: the playbook says nothing", name);
    if (!matter.warning.empty() && !is_foreign) return fail(Fault::Invalid, "{}", matter.warning);
    if (!matter.warning.empty()) playbook.warnings.push_back(matter.warning);
    if (is_foreign) {
        // The names of its tools are another program's; the model gets ours.
        playbook.arguments = {
            {.name = "task", .about = "what is to be done", .kind = PlaybookArgument::Kind::Rest}};
        return playbook;
    }
    playbook.tools = names_of(member(fields, "tools"));
    if (fields.contains("temperature")) {
        const double temperature = number_at(fields, "temperature", -1);
        if (temperature < 0 || temperature > 2)
            return fail(Fault::Invalid, "{}: 'temperature' is a number from 0 to 2", name);
        playbook.temperature = temperature;
    }
    if (const auto lists = read_lists(fields, playbook); !lists)
        return fail(Fault::Invalid, "{}: {}", name, lists.error().what);
    return playbook;
}

std::string playbook_message(const Playbook& playbook, const PlaybookValues& values) {
    std::string message;
    if (playbook.is_foreign) {
        const auto task = values.find("task");
        const std::string words = task == values.end() ? "" : task->second;
        message = replace_all(playbook.body, "$ARGUMENTS", words);
        message = fmt::format(
            "Work as these instructions say; where they name tools that you do not have, use yours.\n\n{}",
            message);
        if (!words.empty()) message += fmt::format("\n\n# What I want\n{}", words);
    } else {
        message = trim(filled(playbook.body, values));
    }
    if (!playbook.output.empty()) message += fmt::format("\n\n# Form of the answer\n{}", playbook.output);
    return message;
}

std::vector<PlaybookCall> playbook_opening(const Playbook& playbook, const PlaybookValues& values) {
    std::vector<PlaybookCall> calls;
    for (const PlaybookCall& call : playbook.opening) {
        Json arguments = filled_json(call.arguments, values);
        calls.push_back({call.tool, arguments.is_object() ? std::move(arguments) : Json::object()});
    }
    return calls;
}

fs::path memory_folder(const Playbook& playbook, const fs::path& home) {
    const fs::path tool = playbook.file.parent_path().parent_path();  // ".claude" of ".claude/agents/NAME.md"
    if (playbook.memory == "project") return tool / "agent-memory" / playbook.name;
    if (playbook.memory == "local") return tool / "agent-memory-local" / playbook.name;
    if (playbook.memory == "user" && !home.empty()) return home / ".claude" / "agent-memory" / playbook.name;
    return {};
}

std::string_view to_string(Playbook::From from) {
    switch (from) {
        case Playbook::From::BuiltIn: return "built in";
        case Playbook::From::Person: return "yours";
        case Playbook::From::Project: return "of the project";
    }
    return "";
}

}  // namespace culprit
