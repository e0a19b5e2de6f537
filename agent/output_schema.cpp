#include "agent/output_schema.h"

#include <exception>

#define VALIJSON_USE_EXCEPTIONS 1  // else it aborts
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "base/text.h"

namespace culprit {
namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

// Patterns are matched by std::regex, whose stack grows with the text.
constexpr std::size_t kLongestMatched = 8192;
constexpr std::size_t kMostComplaints = 10;

bool has_long_text(const Json& json) {
    if (json.is_string()) return json.get_ref<const std::string&>().size() > kLongestMatched;
    return json.is_structured() && std::ranges::any_of(json, has_long_text);
}

// What stands in the only code fence, else the whole.
std::string_view without_fence(std::string_view answer) {
    answer = trim(answer);
    const std::size_t begin = answer.find("```");
    if (begin == std::string_view::npos) return answer;
    const std::size_t line = answer.find('\n', begin);
    const std::size_t end = answer.find("```", begin + 3);
    if (line == std::string_view::npos || end == std::string_view::npos || end < line) return answer;
    if (answer.find("```", end + 3) != std::string_view::npos) return answer;
    return trim(answer.substr(line, end - line));
}

std::string complaints(valijson::ValidationResults& results) {
    std::vector<std::string> lines;
    valijson::ValidationResults::Error error;
    while (results.popError(error) && lines.size() < kMostComplaints) {
        std::string place;
        for (const std::string& step : error.context) place += step == "<root>" ? "$" : step;
        lines.push_back(fmt::format("{}: {}", place, error.description));
    }
    return join(lines, "; ");
}

}  // namespace

OutputSchema::OutputSchema(std::string text, std::unique_ptr<valijson::Schema> schema)
    : text_(std::move(text)), schema_(std::move(schema)) {}
OutputSchema::OutputSchema(OutputSchema&&) noexcept = default;
OutputSchema& OutputSchema::operator=(OutputSchema&&) noexcept = default;
OutputSchema::~OutputSchema() = default;

Result<OutputSchema> OutputSchema::load(const fs::path& file) {
    TRY(std::string text, read_file(file, 1 << 20));
    TRY_OK(parse_json(text, file.string()));
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    auto schema = std::make_unique<valijson::Schema>();
    try {
        if (!json.is_object() && !json.is_boolean()) throw std::runtime_error("it is no object");
        valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(Adapter(json), *schema);
    } catch (const std::exception& error) {
        return fail(Fault::Invalid, "{} is no JSON Schema (draft 7): {}", file.string(), error.what());
    }
    return OutputSchema(std::move(text), std::move(schema));
}

std::string OutputSchema::request() const {
    return fmt::format(
        "\n\n[Your final answer is read by a program: give one JSON value that fits this JSON Schema, and "
        "nothing beside it.]\n{}",
        trim(text_));
}

Result<Json> OutputSchema::read(std::string_view answer) const {
    const std::string_view text = without_fence(answer);
    TRY(Json value, parse_json(text, "the answer"));
    if (text_.contains("\"pattern") && has_long_text(value))
        return fail(Fault::Invalid, "a text of it is longer than {} bytes", kLongestMatched);
    const nlohmann::json plain = nlohmann::json::parse(text, nullptr, false);
    try {
        valijson::ValidationResults results;
        if (valijson::Validator().validate(*schema_, Adapter(plain), &results)) return value;
        return fail(Fault::Invalid, "{}", complaints(results));
    } catch (const std::exception& error) {  // a pattern that std::regex does not take
        return fail(Fault::Invalid, "the schema cannot be held against it: {}", error.what());
    }
}

std::string schema_repair_request(const Error& error) {
    return fmt::format(
        "[Your answer is not the JSON that was asked for: {}. Give the whole answer again, as one JSON value "
        "that fits the schema, and nothing beside it.]",
        error.what);
}

}  // namespace culprit
