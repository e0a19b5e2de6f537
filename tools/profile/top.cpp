// profile_top: the methods, types, namespaces, modules or threads with the most weight.
#include <algorithm>
#include <ranges>

#include "base/text.h"
#include "tools/profile/render.h"
#include "tools/profile/store.h"
#include "tools/profile/tools.h"

namespace culprit {

namespace {

struct Answer {
    CallTree tree;
    std::vector<Row> rows;   // markers folded into their callers
    std::vector<Row> exact;  // with markers, as the file has it; empty if it has none
};

Result<Answer> answer(const Profile& profile, Selection selection, By by) {
    Answer answer;
    TRY(answer.tree, select(profile, selection));
    TRY(answer.rows, top(profile, selection, by));
    if (!std::ranges::any_of(profile.frames,
                             [](const Frame& frame) { return frame.kind == FrameKind::Marker; }))
        return answer;
    selection.fold_markers = false;
    TRY(answer.exact, top(profile, selection, by));
    return answer;
}

Json data_of(const Answer& answer, std::size_t limit) {
    const CallTree& tree = answer.tree;
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
        if (!answer.exact.empty()) {
            const auto folded = std::ranges::find(answer.rows, row.name, &Row::name);
            json["folded_self"] = folded == answer.rows.end() ? 0 : folded->self;
        }
        rows.push_back(std::move(json));
    }
    return {{"metric", tree.metric->name},
            {"unit", tree.metric->unit},
            {"total", tree.total},
            {"rows", std::move(rows)}};
}

std::string text_of(const Answer& answer, const Profile& profile, const Args& args) {
    const CallTree& tree = answer.tree;
    Page page;
    page.line(fmt::format("{}: {} by {}{}: {} in all, {} events", file_name_of(args.text("file")),
                          tree.metric->name, args.text("by"), selection_text(args),
                          weight_text(tree.total, tree.metric->unit),
                          grouped(static_cast<std::int64_t>(tree.total_events))));
    page.line(fmt::format("{:>18}  {:>18}  {}", "self", "inclusive", args.text("by")));
    const auto limit = static_cast<std::size_t>(args.integer("limit"));
    std::size_t shown = 0;
    double share = 0;
    for (const Row& row : answer.rows | std::views::take(limit)) {
        const bool fits =
            page.row(fmt::format("{:>8} {:>9}  {:>8} {:>9}  {}", percent(tree.share(row.self)),
                                 weight_text(row.self, tree.metric->unit), percent(tree.share(row.inclusive)),
                                 weight_text(row.inclusive, tree.metric->unit), fitting(row.shown)));
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
    page.notes(profile.warnings);
    return std::move(page).take();
}

Result<Output> run_top(const Args& args, Workbench& bench) {
    if (args.integer("limit") < 1) return fail(Fault::Invalid, "'limit' must be at least 1");
    TRY(const fs::path file, bench.roots.resolve(args.text("file")));
    TRY(const ProfileStore::Pinned profile, bench.profiles.open(file, reading_of(args, bench)));
    TRY(Selection selection, selection_of(args, *profile, bench));
    TRY(const Answer found, answer(*profile, std::move(selection), by_of(args.text("by"))));
    return Output{.text = text_of(found, *profile, args),
                  .data = data_of(found, static_cast<std::size_t>(args.integer("limit")))};
}

}  // namespace

Tool profile_top_tool() {
    std::vector<Arg> args = {
        {"file", Kind::Path, "the profile"},
        {"by", Kind::String, "what a row is", "method", {"method", "type", "namespace", "module", "thread"}},
        {"limit", Kind::Integer, "most rows", std::int64_t{25}},
    };
    std::ranges::move(selection_args(), std::back_inserter(args));
    return {"profile_top",
            "profile top",
            "List the methods (or types, namespaces, modules, threads) with the most weight of their own "
            "(self), and with all they "
            "call (inclusive), recursion counted once. Filters narrow it to a part of the recording.",
            Effect::Reads,
            std::move(args),
            run_top};
}

}  // namespace culprit
