#include "tools/source/query.h"

#include <algorithm>

namespace culprit {
namespace {

std::string_view text_of(TSNode node, std::string_view source) {
    const std::uint32_t begin = ts_node_start_byte(node), end = ts_node_end_byte(node);
    return begin <= end && end <= source.size() ? source.substr(begin, end - begin) : std::string_view();
}

std::string_view error_name(TSQueryError error) {
    switch (error) {
        case TSQueryErrorSyntax: return "the syntax is wrong";
        case TSQueryErrorNodeType: return "the grammar has no such node";
        case TSQueryErrorField: return "the grammar has no such field";
        case TSQueryErrorCapture: return "no such capture";
        case TSQueryErrorStructure: return "such a node cannot stand there";
        default: return "it does not fit the language";
    }
}

// Where a member begins, as each grammar calls it: #inside? looks no further.
bool is_member(std::string_view kind) {
    return kind.ends_with("method_declaration") || kind.ends_with("function_declaration") ||
           kind.ends_with("constructor_declaration") || kind == "function_definition" ||
           kind == "method_definition" || kind == "function_item" || kind == "property_declaration" ||
           kind == "local_function_statement";
}

}  // namespace

Result<Query> Query::compile(const TSLanguage* language, std::string_view text, std::string_view what) {
    std::uint32_t offset = 0;
    TSQueryError error = TSQueryErrorNone;
    TSQuery* query =
        ts_query_new(language, text.data(), static_cast<std::uint32_t>(text.size()), &offset, &error);
    if (!query) {
        const auto line = 1 + std::ranges::count(text.substr(0, offset), '\n');
        return fail(Fault::Invalid, "{}, line {}: {}, at '{}'", what, line, error_name(error),
                    text.substr(offset, 40));
    }
    Query made(query);
    TRY_OK(made.read_predicates(what));
    return made;
}

std::string_view Query::capture_name(std::uint32_t capture) const {
    std::uint32_t size = 0;
    const char* name = ts_query_capture_name_for_id(query_.get(), capture, &size);
    return {name, size};
}

std::string_view Query::string_value(std::uint32_t number) const {
    std::uint32_t size = 0;
    const char* value = ts_query_string_value_for_id(query_.get(), number, &size);
    return {value, size};
}

Result<> Query::read_predicates(std::string_view what) {
    predicates_.resize(ts_query_pattern_count(query_.get()));
    for (std::uint32_t pattern = 0; pattern < predicates_.size(); ++pattern) {
        std::uint32_t count = 0;
        const TSQueryPredicateStep* steps = ts_query_predicates_for_pattern(query_.get(), pattern, &count);
        for (std::uint32_t begin = 0; begin < count;) {
            std::uint32_t end = begin;
            while (end < count && steps[end].type != TSQueryPredicateStepTypeDone) ++end;
            TRY(Predicate predicate, read_predicate(steps + begin, end - begin, what));
            predicates_[pattern].push_back(std::move(predicate));
            begin = end + 1;
        }
    }
    return {};
}

Result<Query::Predicate> Query::read_predicate(const TSQueryPredicateStep* steps, std::size_t count,
                                               std::string_view what) const {
    std::string_view name = string_value(steps[0].value_id);
    Predicate predicate;
    if (name.starts_with("not-")) {
        predicate.wanted = false;
        name.remove_prefix(4);
    }
    if (name == "eq?")
        predicate.test = Test::Equal;
    else if (name == "match?")
        predicate.test = Test::Match;
    else if (name == "any-of?")
        predicate.test = Test::AnyOf;
    else if (name == "inside?")
        predicate.test = Test::Inside;
    else
        return fail(Fault::Invalid, "{}: there is no predicate #{}", what, string_value(steps[0].value_id));
    if (count < 3 || steps[1].type != TSQueryPredicateStepTypeCapture) {
        return fail(Fault::Invalid, "{}: #{} takes a capture and what it is compared with", what, name);
    }
    predicate.capture = steps[1].value_id;
    for (std::size_t i = 2; i < count; ++i) {
        if (steps[i].type == TSQueryPredicateStepTypeCapture)
            predicate.other = steps[i].value_id;
        else
            predicate.values.emplace_back(string_value(steps[i].value_id));
    }
    if (predicate.test == Test::Match) {
        if (predicate.values.empty())
            return fail(Fault::Invalid, "{}: #match? takes a regular expression", what);
        predicate.regex = std::make_unique<RE2>(predicate.values[0], RE2::Quiet);
        if (!predicate.regex->ok())
            return fail(Fault::Invalid, "{}: {}: {}", what, predicate.values[0], predicate.regex->error());
    }
    return predicate;
}

bool Query::passes(const Predicate& predicate, TSNode node, const std::vector<Capture>& captures,
                   std::string_view source) {
    const std::string_view text = text_of(node, source);
    const auto is_value = [&](std::string_view value) {
        return std::ranges::find(predicate.values, value) != predicate.values.end();
    };
    switch (predicate.test) {
        case Test::Equal: {
            if (!predicate.other) return is_value(text);
            return std::ranges::any_of(captures, [&](const Capture& c) {
                return c.number == *predicate.other && text_of(c.node, source) == text;
            });
        }
        case Test::AnyOf: return is_value(text);
        case Test::Match:
            return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *predicate.regex);
        case Test::Inside: break;
    }
    TSNode around = ts_node_parent(node);
    for (int depth = 0; !ts_node_is_null(around) && depth < 200; ++depth) {
        const std::string_view kind = ts_node_type(around);
        if (is_value(kind)) return true;
        if (is_member(kind)) return false;
        around = ts_node_parent(around);
    }
    return false;
}

bool Query::holds(std::uint32_t pattern, const std::vector<Capture>& captures,
                  std::string_view source) const {
    return std::ranges::all_of(predicates_[pattern], [&](const Predicate& predicate) {
        // Of a capture that repeats each node must pass; one that is not there passes.
        return std::ranges::all_of(captures, [&](const Capture& c) {
            return c.number != predicate.capture ||
                   passes(predicate, c.node, captures, source) == predicate.wanted;
        });
    });
}

}  // namespace culprit
