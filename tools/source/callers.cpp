// callers: who calls a method.
#include <algorithm>

#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

constexpr std::size_t kMostDefinitions = 40;  // that a name may mean

Result<Output> run_callers(const Args& args, Workbench& bench) {
    TRY_OK(make_ready(bench));
    const std::string& query = args.text("name");
    TRY(std::vector<Definition> meant, definitions_meant(bench, query, kMostDefinitions));
    const auto can_be_called = [](const Definition& d) {
        return facts::is_callable(d.kind) ||
               (facts::is_type(d.kind) && d.kind != SymbolKind::Interface && d.kind != SymbolKind::Enum);
    };
    std::erase_if(meant, [&](const Definition& d) { return !can_be_called(d) || d.is_generated; });
    if (meant.empty()) {
        return fail(Fault::Invalid,
                    "{} is nothing that is called; references finds where a property, field or type is used",
                    query);
    }
    const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(args.integer("limit"), 1, 10000));
    Lines lines;
    Json targets = Json::array(), through_bases = Json::array(), definitions = Json::array();
    std::size_t total = 0;
    for (const Definition& d : meant) {
        const std::vector<Caller> callers = bench.source.callers(d, bench.stop);
        if (bench.stop.stop_requested()) return std::unexpected(cancelled());
        definitions.push_back(definition_json(bench.roots, d));
        if (callers.empty() && meant.size() > 3) continue;
        lines.add(fmt::format("{} ({}): {} call sites", d.qualified, place_text(bench.roots, d.file, d.line),
                              callers.size()));
        for (const Caller& caller : callers) {
            const std::string& symbol = caller.site.caller.qualified;
            Json row = target_json(bench.roots, symbol, caller.site.file, caller.site.line, caller.certainty);
            (caller.through_base ? through_bases : targets).push_back(std::move(row));
            if (++total > limit) continue;
            lines.add(fmt::format(
                "  {}  {}{}{}", place_text(bench.roots, caller.site.file, caller.site.line),
                symbol.empty() ? "(top level)" : symbol,
                caller.through_base ? "  through " + caller.site.targets[0].definition.qualified : "",
                certainty_mark(caller.certainty)));
        }
    }
    std::string text = lines.text("name one definition, as Type.Method or FILE:LINE");
    if (total == 0)
        text = fmt::format("nothing in the roots calls {} ({})\n", query,
                           join(
                               [&] {
                                   std::vector<std::string> places;
                                   for (const Definition& d : meant)
                                       if (places.size() < 5)
                                           places.push_back(place_text(bench.roots, d.file, d.line));
                                   return places;
                               }(),
                               ", "));
    if (total > limit) text += fmt::format("… {} call sites more: raise `limit`\n", total - limit);
    return Output{.text = std::move(text) + partial_note(bench),
                  .data = {{"query", query},
                           {"targets", std::move(targets)},
                           {"through_bases", std::move(through_bases)},
                           {"definitions", std::move(definitions)}}};
}

}  // namespace

Tool callers_tool() {
    return {"callers",
            "source callers",
            "List every place that calls a method or constructor, with the member that the call stands in, "
            "from the resolved "
            "source index. Calls through an interface or base method that it implements are listed too and "
            "say so. Certainty "
            "is exact unless [likely] or [by name] stands behind.",
            Effect::Reads,
            {{"name", Kind::String,
              "a name as Type.Method, or the place of the definition as FILE:LINE or FILE:LINE:NAME"},
             {"limit", Kind::Integer, "most call sites to show", std::int64_t{80}}},
            run_callers};
}

}  // namespace culprit
