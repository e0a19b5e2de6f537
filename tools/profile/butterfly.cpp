// profile_butterfly: who calls a method, and whom it calls.
#include <ranges>

#include "base/text.h"
#include "tools/profile/ask.h"
#include "tools/profile/names.h"
#include "tools/profile/render.h"
#include "tools/profile/shape.h"
#include "tools/profile/tools.h"
#include "tools/profile/trust.h"

namespace culprit {
namespace {

Json rows_json(const std::vector<Row>& rows, const CallTree& tree, std::size_t limit) {
    Json json = Json::array();
    for (const Row& row : rows | std::views::take(limit)) {
        json.push_back({{"name", row.name},
                        {"shown", row.shown},
                        {"weight", row.inclusive},
                        {"share", tree.share(row.inclusive)}});
    }
    return json;
}

void add_rows(Page& page, std::string_view title, const std::vector<Row>& rows, const Asked& asked,
              std::size_t limit) {
    page.line(fmt::format("{}:", title));
    std::size_t shown = 0;
    for (const Row& row : rows | std::views::take(limit)) {
        if (!page.row(fmt::format("{:>8} {:>9}  {}", percent(asked.tree.share(row.inclusive)),
                                  weight_text(row.inclusive, asked.tree.metric->unit), fitting(row.shown)))) {
            break;
        }
        ++shown;
    }
    if (rows.empty()) page.line("  none");
    if (shown < rows.size())
        page.line(fmt::format("  not shown: {} more; limit={} shows them", rows.size() - shown, rows.size()));
}

Result<Output> run_butterfly(const Args& args, Workbench& bench) {
    TRY(const std::size_t limit, limit_of(args));
    TRY(const Asked asked, ask(args, bench));
    TRY(const Butterfly found, butterfly(*asked.profile, asked.tree, args.text("method")));
    const std::string_view unit = asked.tree.metric->unit;
    Json methods = Json::array();
    std::vector<std::string> names;
    for (const FrameId frame : found.methods) {
        methods.push_back(asked.profile->full_name(frame));
        names.push_back(shown_name(*asked.profile, frame));
    }
    Page page;
    page.line(headline(asked.file, asked.tree, selection_text(args)));
    page.line(fmt::format("{}: self {} ({}), inclusive {} ({})",
                          names.size() == 1 ? names[0] : fmt::format("{} methods taken as one", names.size()),
                          weight_text(found.self, unit), percent(asked.tree.share(found.self)),
                          weight_text(found.inclusive, unit), percent(asked.tree.share(found.inclusive))));
    if (names.size() > 1) {
        for (const std::string& name : names | std::views::take(8)) page.row("  " + fitting(name));
        if (names.size() > 8)
            page.line(fmt::format("  and {} more: give more of the name", names.size() - 8));
    }
    add_rows(page, "called by (the weight that its calls have)", found.callers, asked, limit);
    add_rows(page, "calls", found.callees, asked, limit);
    page.notes(trust_notes(*asked.profile, asked.tree));
    return Output{.text = std::move(page).take(),
                  .data = {{"metric", asked.tree.metric->name},
                           {"unit", unit},
                           {"total", asked.tree.total},
                           {"methods", std::move(methods)},
                           {"self", found.self},
                           {"inclusive", found.inclusive},
                           {"callers", rows_json(found.callers, asked.tree, limit)},
                           {"callees", rows_json(found.callees, asked.tree, limit)},
                           {"notes", trust_notes(*asked.profile, asked.tree)}}};
}

}  // namespace

Tool profile_butterfly_tool() {
    return {"profile_butterfly",
            "profile butterfly",
            "Show the callers and callees of a method with the weight that passes through each. Several "
            "methods that match count as one.",
            Effect::Reads,
            with_selection({
                {"file", Kind::Path, "the profile"},
                {"method", Kind::String, "a part of the method's name, or a regular expression"},
                {"limit", Kind::Integer, "most callers, and most callees", std::int64_t{15}},
            }),
            run_butterfly,
            "profile butterfly trace.nettrace StockLedger.Reserve"};
}

}  // namespace culprit
