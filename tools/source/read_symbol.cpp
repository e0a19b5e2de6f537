// read_symbol: the text of one definition.
#include <algorithm>

#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

constexpr std::size_t kMostShown = 3;  // definitions in full; the others are named

Result<Output> run_read_symbol(const Args& args, Workbench& bench) {
    TRY_OK(make_ready(bench));
    TRY(std::vector<Definition> meant, definitions_meant(bench, args.text("name"), 50));
    if (std::ranges::any_of(meant, &Definition::has_body))
        std::erase_if(meant, [](const Definition& d) { return !d.has_body && !facts::is_type(d.kind); });
    if (std::ranges::any_of(meant, [](const Definition& d) { return !d.is_generated; }))
        std::erase_if(meant, &Definition::is_generated);
    std::string text;
    Json symbols = Json::array();
    for (std::size_t i = 0; i < meant.size(); ++i) {
        const Definition& d = meant[i];
        Json row = definition_json(bench.roots, d);
        text += fmt::format("{}  {}\n", place_text(bench.roots, d.file, d.line), d.qualified);
        if (i < kMostShown && text.size() < 16000) {
            TRY(const std::string lines, numbered_lines(d.file, d.first_line, d.last_line));
            text += lines;
            row["text"] = lines;
        } else if (i == kMostShown) {
            text += "(from here on only named; give the place, as FILE:LINE, for the text)\n";
        }
        symbols.push_back(std::move(row));
    }
    return Output{.text = std::move(text) + partial_note(bench),
                  .data = {{"query", args.text("name")}, {"symbols", std::move(symbols)}}};
}

}  // namespace

Tool read_symbol_tool() {
    return {"read_symbol",
            "source show",
            "Show the numbered text of one method, property or type by its name. Overloads are shown one "
            "after another.",
            Effect::Reads,
            {{"name", Kind::String, "a name as Type.Method, or a place in it as FILE:LINE"}},
            run_read_symbol};
}

}  // namespace culprit
