// explain_top: the Top-N list of any profiler, with what each row is and what lowers its cost.
#include <algorithm>
#include <limits>
#include <map>

#include <re2/re2.h>

#include "base/text.h"
#include "tools/args.h"
#include "tools/explain/in_source.h"
#include "tools/explain/known.h"
#include "tools/explain/tools.h"
#include "tools/profile/render.h"
#include "tools/profile/tools.h"
#include "tools/source/answer.h"

namespace culprit {
namespace {

constexpr std::uint64_t kMostBytes = 64u << 20;

// In the order of the list: what it was ranked by is what was asked of the profiler.
struct TopRow {
    std::string name, module;
    double share = -1, inclusive = -1;
};

// A list that no reader of ours knows (`perf top`, gprof, Go's pprof, `top`): lines with a percentage; the
// name is the last word that is one, the module what stands in brackets or looks like a library.
std::vector<TopRow> rows_of_text(std::string_view text) {
    static const RE2 kShare(R"(^\s*(?:[\d.,]+[a-zA-Z]*\s+)??(\d{1,3}(?:[.,]\d+)?)\s?%(.*)$)");
    static const RE2 kFlat(R"(^\s*(\d{1,3}\.\d\d)\s+[\d.]+\s+[\d.]+\s+(.*)$)");  // gprof's flat profile
    static const RE2 kModule(R"((\[[\w.\[\]-]+\]|\S*\.so[\d.]*|\S+\.(?:dll|exe)))");
    std::vector<TopRow> rows;
    for (const std::string_view line : split_lines(text)) {
        std::string share, rest;
        const re2::StringPiece piece(line.data(), line.size());
        if (!RE2::PartialMatch(piece, kShare, &share, &rest) &&
            !RE2::PartialMatch(piece, kFlat, &share, &rest))
            continue;
        TopRow row;
        row.share = std::strtod(replace_all(share, ",", ".").c_str(), nullptr) / 100;
        std::string module;
        if (RE2::PartialMatch(rest, kModule, &module)) row.module = module;
        std::string_view left = trim(rest);
        if (const std::size_t mark = left.find("] "); mark != std::string_view::npos && left.contains("[.]"))
            left = trim(left.substr(left.find("[.]") + 3));
        else if (const std::size_t kernel = left.find("[k]"); kernel != std::string_view::npos)
            left = trim(left.substr(kernel + 3));
        else if (const std::size_t gap = left.rfind("  "); gap != std::string_view::npos)
            left = trim(left.substr(gap));
        // Go's pprof: "1.2s 12% 45% 2s 20% runtime.mallocgc"; gprof: "3 0.1 0.1 name".
        while (const std::size_t space = left.find(' ')) {
            if (space == std::string_view::npos || left.find_first_not_of("0123456789.,%smuh") < space) break;
            left = trim(left.substr(space));
        }
        if (left.empty() || row.share > 1) continue;
        row.name = left;
        rows.push_back(std::move(row));
    }
    return rows;
}

// As profile_top reads it: all rows, as shares of modules are sums of them.
Result<std::vector<TopRow>> rows_of_profile(const std::string& file, Workbench& bench) {
    static const Tool top = profile_top_tool();
    TRY(const Args args,
        check_arguments(top, {{"file", file}, {"limit", std::numeric_limits<std::int64_t>::max()}}));
    TRY(const Output output, top.run(args, bench));
    std::vector<TopRow> rows;
    for (const Json& each : member(output.data, "rows")) {
        rows.push_back({text_at(each, "shown", text_at(each, "name")), text_at(each, "module"),
                        number_at(each, "self_share", -1), number_at(each, "inclusive_share", -1)});
    }
    return rows;
}

std::string by_module(const std::vector<TopRow>& rows) {
    std::map<std::string, double> shares;
    for (const TopRow& row : rows) {
        if (!row.module.empty() && row.share > 0) shares[row.module] += row.share;
    }
    std::vector<std::pair<std::string, double>> sorted(shares.begin(), shares.end());
    std::ranges::stable_sort(sorted, std::ranges::greater(), &std::pair<std::string, double>::second);
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(sorted.size(), 6); ++i) {
        const KnownFunction* known = known_module(sorted[i].first);
        text += fmt::format("{:>8}  {}{}\n", percent(sorted[i].second), sorted[i].first,
                            known ? ": " + known->what : "");
    }
    return text.empty() ? text : "By program and library:\n" + text + "\n";
}

std::string rows_text(std::size_t shown, std::size_t all) {
    if (shown == all) return counted(all, "row");
    return fmt::format("the first {} of {} (a larger 'limit' shows more)", shown, counted(all, "row"));
}

Result<Output> run_explain_top(const Args& args, Workbench& bench) {
    const std::int64_t limit = args.integer("limit");
    if (limit < 1 || limit > 1000) return fail(Fault::Invalid, "'limit' is from 1 to 1000, not {}", limit);
    TRY(const fs::path file, bench.roots.resolve(args.text("file")));
    auto rows = rows_of_profile(args.text("file"), bench);
    if (!rows && rows.error().fault == Fault::Cancelled) return std::unexpected(rows.error());
    std::string note;
    if (!rows) {
        TRY(const std::string text, read_file(file, kMostBytes));
        rows = rows_of_text(text);
        note = "It is no format that is known; lines with a percentage were taken for rows.\n";
    }
    if (rows->empty())
        return fail(
            Fault::Invalid,
            "{} has no line with a share and a name: give the output of perf report --stdio, perf top, "
            "a profiler's Top-N, or the profile itself",
            args.text("file"));
    SourceLook look(bench);
    Lines lines;
    Json list = Json::array();
    std::size_t in_source = 0;
    // A row of nothing says nothing.
    std::erase_if(*rows, [](const TopRow& row) { return row.share == 0 && row.inclusive <= 0; });
    for (const TopRow& row : *rows | std::views::take(limit)) {
        if (bench.stop.stop_requested()) return std::unexpected(cancelled());
        Json json = {{"name", row.name},
                     {"module", row.module},
                     {"self_share", row.share},
                     {"inclusive_share", row.inclusive}};
        std::string text = fmt::format(
            "{:>8}  {}{}{}\n", row.share < 0 ? "-" : percent(row.share), one_line(row.name, 120),
            row.module.empty() ? "" : "  " + row.module,
            row.inclusive <= row.share ? ""
                                       : fmt::format("  ({} with what it calls)", percent(row.inclusive)));
        if (const auto found = look.find(row.name)) {
            ++in_source;
            text += look.text(*found, "          ");
            json["source"] = look.json(*found);
        } else if (const KnownFunction* known = known_function(row.name)) {
            text += fmt::format("          {}\n          less of it: {} ({})\n", known->what, known->lower,
                                known->source);
            json["known"] = {{"what", known->what}, {"lower", known->lower}, {"source", known->source}};
        }
        while (text.ends_with('\n')) text.pop_back();
        lines.add(std::move(text));
        list.push_back(std::move(json));
    }
    std::string text = fmt::format(
        "{}: {}, {}\n{}\n{}", args.text("file"), rows_text(list.size(), rows->size()),
        look.has_sources() ? fmt::format("{} of them in the sources", in_source) : "no source root is given",
        note, by_module(*rows));
    return Output{.text = text + lines.text("a smaller 'limit'"),
                  .data = {{"rows", std::move(list)}, {"count", rows->size()}, {"note", note}}};
}

}  // namespace

Tool explain_top_tool() {
    return {"explain_top",
            "explain top",
            "Explain the Top-N list of any profiler: what each function and library is, where it stands in "
            "the sources, which "
            "anti-patterns are in it, and what lowers its cost. Takes perf report, perf top, gprof, pprof "
            "-top, dotnet-trace "
            "topN, or a profile.",
            Effect::Reads,
            {{"file", Kind::Path, "the list, or the profile"},
             {"limit", Kind::Integer, "most rows", std::int64_t{15}}},
            run_explain_top,
            "explain top perf-report.txt"};
}

}  // namespace culprit
