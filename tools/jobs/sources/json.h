// simdjson's front-to-back reading, with errors as values: what the readers of large job files share.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "base/result.h"

namespace culprit::job_json {

using simdjson::error_code;
using simdjson::ondemand::value;

// Calls take(key, value) for each member of an object, take(value) for each element of an array; what take
// leaves unread is skipped. An error of take ends it.
template <class Take>
error_code each_member(value of, Take take) {
    simdjson::ondemand::object object;
    if (const auto error = of.get_object().get(object)) return error;
    for (auto field : object) {
        std::string_view key;
        value inner;
        if (const auto error = field.unescaped_key().get(key)) return error;
        if (const auto error = field.value().get(inner)) return error;
        if (const auto error = take(key, inner)) return error;
    }
    return simdjson::SUCCESS;
}

template <class Take>
error_code each_element(value of, Take take) {
    simdjson::ondemand::array array;
    if (const auto error = of.get_array().get(array)) return error;
    for (auto element : array) {
        value inner;
        if (const auto error = element.get(inner)) return error;
        if (const auto error = take(inner)) return error;
    }
    return simdjson::SUCCESS;
}

// A number; NaN if it is anything else.
inline error_code read(value from, double& number) {
    simdjson::ondemand::json_type type;
    if (const auto error = from.type().get(type)) return error;
    number = std::numeric_limits<double>::quiet_NaN();
    if (type != simdjson::ondemand::json_type::number) return simdjson::SUCCESS;
    return from.get_double().get(number);
}

inline error_code read(value from, bool& flag) {
    simdjson::ondemand::json_type type;
    if (const auto error = from.type().get(type)) return error;
    if (type != simdjson::ondemand::json_type::boolean) return simdjson::SUCCESS;
    return from.get_bool().get(flag);
}

// A string; a number as it is written; empty if it is anything else. The view lasts as long as the document.
inline error_code read(value from, std::string_view& text) {
    simdjson::ondemand::json_type type;
    if (const auto error = from.type().get(type)) return error;
    text = {};
    if (type == simdjson::ondemand::json_type::string) return from.get_string().get(text);
    if (type == simdjson::ondemand::json_type::number) text = from.raw_json_token();
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return simdjson::SUCCESS;
}

inline error_code read(value from, std::string& text) {
    std::string_view view;
    if (const auto error = read(from, view)) return error;
    text = view;
    return simdjson::SUCCESS;
}

// Parses `text` and calls take(root). Fails with Corrupt, naming the file, the byte and what is wrong there.
template <class Take>
Result<> read_document(simdjson::padded_string_view text, std::string_view file, Take take) {
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document document;
    value root;
    error_code error = parser.iterate(text).get(document);
    const bool has_begun = !error;  // a document that has not must not be asked where it is
    if (!error) error = document.get_value().get(root);
    if (!error) error = take(root);
    const char* place = nullptr;
    const error_code at_end = has_begun ? document.current_location().get(place) : simdjson::EMPTY;
    if (!error && at_end != simdjson::OUT_OF_BOUNDS) error = simdjson::TRAILING_CONTENT;
    if (!error) return {};
    if (at_end) place = nullptr;
    const std::string where =
        place ? fmt::format(" near byte {}", place - text.data()) : std::string(" before its end");
    return fail(Fault::Corrupt, "{}: damaged{}: {}; fetch or write it again", file, where,
                simdjson::error_message(error));
}

}  // namespace culprit::job_json
