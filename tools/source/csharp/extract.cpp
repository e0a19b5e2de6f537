#include "tools/source/csharp/extract.h"

#include <string>

#include "base/text.h"
#include "tools/source/csharp/conditions.h"
#include "tools/source/csharp/walker.h"

namespace culprit::csharp {
namespace {

// What the grammar does not know yet, written as something that it knows and that means the same here.
std::string with_known_words(std::string text) {
    constexpr std::string_view kUnknown = "allows ref struct", kKnown = "struct           ";
    static_assert(kUnknown.size() == kKnown.size());
    return replace_all(std::move(text), kUnknown, kKnown);
}

}  // namespace

Result<> extract(Parser& parser, std::string_view text, SegmentBuilder& out, std::stop_token stop) {
    TRY(Tree tree, parser.parse(text, stop));
    std::string rewritten;
    if (ts_node_has_error(tree.root())) {
        const bool has_conditions = text.find("#if") != std::string_view::npos;
        rewritten = with_known_words(has_conditions ? without_conditions(text) : std::string(text));
        if (rewritten != text) {
            TRY(Tree second, parser.parse(rewritten, stop));
            tree = std::move(second);
            text = rewritten;
        }
        if (ts_node_has_error(tree.root())) out.tables.files.back().flags |= facts::Broken;
    }
    Walker(text, tree.root(), out).walk();
    return {};
}

}  // namespace culprit::csharp
