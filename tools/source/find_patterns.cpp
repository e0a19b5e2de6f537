// find_patterns: performance anti-patterns in methods, files or everything.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/patterns.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

// What a call restricts the search to: definitions, or files.
struct Where {
    std::vector<Definition> definitions;
    std::vector<fs::path> files;
};

Result<> add_place(Workbench& bench, const std::string& what, Where& where) {
    if (const auto path = bench.roots.resolve(what); path) {
        if (fs::is_regular_file(*path)) return where.files.push_back(*path), Result<>();
        for (const fs::path& file : bench.source.files_named("")) {
            if (lies_within(file, *path)) where.files.push_back(file);
        }
        return {};
    }
    TRY(std::vector<Definition> meant, definitions_meant(bench, what, 30));
    std::erase_if(meant, [](const Definition& d) {
        return d.is_generated || (!d.has_body && !facts::is_type(d.kind));
    });
    std::ranges::move(meant, std::back_inserter(where.definitions));
    return {};
}

Result<std::vector<PatternHit>> search(Workbench& bench, const Where& where, PatternFilter filter) {
    PatternFinder finder(std::move(filter));
    std::vector<PatternHit> hits;
    for (const Definition& d : where.definitions) {
        TRY(std::vector<PatternHit> found, finder.find_in(d));
        std::ranges::move(found, std::back_inserter(hits));
    }
    for (std::size_t i = 0; i < where.files.size(); ++i) {
        if (bench.stop.stop_requested()) return std::unexpected(cancelled());
        if (i % 64 == 0)
            bench.progress("looking for patterns",
                           static_cast<double>(i) / static_cast<double>(where.files.size()));
        TRY(std::vector<PatternHit> found, finder.find_in(where.files[i], bench.source));
        std::ranges::move(found, std::back_inserter(hits));
    }
    return hits;
}

Output answer(const Roots& roots, const std::vector<PatternHit>& hits, std::size_t limit) {
    std::vector<std::pair<const Pattern*, std::vector<const PatternHit*>>> groups;
    for (const PatternHit& hit : hits) {
        auto group = std::ranges::find(groups, hit.pattern,
                                       &std::pair<const Pattern*, std::vector<const PatternHit*>>::first);
        if (group == groups.end()) group = groups.insert(groups.end(), {hit.pattern, {}});
        group->second.push_back(&hit);
    }
    Lines lines;
    Json rows = Json::array();
    std::size_t shown = 0;
    for (const auto& [pattern, found] : groups) {
        lines.add(fmt::format("{} ({}, {}): {} {}", pattern->title, pattern->id, pattern->cost, pattern->why,
                              pattern->fix));
        for (const PatternHit* hit : found) {
            if (++shown > limit) continue;
            lines.add(
                fmt::format("  {}  {}  {}", place_text(roots, hit->file, hit->line), hit->symbol, hit->text));
            Json row = target_json(roots, hit->symbol, hit->file, hit->line, Certainty::Exact);
            row["pattern"] = pattern->id;
            row["title"] = pattern->title;
            row["why"] = pattern->why;
            row["fix"] = pattern->fix;
            row["cost"] = pattern->cost;
            rows.push_back(std::move(row));
        }
    }
    std::string text =
        lines.text("restrict it to the methods that a profile shows as hot, or to one `pattern`");
    if (shown > limit) text += fmt::format("… {} places more: raise `limit`\n", shown - limit);
    if (hits.empty()) text = "no pattern was found there\n";
    return {.text = std::move(text), .data = {{"total", hits.size()}, {"hits", std::move(rows)}}};
}

Result<Output> run_find_patterns(const Args& args, Workbench& bench) {
    PatternFilter filter{.ids = args.list("pattern"), .cost = args.text("cost")};
    for (const std::string& id : filter.ids) {
        if (std::ranges::find(all_patterns(), std::string_view(id), &Pattern::id) != all_patterns().end())
            continue;
        std::vector<std::string> names;
        for (const Pattern& p : all_patterns()) names.emplace_back(p.id);
        std::ranges::sort(names);
        names.erase(std::ranges::unique(names).begin(), names.end());
        return fail(Fault::NotFound, "there is no pattern {}; there are {}", id, join(names, ", "));
    }
    TRY_OK(make_ready(bench));
    Where where;
    for (const std::string& what : args.list("in")) TRY_OK(add_place(bench, what, where));
    if (args.list("in").empty()) where.files = bench.source.files_named("");
    TRY(const std::vector<PatternHit> hits, search(bench, where, std::move(filter)));
    return answer(bench.roots, hits,
                  static_cast<std::size_t>(std::clamp<std::int64_t>(args.integer("limit"), 1, 100000)));
}

}  // namespace

Tool find_patterns_tool() {
    return {"find_patterns",
            "source patterns",
            "Look for performance anti-patterns in given methods, types, files or folders: regular "
            "expressions built per call, "
            "strings joined in loops, LINQ and closures in loops, blocking on tasks, coarse locks, large "
            "arrays, … Each with the "
            "reason and the remedy. Best restricted to the methods that a profile shows as hot.",
            Effect::Reads,
            {{"in", Kind::Strings,
              "methods as Type.Method or FILE:LINE, types, files or folders; empty: all sources", ""},
             {"pattern", Kind::Strings, "only these patterns, by id", ""},
             {"cost",
              Kind::String,
              "only patterns of this cost",
              "",
              {"", "cpu", "allocation", "gc", "contention", "latency", "exceptions", "io"}},
             {"limit", Kind::Integer, "most places to show", std::int64_t{60}}},
            run_find_patterns};
}

}  // namespace culprit
