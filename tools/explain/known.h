// What is known of functions and libraries of others, and what replaces them: the tables of prompts/known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct KnownFunction {
    std::string what, lower, source;
};
struct Replacement {
    std::vector<std::string> of;
    std::string function;  // a regular expression; empty: any
    std::string by, gain, trade, source;
};

// The first row that matches the whole name; null if none does. A name may have arguments, an address, "[.]"
// or "module!" about it. Thread-safe, as the tables never change.
const KnownFunction* known_function(std::string_view name);
const KnownFunction* known_module(std::string_view name);  // `lower` and `source` are empty

// The rows for a program or library, and a function of it if one is named. Names compare without case, a
// path, "lib" and a version.
std::vector<const Replacement*> replacements_of(std::string_view name, std::string_view function);
std::size_t count_of_replacements();

}  // namespace culprit
