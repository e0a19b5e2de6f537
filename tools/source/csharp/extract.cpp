#include "tools/source/csharp/extract.h"

#include <string>

#include "base/text.h"
#include "tools/source/csharp/conditions.h"
#include "tools/source/csharp/rewrite.h"
#include "tools/source/csharp/walker.h"

namespace culprit::csharp {
Result<> extract(Parser& parser, std::string_view text, SegmentBuilder& out, std::stop_token stop) {
    std::string rewritten;
    const bool is_rewritten = rewrite_words(text, rewritten);
    TRY(Tree tree, parser.parse(is_rewritten ? std::string_view(rewritten) : text, stop));
    if (ts_node_has_error(tree.root())) {
        if (!is_rewritten) rewritten = text;
        const bool has_conditions = text.find("#if") != std::string_view::npos;
        std::string again = rewrite_brackets(has_conditions ? without_conditions(rewritten) : rewritten);
        if (again != rewritten) {
            TRY(Tree second, parser.parse(again, stop));
            tree = std::move(second);
        }
        if (ts_node_has_error(tree.root())) out.tables.files.back().flags |= facts::Broken;
    }
    Walker(text, tree.root(), out).walk();
    return {};
}

namespace {

// The value of an attribute in the text of an element: attribute("<Using Include=\"A\" />", "Include") is
// "A".
std::string_view attribute(std::string_view element, std::string_view name) {
    for (auto place = element.find(name); place != element.npos; place = element.find(name, place + 1)) {
        const std::string_view rest = trim(element.substr(place + name.size()));
        if (!rest.starts_with('=')) continue;
        const std::string_view value = trim(rest.substr(1));
        if (value.empty() || (value[0] != '"' && value[0] != '\'')) return {};
        return value.substr(1, value.find(value[0], 1) - 1);
    }
    return {};
}

}  // namespace

void extract_project(std::string_view text, SegmentBuilder& out) {
    constexpr std::string_view kElement = "<Using ";
    for (auto begin = text.find(kElement); begin != text.npos; begin = text.find(kElement, begin + 1)) {
        const std::string_view element = text.substr(begin, text.find('>', begin) - begin);
        const std::string_view target = attribute(element, "Include"), alias = attribute(element, "Alias");
        if (target.empty()) continue;
        facts::Using row{.name = out.text(alias),
                         .target = out.text(target),
                         .kind = facts::UsingKind::Namespace,
                         .global = 1};
        if (!alias.empty())
            row.kind = facts::UsingKind::Alias;
        else if (to_lower(attribute(element, "Static")) == "true")
            row.kind = facts::UsingKind::Static;
        out.tables.usings.push_back(row);
    }
}

}  // namespace culprit::csharp
