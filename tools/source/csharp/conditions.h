// The conditions of #if, decided as the compiler of a current .NET decides them.
#pragma once

#include <string>
#include <string_view>

namespace culprit::csharp {

// True if the condition ("NET8_0_OR_GREATER && !DEBUG") holds with the symbols that a release build for the
// newest .NET defines; any other symbol is not defined. A condition that cannot be read does not hold.
bool is_true(std::string_view condition);

// `text` with the lines of directives, and those of the branches that are not compiled, made blank. Bytes
// keep their places. For a file that the grammar cannot parse because a directive splits a construct.
std::string without_conditions(std::string_view text);

}  // namespace culprit::csharp
