// From JSON to checked arguments, and the schema that says so beforehand. Both come from the rows of the
// tool.
#pragma once

#include "tools/tool.h"

namespace culprit {

// JSON Schema of the arguments: an object that allows nothing else.
Json argument_schema(const Tool& tool);

// Fails with Invalid, naming every argument that is missing, unknown or of the wrong kind, and what is
// expected.
Result<Args> check_arguments(const Tool& tool, const Json& arguments);

}  // namespace culprit
