// explain_function: what a function is, from the sources, the table of well-known ones and the profiles at
// hand.
#include <algorithm>

#include <re2/re2.h>

#include "base/text.h"
#include "tools/args.h"
#include "tools/explain/in_source.h"
#include "tools/explain/known.h"
#include "tools/explain/tools.h"
#include "tools/profile/analysis.h"
#include "tools/profile/store.h"
#include "tools/profile/tools.h"
#include "tools/source/answer.h"

namespace culprit {
namespace {

constexpr std::size_t kMostCallers = 10;

// The comment that stands right above a definition, without what marks it as one.
std::string comment_above(const Definition& d) {
    const auto text = read_file(d.file, 64u << 20);
    if (!text) return {};
    const auto lines = split_lines(*text);
    std::vector<std::string> comment;
    for (auto i = static_cast<std::size_t>(std::max(d.first_line - 1, 0));
         i > 0 && i <= lines.size() && comment.size() < 30; --i) {
        std::string_view line = trim(lines[i - 1]);
        const bool is_comment = line.starts_with("//") || line.starts_with("*") || line.starts_with("/*") ||
                                line.starts_with("#") || line.ends_with("*/");
        if (!is_comment) break;
        while (!line.empty() && std::string_view("/*#!").contains(line.front())) line.remove_prefix(1);
        if (line.ends_with("*/")) line.remove_suffix(2);
        if (!trim(line).empty()) comment.emplace_back(trim(line));
    }
    std::ranges::reverse(comment);
    std::string whole = join(comment, " ");
    static const RE2 kTag(R"re(</?[a-z]+(?:\s+\w+="([^"]*)")?\s*/?>)re");  // of .NET and of Java
    RE2::GlobalReplace(&whole, kTag, R"(\1)");
    return std::string(trim(whole));
}

std::string described(const Definition& d, SourceLook& look, Workbench& bench, Json& out) {
    std::string text =
        fmt::format("{}  {}\n  {}\n", place_text(bench.roots, d.file, d.line), d.qualified, d.signature);
    Json json = definition_json(bench.roots, d);
    if (const std::string comment = comment_above(d); !comment.empty()) {
        text += fmt::format("  \"{}\"\n", one_line(comment, 600));
        json["comment"] = comment;
    }
    if (const auto found = look.find(d.qualified); found && found->definition == d) {
        for (const PatternHit& hit : found->hits)
            text += fmt::format("  line {}: {} Remedy: {}\n", hit.line, hit.pattern->title, hit.pattern->fix);
    }
    const std::vector<Caller> callers = bench.source.callers(d, bench.stop);
    json["callers"] = callers.size();
    text += callers.empty() ? "  nothing in the roots calls it\n"
                            : fmt::format("  called at {} places:\n", callers.size());
    for (std::size_t i = 0; i < std::min(callers.size(), kMostCallers); ++i) {
        const CallSite& site = callers[i].site;
        text +=
            fmt::format("    {}  {}\n", place_text(bench.roots, site.file, site.line), site.caller.qualified);
    }
    out.push_back(std::move(json));
    return text;
}

// What the profiles among the roots say of it.
std::string costs(const std::string& function, Workbench& bench, Json& out) {
    static const Tool butterfly = profile_butterfly_tool();
    std::string text;
    for (const Root& root : bench.roots.all()) {
        if (root.what != Root::What::File) continue;
        const auto args = check_arguments(butterfly, {{"file", root.name}, {"method", function}});
        const auto output = args ? butterfly.run(*args, bench) : std::unexpected(args.error());
        if (!output) continue;  // no profile, or none that has the function
        text += fmt::format("{}\n", trim(output->text));
        out.push_back({{"file", root.name}, {"data", output->data}});
    }
    return text;
}

std::string known_text(std::string_view library, std::string_view function, Json& out) {
    std::string text;
    if (const KnownFunction* module = known_module(library)) {
        text += fmt::format("{}: {}\n", library, module->what);
        out["library"] = module->what;
    }
    if (const KnownFunction* known = known_function(function)) {
        text +=
            fmt::format("{}: {}\nless of it: {} ({})\n", function, known->what, known->lower, known->source);
        out["known"] = {{"what", known->what}, {"lower", known->lower}, {"source", known->source}};
    }
    for (const Replacement* each : replacements_of(library, function))
        text += fmt::format("a faster one may be {}: {} ({})\n", each->by, each->gain, each->source);
    return text;
}

Result<Output> run_explain_function(const Args& args, Workbench& bench) {
    const std::string& function = args.text("function");
    const std::string& library = args.text("library");
    Json data = {{"function", function},
                 {"library", library},
                 {"definitions", Json::array()},
                 {"costs", Json::array()}};
    std::string text = known_text(library, function, data);
    if (!bench.roots.sources().empty()) {
        TRY_OK(make_ready(bench));
        SourceLook look(bench);
        const auto found = definitions_meant(bench, function, 5);
        if (!found && text.empty()) text += found.error().what + "\n";
        for (std::size_t i = 0; found && i < found->size(); ++i)
            text += described((*found)[i], look, bench, data["definitions"]);
    }
    text += costs(function, bench, data["costs"]);
    if (text.empty())
        text = fmt::format(
            "{} is neither in the table of well-known functions nor in a source root; --root names one.\n",
            function);
    return Output{.text = text + partial_note(bench), .data = std::move(data)};
}

Result<Output> run_find_faster(const Args& args, Workbench&) {
    const auto found = replacements_of(args.text("name"), args.text("function"));
    Json rows = Json::array();
    std::string text;
    for (const Replacement* each : found) {
        text += fmt::format("{}: {}\n  gain: {}\n  trade-off: {}\n  source: {}\n", args.text("name"),
                            each->by, each->gain, each->trade, each->source);
        rows.push_back(
            {{"by", each->by}, {"gain", each->gain}, {"trade", each->trade}, {"source", each->source}});
    }
    if (found.empty()) {
        text = fmt::format(
            "The table of {} replacements has none for {}{}. That says nothing about whether there is one.\n",
            count_of_replacements(), args.text("name"),
            args.text("function").empty() ? "" : " " + args.text("function"));
    } else {
        text += "Measure it on your own work before you change: culprit jobs compare, or profiles of both.\n";
    }
    return Output{.text = std::move(text),
                  .data = {{"name", args.text("name")}, {"replacements", std::move(rows)}}};
}

}  // namespace

Tool explain_function_tool() {
    return {"explain_function",
            "explain function",
            "Explain a function: what a well-known one of the system, a runtime or a library does and what "
            "lowers its cost; of one "
            "in the sources the definition, its comment, its callers and anti-patterns; and what it costs in "
            "the profiles at hand.",
            Effect::Reads,
            {{"function", Kind::String, "its name: \"memcpy\", \"CatalogIndex.Resolve\""},
             {"library", Kind::String, "the library or program that has it: \"libc.so.6\"", ""}},
            run_explain_function,
            "explain function _raw_spin_lock --library vmlinux"};
}

Tool find_faster_tool() {
    return {"find_faster",
            "explain faster",
            "Look up what replaces a program or library and does the same work faster, with the gain, the "
            "trade-off and where it is "
            "measured. From a table of well-known ones; says so when it has none.",
            Effect::Reads,
            {{"name", Kind::String, "the program or library: \"grep\", \"zlib\""},
             {"function", Kind::String, "one function of it", ""}},
            run_find_faster,
            "explain faster gzip"};
}

}  // namespace culprit
