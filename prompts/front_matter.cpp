#include "prompts/front_matter.h"

#include <algorithm>
#include <charconv>

#include <yaml-cpp/yaml.h>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostBytes = 64 << 10;
constexpr int kMostDepth = 20;
constexpr int kMostNodes = 5000;  // aliases may name a node again and again

Json plain_scalar(const std::string& text) {
    if (text == "true") return true;
    if (text == "false") return false;
    if (text.empty() || text == "null" || text == "~") return nullptr;
    const char* end = text.data() + text.size();
    std::int64_t integer = 0;
    if (const auto read = std::from_chars(text.data(), end, integer);
        read.ec == std::errc() && read.ptr == end)
        return integer;
    double number = 0;
    if (const auto read = std::from_chars(text.data(), end, number);
        read.ec == std::errc() && read.ptr == end)
        return number;
    return text;
}

class Converter {
  public:
    Result<Json> convert(const YAML::Node& node, int depth = 0) {
        if (depth > kMostDepth || ++nodes_ > kMostNodes)
            return fail(Fault::Invalid, "the settings nest too deep or hold too much");
        if (node.IsScalar()) return node.Tag() == "!" ? Json(node.Scalar()) : plain_scalar(node.Scalar());
        Json json = node.IsSequence() ? Json::array() : node.IsMap() ? Json::object() : Json();
        for (const auto& entry : node) {
            if (node.IsSequence()) {
                TRY(Json item, convert(entry, depth + 1));
                json.push_back(std::move(item));
            } else if (entry.first.IsScalar()) {
                TRY(Json item, convert(entry.second, depth + 1));
                json[entry.first.Scalar()] = std::move(item);
            }
        }
        return json;
    }

  private:
    int nodes_ = 0;
};

Result<Json> read_yaml(std::string_view text) {
    try {
        return Converter().convert(YAML::Load(std::string(text)));
    } catch (const YAML::Exception& error) {
        return fail(Fault::Corrupt, "line {}: {}", error.mark.line + 2, error.msg);
    }
}

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    });
}

// A value as people write it by hand: quotes around it are none of it.
std::string unquoted(std::string_view text) {
    text = trim(text);
    const bool quoted =
        text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
    if (quoted) text = text.substr(1, text.size() - 2);
    return replace_all(replace_all(std::string(text), "\\n", "\n"), "\\\"", "\"");
}

Json read_lines(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> fields;
    for (const std::string_view line : split_lines(text)) {
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos && is_name(line.substr(0, colon)))
            fields.emplace_back(line.substr(0, colon), line.substr(colon + 1));
        else if (!fields.empty())
            fields.back().second += "\n" + std::string(line);
    }
    Json json = Json::object();
    for (const auto& [name, value] : fields) json[name] = unquoted(value);
    return json;
}

}  // namespace

Result<FrontMatter> read_front_matter(std::string_view text, std::string_view what) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    if (!text.starts_with("---\n") && !text.starts_with("---\r\n"))
        return FrontMatter{.body = valid_utf8(text)};
    const std::size_t begin = text.find('\n') + 1;
    std::size_t end = begin, body = std::string_view::npos;
    while (end < text.size()) {
        const std::size_t stop = std::min(text.find('\n', end), text.size() - 1) + 1;
        if (trim(text.substr(end, stop - end)) == "---") {
            body = stop;
            break;
        }
        end = stop;
    }
    if (body == std::string_view::npos)
        return fail(Fault::Invalid, "{}: the settings that begin with --- have no --- at their end", what);
    if (end - begin > kMostBytes)
        return fail(Fault::Invalid, "{}: settings of {} are too much", what,
                    bytes_text(static_cast<double>(end - begin)));
    FrontMatter matter{.body = valid_utf8(text.substr(body))};
    const std::string settings = valid_utf8(text.substr(begin, end - begin));
    auto fields = read_yaml(settings);
    if (!fields && fields.error().fault == Fault::Invalid)
        return fail(Fault::Invalid, "{}: {}", what, fields.error().what);
    if (fields && (fields->is_object() || fields->is_null())) {
        if (fields->is_object()) matter.fields = *std::move(fields);
        return matter;
    }
    matter.fields = read_lines(settings);
    matter.warning = fmt::format("{}: its settings are no YAML ({}); they were read line by line", what,
                                 fields ? "no names" : fields.error().what);
    return matter;
}

}  // namespace culprit
