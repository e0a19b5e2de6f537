#include "tools/source/query.h"

#include <algorithm>

namespace culprit {
namespace {

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

}  // namespace

Result<Query> Query::compile(const TSLanguage* language, std::string_view text, std::string_view what) {
    std::uint32_t offset = 0;
    TSQueryError error = TSQueryErrorNone;
    TSQuery* query =
        ts_query_new(language, text.data(), static_cast<std::uint32_t>(text.size()), &offset, &error);
    if (query) return Query(query);
    const auto line = 1 + std::ranges::count(text.substr(0, offset), '\n');
    return fail(Fault::Invalid, "{}, line {}: {}, at '{}'", what, line, error_name(error),
                text.substr(offset, 40));
}

std::string_view Query::capture_name(std::uint32_t capture) const {
    std::uint32_t size = 0;
    const char* name = ts_query_capture_name_for_id(query_.get(), capture, &size);
    return {name, size};
}

}  // namespace culprit
