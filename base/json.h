// JSON at the door: parsing without exceptions, reading fields that may be absent or of another type.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"

namespace culprit {

// Keys keep the order in which they were added, so that what we write reads as it was meant.
using Json = nlohmann::ordered_json;

// Fails with Invalid, naming `what` and the byte at which `text` stops being JSON, or that it nests deeper
// than 500.
Result<Json> parse_json(std::string_view text, std::string_view what);

// On one line; text that is not UTF-8 has its bad bytes replaced. `indent` spaces a level if not negative.
std::string dump_json(const Json& json, int indent = -1);

// The member `key` of an object, or the fallback if `json` is no object, has none, or it is of another type.
std::string text_at(const Json& json, std::string_view key, std::string_view fallback = "");
std::int64_t integer_at(const Json& json, std::string_view key, std::int64_t fallback = 0);
double number_at(const Json& json, std::string_view key, double fallback = 0);
bool flag_at(const Json& json, std::string_view key, bool fallback = false);
// The member `key`, or a null that lives as long as the program.
const Json& member(const Json& json, std::string_view key);

}  // namespace culprit
