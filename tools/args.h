// From JSON to checked arguments, and the schema that says so beforehand. Both come from the rows of the
// tool.
#pragma once

#include <set>
#include <string_view>
#include <utility>

#include "tools/tool.h"

namespace culprit {

// The arguments, by name and meaning, that a reader of schemas has been told of.
using Explained = std::set<std::pair<std::string_view, std::string_view>>;

// JSON Schema of the arguments: an object. A fallback of 0, false or nothing is left
// out. With `explained` an argument that it has is given without its meaning, and the others join it: what
// ten tools share is read, and paid for, once.
Json argument_schema(const Tool& tool, Explained* explained = nullptr);

// Fails with Invalid, naming every argument that is missing, unknown or of the wrong kind, and what is
// expected.
Result<Args> check_arguments(const Tool& tool, const Json& arguments);

}  // namespace culprit
