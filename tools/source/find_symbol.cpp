// find_symbol: definitions by name.
#include <algorithm>

#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

// What profiles call "Type.get_Name" the source calls Type.Name; empty if it is no accessor.
std::string without_accessor(const std::string& name) {
    const std::size_t last = name.rfind('.') + 1;  // 0 without a dot
    for (const std::string_view accessor : {"get_", "set_", "add_", "remove_"})
        if (name.compare(last, accessor.size(), accessor) == 0)
            return name.substr(0, last) + name.substr(last + accessor.size());
    return {};
}

Result<Output> run_find_symbol(const Args& args, Workbench& bench) {
    TRY_OK(make_ready(bench));
    SymbolQuery query{
        .name = args.text("name"),
        .root = args.text("in"),
        .limit = static_cast<std::size_t>(std::clamp<std::int64_t>(args.integer("limit"), 1, 1000))};
    if (!query.root.empty() && !bench.roots.find(query.root)) {
        return fail(Fault::NotFound, "there is no root called {}; list_files names them", query.root);
    }
    const std::string& kind = args.text("kind");
    if (kind != "any") {
        for (int i = 0; i <= static_cast<int>(SymbolKind::Function); ++i) {
            const auto candidate = static_cast<SymbolKind>(i);
            const bool fits = to_string(candidate) == kind || (kind == "type" && facts::is_type(candidate)) ||
                              (kind == "method" && facts::is_callable(candidate));
            if (fits) query.kinds.push_back(candidate);
        }
    }
    std::vector<Definition> found;
    std::string_view how = "";
    if (const std::string property = without_accessor(query.name); !property.empty()) {
        query.match = Match::Exact;
        if (bench.source.find(query).empty()) query.name = property;
    }
    for (const auto& [match, words] : {std::pair{Match::Exact, ""},
                                       {Match::Prefix, "nothing is called just that; beginning so:\n"},
                                       {Match::Part, "nothing is called just that; containing it:\n"}}) {
        query.match = match;
        found = bench.source.find(query);
        how = words;
        if (!found.empty() || args.flag("exact")) break;
    }
    if (found.empty()) {
        return fail(Fault::NotFound,
                    "no symbol is called {}{}; grep searches the text, list_files shows the files",
                    query.name, kind == "any" ? "" : " of kind " + kind);
    }
    Lines lines;
    Json symbols = Json::array();
    for (const Definition& d : found) {
        lines.add(fmt::format(
            "{}  {}\n    {}{}{}", place_text(bench.roots, d.file, d.line), d.qualified,
            one_line(d.signature, 200),
            d.last_line > d.first_line ? fmt::format("  (lines {}-{})", d.first_line, d.last_line) : "",
            d.is_generated ? "  generated" : ""));
        symbols.push_back(definition_json(bench.roots, d));
    }
    std::string text = std::string(how) +
                       lines.text("give more of the name, as Type.Method, or a kind, or a root with `in`");
    if (found.size() == query.limit)
        text += fmt::format("(the best {}; raise `limit` for more)\n", query.limit);
    return Output{.text = std::move(text) + partial_note(bench),
                  .data = {{"query", query.name}, {"symbols", std::move(symbols)}}};
}

}  // namespace

Tool find_symbol_tool() {
    return {
        "find_symbol",
        "source symbol",
        "Find where types, methods, properties and fields are defined: `Resolve`, `CatalogIndex.Resolve`, "
        "`Shop.CatalogIndex`. Gives file, line, signature and range; if nothing is called so, what begins "
        "with it or holds "
        "it.",
        Effect::Reads,
        {{"name", Kind::String, "with as much of type and namespace as you know"},
         {"kind",
          Kind::String,
          "only such symbols",
          "any",
          {"any", "type", "class", "struct", "interface", "record", "enum", "delegate", "method",
           "constructor", "property", "field", "event"}},
         {"in", Kind::String, "only in this root", ""},
         {"exact", Kind::Boolean, "the whole name, case included", false},
         {"limit", Kind::Integer, "most rows", std::int64_t{30}}},
        run_find_symbol};
}

}  // namespace culprit
