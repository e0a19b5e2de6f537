#include "tools/source/pattern_tests.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tools/source/syntax.h"
#include "tools/source/words.h"

namespace culprit {

std::string_view text_of(TSNode node, std::string_view source) {
    const std::uint32_t begin = ts_node_start_byte(node), end = ts_node_end_byte(node);
    return begin <= end && end <= source.size() ? source.substr(begin, end - begin) : std::string_view();
}

namespace {

// Where a member begins, as each grammar calls it: #inside? looks no further.
bool is_member(std::string_view kind) {
    return kind.ends_with("method_declaration") || kind.ends_with("function_declaration") ||
           kind.ends_with("constructor_declaration") || kind == "function_definition" ||
           kind == "method_definition" || kind == "function_item" || kind == "property_declaration" ||
           kind == "local_function_statement";
}

// What a loop evaluates once, before it begins: "xs" of "foreach (var x in xs)", "int i = 0" of a "for".
bool is_evaluated_once(TSNode part, TSNode loop) {
    const std::string_view kind = ts_node_type(loop);
    if (!kind.starts_with("for") && kind != "enhanced_for_statement") return false;
    return std::ranges::any_of(std::array<std::string_view, 4>{"right", "value", "initializer", "init"},
                               [&](std::string_view field) {
                                   const TSNode there = ts_node_child_by_field_name(
                                       loop, field.data(), static_cast<std::uint32_t>(field.size()));
                                   return !ts_node_is_null(there) && ts_node_eq(there, part);
                               });
}

}  // namespace

bool is_inside(TSNode node, const std::vector<std::string>& kinds) {
    TSNode around = ts_node_parent(node);
    for (int depth = 0; !ts_node_is_null(around) && depth < 200; ++depth) {
        const std::string_view kind = ts_node_type(around);
        if (std::ranges::find(kinds, kind) != kinds.end() && !is_evaluated_once(node, around)) return true;
        if (is_member(kind)) return false;
        node = std::exchange(around, ts_node_parent(around));
    }
    return false;
}

bool is_declared(std::string_view file, std::string_view name, const RE2& type) {
    name = name.substr(name.rfind('.') == name.npos ? 0 : name.rfind('.') + 1);
    if (name.empty() || !std::ranges::all_of(name, is_in_word)) return false;
    const std::string declared = fmt::format(
        R"(\b(?:{0})(?:<[^;=(){{}}]*>)?\??\s+{1}\b|\b{1}\s*=\s*new\s+(?:{0})\b)", type.pattern(), name);
    const RE2 regex(declared, RE2::Quiet);
    return regex.ok() && RE2::PartialMatch(re2::StringPiece(file.data(), file.size()), regex);
}

namespace {

// Calls visit(node) for each identifier below `node`.
template <class Visit>
void each_identifier(TSNode node, Visit visit, int depth = 0) {
    if (depth > 200) return;
    const std::string_view kind = ts_node_type(node);
    if (kind == "identifier" || kind.starts_with("this")) visit(node);
    const std::uint32_t count = ts_node_child_count(node);
    for (std::uint32_t i = 0; i < count; ++i) {
        // Behind the dot stands a member of something that is looked at already.
        const char* field = ts_node_field_name_for_child(node, i);
        const bool is_member_name = field && std::string_view(field) == "name" && kind.starts_with("member");
        if (!is_member_name) each_identifier(ts_node_child(node, i), visit, depth + 1);
    }
}

}  // namespace

bool is_closure(TSNode lambda, std::string_view source) {
    const TSNode body = ts_node_child_by_field_name(lambda, "body", 4);
    if (ts_node_is_null(body)) return true;
    const std::string_view head =
        source.substr(ts_node_start_byte(lambda), ts_node_start_byte(body) - ts_node_start_byte(lambda));
    const std::string_view inside = text_of(body, source);
    std::vector<std::string_view> own;
    each_word(head, [&](std::string_view word) { own.push_back(word); });
    // What the body declares is its own too: "var x", "int x", "out var x", "foreach (var x", "(x, y) =>".
    static const RE2 kDeclared(R"((?:\b[\w>\]?]+\s+|[(,]\s*)(\w+)\s*(?:=[^=>]|;|\bin\b|=>|[,)][^;{]*=>))");
    re2::StringPiece rest(inside.data(), inside.size()), name;
    while (RE2::FindAndConsume(&rest, kDeclared, &name)) own.emplace_back(name.data(), name.size());
    bool captures = false;
    each_identifier(body, [&](TSNode node) {
        const std::string_view word = text_of(node, source);
        // Types, constants and static members are written large; fields and variables are not.
        const bool is_variable = !word.empty() && (word[0] == '_' || (word[0] >= 'a' && word[0] <= 'z'));
        captures = captures || (is_variable && word != "nameof" && std::ranges::find(own, word) == own.end());
    });
    return captures;
}

}  // namespace culprit
