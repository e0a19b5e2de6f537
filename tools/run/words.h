// The arguments of a program in one text, as people type them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culprit {

// Words between blanks; '...' and "..." keep blanks, a backslash keeps the character behind it (not in
// '...'). Nothing else has a meaning: no variables, no globs, no operators. Fails with Invalid for a quote
// without end.
Result<std::vector<std::string>> split_words(std::string_view text);

}  // namespace culprit
