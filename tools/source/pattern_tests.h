// What patterns can ask of a node beside its kind and text (the predicates of pattern_query.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <re2/re2.h>
#include <tree_sitter/api.h>

namespace culprit {

std::string_view text_of(TSNode node, std::string_view source);

// A node around this one, within the same member, is of one of the kinds. What a loop evaluates once, before
// it begins
// ("xs" of "foreach (var x in xs)"), does not stand inside the loop.
bool is_inside(TSNode node, const std::vector<std::string>& kinds);

// Somewhere in the file `name` is declared with a type of that name, or set to a new one: "HashSet<int>
// name", "name = new HashSet". Of "a.b.c" the last part counts.
bool is_declared(std::string_view file, std::string_view name, const RE2& type);

// The body of a lambda names a variable or field that it does not declare itself.
bool is_closure(TSNode lambda, std::string_view source);

}  // namespace culprit
