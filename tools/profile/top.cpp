// profile_top: the methods, types, namespaces, modules or threads with the most weight.
#include <algorithm>
#include <cmath>
#include <ranges>

#include "base/text.h"
#include "tools/profile/ask.h"
#include "tools/profile/render.h"
#include "tools/profile/tools.h"
#include "tools/profile/trust.h"

namespace culprit {
namespace {

struct Answer {
    std::vector<Row> rows;   // markers folded into their callers
    std::vector<Row> exact;  // with markers, as the file has it; empty if it has none
};

Result<Answer> answer(const Profile& profile, Selection selection, By by) {
    Answer answer;
    TRY(answer.rows, top(profile, selection, by));
    const bool has_markers = std::ranges::any_of(
        profile.frames, [](const Frame& frame) { return frame.kind == FrameKind::Marker; });
    if (!has_markers) return answer;
    selection.fold_markers = false;
    TRY(answer.exact, top(profile, selection, by));
    return answer;
}

Json data_of(const Answer& answer, const Asked& asked, By by, std::size_t limit) {
    const CallTree& tree = asked.tree;
    const auto& exact = answer.exact.empty() ? answer.rows : answer.exact;
    Json rows = Json::array();
    for (const Row& row : exact | std::views::take(limit)) {
        Json json = {{"name", row.name},
                     {"self", row.self},
                     {"inclusive", row.inclusive},
                     {"self_share", tree.share(row.self)},
                     {"inclusive_share", tree.share(row.inclusive)},
                     {"shown", row.shown},
                     {"events", row.events}};
        if (by == By::Method) {
            const Frame& frame = asked.profile->frames[row.frame];
            if (frame.kind == FrameKind::Unresolved) json["unnamed"] = true;
            if (frame.module != 0) json["module"] = asked.profile->text(frame.module);
            if (frame.file != 0) json["file"] = asked.profile->text(frame.file);
            if (frame.line != 0) json["line"] = frame.line;
        }
        if (!answer.exact.empty()) {
            const auto folded = std::ranges::find(answer.rows, row.name, &Row::name);
            json["folded_self"] = folded == answer.rows.end() ? 0 : folded->self;
        }
        rows.push_back(std::move(json));
    }
    return {{"metric", tree.metric->name},
            {"unit", tree.metric->unit},
            {"total", tree.total},
            {"rows", std::move(rows)},
            {"notes", trust_notes(*asked.profile, tree)}};
}

std::string text_of(const Answer& answer, const Asked& asked, const Args& args, std::size_t limit) {
    const CallTree& tree = asked.tree;
    const std::string_view unit = tree.metric->unit;
    Page page;
    page.line(headline(asked.file, tree, fmt::format(" by {}{}", args.text("by"), selection_text(args))));
    page.line(fmt::format("{:>18}  {:>18}  {}", "self", "inclusive", args.text("by")));
    std::size_t shown = 0;
    double share = 0;
    for (const Row& row : answer.rows | std::views::take(limit)) {
        const bool fits = page.row(fmt::format(
            "{:>8} {:>9}  {:>8} {:>9}  {}", percent(tree.share(row.self)), weight_text(row.self, unit),
            percent(tree.share(row.inclusive)), weight_text(row.inclusive, unit), fitting(row.shown)));
        if (!fits) break;
        ++shown;
        share += tree.share(row.self);
    }
    if (shown < answer.rows.size()) {
        page.line(
            fmt::format("not shown: {} more with {} of self; limit={} and the filters (matching, within, "
                        "thread) show them",
                        answer.rows.size() - shown, percent(std::max(0.0, 1 - share)), answer.rows.size()));
    }
    page.notes(trust_notes(*asked.profile, tree));
    return std::move(page).take();
}

// The rows of another tool's report. What it ranked by is what was asked of it; what it did not rank (lines
// in their order) is, by self.
std::vector<TableRow> ranked(const Table& table) {
    std::vector<TableRow> rows = table.rows;
    const bool has_ranks = std::ranges::is_sorted(rows, std::ranges::greater(), &TableRow::inclusive) &&
                           !rows.empty() && rows.front().inclusive > 0;
    if (!has_ranks)
        std::ranges::stable_sort(rows, std::ranges::greater(),
                                 [](const TableRow& row) { return std::max(row.self, 0.0); });
    return rows;
}

Output table_output(const Profile& profile, std::string_view file, std::size_t limit) {
    Page page;
    Json rows = Json::array();
    for (const Table& table : profile.tables) {
        page.line(fmt::format("{}: {}, {}", file, table.title, counted(table.rows.size(), "row")));
        const auto share = [](double value) { return value < 0 ? std::string("-") : percent(value); };
        std::size_t shown = 0;
        const std::vector<TableRow> all = ranked(table);
        for (const TableRow& row : all | std::views::take(limit)) {
            rows.push_back({{"name", row.name},
                            {"self", row.self},
                            {"inclusive", row.inclusive},
                            {"self_share", row.self},
                            {"inclusive_share", row.inclusive},
                            {"module", row.module},
                            {"note", row.note}});
            if (page.row(fmt::format("{:>8}  {:>8}  {}{}{}", share(row.self), share(row.inclusive),
                                     fitting(row.name), row.module.empty() ? "" : "  [" + row.module + "]",
                                     row.note.empty() ? "" : "  " + row.note))) {
                ++shown;
            }
        }
        if (shown < table.rows.size())
            page.line(fmt::format("not shown: {} more rows; limit={} shows them", table.rows.size() - shown,
                                  table.rows.size()));
    }
    page.notes(profile.warnings);
    return {.text = std::move(page).take(),
            .data = {{"metric", "share"},
                     {"unit", "share"},
                     {"total", 1},
                     {"rows", std::move(rows)},
                     {"notes", profile.warnings}}};
}

Result<Output> run_top(const Args& args, Workbench& bench) {
    TRY(const std::size_t limit, limit_of(args));
    const By by = by_of(args.text("by"));
    {
        TRY(const ProfileStore::Pinned profile, open_profile(args.text("file"), args, bench));
        if (!profile->tables.empty()) return table_output(*profile, file_name_of(args.text("file")), limit);
    }
    TRY(const Asked asked, ask(args, bench));
    TRY(const Answer found, answer(*asked.profile, asked.selection, by));
    return Output{.text = text_of(found, asked, args, limit), .data = data_of(found, asked, by, limit)};
}

}  // namespace

Tool profile_top_tool() {
    return {"profile_top",
            "profile top",
            "List the methods (types, namespaces, modules, threads) with the most weight of their own (self) "
            "and with "
            "all they call (inclusive).",
            Effect::Reads,
            with_selection({
                {"file", Kind::Path, "the profile"},
                {"by",
                 Kind::String,
                 "what a row is",
                 "method",
                 {"method", "type", "namespace", "module", "thread"}},
                {"limit", Kind::Integer, "most rows", std::int64_t{25}},
            }),
            run_top,
            "profile top trace.nettrace --within 'OrderQueue.Drain' --waits drop"};
}

}  // namespace culprit
