// The prompts: text files in this folder that people read and change, built into the program.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace culprit {

// The text of a file of this folder, such as "system.md"; empty if there is none.
std::string_view prompt_text(std::string_view name);

// The files whose names begin so, in order: prompt_names("playbooks/").
std::vector<std::string_view> prompt_names(std::string_view prefix);

using Substitution = std::pair<std::string_view, std::string_view>;

// Puts the values in place of the {{names}}. Strict: fails with Internal for a placeholder without a value
// and for a value without a placeholder. Values are not looked into.
Result<std::string> fill_prompt(std::string_view text, const std::vector<Substitution>& values);

}  // namespace culprit
