// callees: what a call site, or all of a method, calls.
#include <algorithm>

#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

std::string call_text(const Roots& roots, const CallSite& site) {
    std::string text = fmt::format("  {:>5}  {}", site.line, site.name);
    if (site.targets.empty()) return text + "  (outside of the roots, or a delegate)";
    const Target& target = site.targets[0];
    return text + fmt::format("  {}  {}{}", place_text(roots, target.definition.file, target.definition.line),
                              target.definition.qualified, certainty_mark(target.certainty));
}

Json site_json(const Roots& roots, const CallSite& site) {
    Json targets = Json::array();
    for (const Target& t : site.targets)
        targets.push_back(
            target_json(roots, t.definition.qualified, t.definition.file, t.definition.line, t.certainty));
    return {
        {"name", site.name}, {"line", site.line}, {"column", site.column}, {"targets", std::move(targets)}};
}

Output answer(const std::string& query, const Workbench& bench, const std::string& head,
              const std::vector<CallSite>& sites) {
    Lines lines;
    lines.add(head);
    Json targets = Json::array(), calls = Json::array();
    for (const CallSite& site : sites) {
        lines.add(call_text(bench.roots, site));
        Json row = site_json(bench.roots, site);
        for (const Json& target : row["targets"]) {
            if (std::ranges::find(targets, target) == targets.end()) targets.push_back(target);
        }
        calls.push_back(std::move(row));
    }
    return {.text = lines.text("ask for one line, as FILE:LINE") + partial_note(bench),
            .data = {{"query", query}, {"targets", std::move(targets)}, {"calls", std::move(calls)}}};
}

Result<Output> run_callees(const Args& args, Workbench& bench) {
    TRY_OK(make_ready(bench));
    const std::string& query = args.text("name");
    TRY(const std::optional<PlaceQuery> place, read_place(bench.roots, query));
    if (place) {
        std::vector<CallSite> sites = bench.source.calls_at(place->file, place->line);
        if (!place->name.empty()) {
            // "new(...)" has no name of its own: where nothing else fits it is meant
            const bool is_named =
                std::ranges::any_of(sites, [&](const CallSite& s) { return s.name == place->name; });
            std::erase_if(sites,
                          [&](const CallSite& s) { return s.name != (is_named ? place->name : "new"); });
        }
        const std::string shown = place_text(bench.roots, place->file, place->line);
        if (!sites.empty()) return answer(query, bench, shown, sites);
        const auto around = bench.source.definition_at(place->file, place->line);
        if (!around || around->line != place->line || !place->name.empty()) {
            return fail(Fault::NotFound, "there is no call{} on {}; read_file shows the line",
                        place->name.empty() ? "" : " of " + place->name, shown);
        }
    }
    TRY(std::vector<Definition> meant, definitions_meant(bench, query, 20));
    std::vector<CallSite> all;
    std::vector<std::string> heads;
    for (const Definition& d : meant) {
        if (facts::is_type(d.kind) || d.is_generated) continue;
        std::vector<CallSite> calls = bench.source.calls_in(d);
        heads.push_back(fmt::format("{} ({}): {} calls", d.qualified, place_text(bench.roots, d.file, d.line),
                                    calls.size()));
        std::ranges::move(calls, std::back_inserter(all));
    }
    if (heads.empty())
        return fail(Fault::Invalid, "{} is a type; name one of its methods (outline lists them)", query);
    return answer(query, bench, join(heads, "\n"), all);
}

}  // namespace

Tool callees_tool() {
    return {
        "callees",
        "source callees",
        "Say what is called at a call site (FILE:LINE or FILE:LINE:NAME), or by a whole method "
        "(Type.Method): each call with "
        "the definition that it binds to. Calls without one leave the source roots.",
        Effect::Reads,
        {{"name", Kind::String, "a call site as FILE:LINE or FILE:LINE:NAME, or a method as Type.Method"}},
        run_callees};
}

}  // namespace culprit
