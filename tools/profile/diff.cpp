// profile_diff: what changed from one profile to another.
#include <algorithm>
#include <cmath>
#include <ranges>

#include "base/text.h"
#include "tools/profile/compare.h"
#include "tools/profile/render.h"
#include "tools/profile/store.h"
#include "tools/profile/tools.h"

namespace culprit {

namespace {

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::Changed: return "changed";
        case Verdict::NoChangeShown: return "no_change_shown";
        case Verdict::TooFewSamples: return "too_few_samples";
    }
    return "";
}

Basis basis_of(const Args& args) {
    if (args.number("work_before") > 0 || args.number("work_after") > 0) return Basis::Work;
    return args.text("per") == "second" ? Basis::Time : Basis::Share;
}

std::string_view name_of(Basis basis) {
    return basis == Basis::Share ? "share" : basis == Basis::Time ? "second" : "work";
}

std::string value_text(double value, const Diff& diff, std::string_view unit) {
    return diff.basis == Basis::Share ? percent(value) : weight_text(value, unit);
}

std::string signed_text(double value, const Diff& diff, std::string_view unit) {
    return (value < 0 ? "-" : "+") + value_text(std::abs(value), diff, unit);
}

Json data_of(const Diff& diff, const Metric& metric, std::size_t limit) {
    Json rows = Json::array();
    for (const DiffRow& row : diff.rows | std::views::take(limit)) {
        rows.push_back({{"name", row.name},
                        {"before", row.before},
                        {"after", row.after},
                        {"change", row.change},
                        {"explains", row.explains},
                        {"shown", row.shown},
                        {"before_inclusive", row.before_inclusive},
                        {"after_inclusive", row.after_inclusive},
                        {"noise", row.noise}});
    }
    return {{"metric", metric.name},
            {"unit", metric.unit},
            {"verdict", to_string(diff.verdict)},
            {"per", name_of(diff.basis)},
            {"before_total", diff.before_total},
            {"after_total", diff.after_total},
            {"rows", std::move(rows)}};
}

void add_rows(Page& page, const Diff& diff, std::string_view unit, std::size_t limit) {
    page.line(
        fmt::format("{:>10} {:>10} {:>10}  explains  method (own weight)", "before", "after", "change"));
    std::size_t shown = 0;
    for (const DiffRow& row : diff.rows | std::views::take(limit)) {
        const std::string_view mark = row.before_inclusive == 0  ? " (new)"
                                      : row.after_inclusive == 0 ? " (gone)"
                                                                 : "";
        if (!page.row(fmt::format("{:>10} {:>10} {:>10}  {:>8}  {}{}", value_text(row.before, diff, unit),
                                  value_text(row.after, diff, unit), signed_text(row.change, diff, unit),
                                  percent(row.explains), fitting(row.shown), mark))) {
            break;
        }
        ++shown;
    }
    if (shown < diff.rows.size())
        page.line(fmt::format("not shown: {} more rows; limit={} shows them", diff.rows.size() - shown,
                              diff.rows.size()));
}

// The methods whose time with all below changed most: often the caller tells more than the leaf.
void add_inclusive(Page& page, const Diff& diff, std::string_view unit) {
    std::vector<const DiffRow*> rows;
    for (const DiffRow& row : diff.rows) rows.push_back(&row);
    const auto change = [](const DiffRow* row) { return row->after_inclusive - row->before_inclusive; };
    std::ranges::stable_sort(
        rows, [&](const DiffRow* a, const DiffRow* b) { return std::abs(change(a)) > std::abs(change(b)); });
    page.line("with all that they call:");
    for (const DiffRow* row : rows | std::views::take(10)) {
        if (!page.row(fmt::format("{:>10} {:>10} {:>10}            {}",
                                  value_text(row->before_inclusive, diff, unit),
                                  value_text(row->after_inclusive, diff, unit),
                                  signed_text(change(row), diff, unit), fitting(row->shown)))) {
            return;
        }
    }
}

std::string text_of(const Diff& diff, const DiffSide& before, const DiffSide& after, const Args& args) {
    const Metric& metric = *before.tree.metric;
    const auto side = [&](const DiffSide& s, std::string_view file) {
        return fmt::format("{} ({}, {})", file_name_of(file), weight_text(s.tree.total, metric.unit),
                           duration_text(s.profile.duration_ns));
    };
    Page page;
    page.line(fmt::format("{} -> {}: {}, {}{}", side(before, args.text("before")),
                          side(after, args.text("after")), metric.name,
                          diff.basis == Basis::Share  ? "as shares of the total"
                          : diff.basis == Basis::Time ? "per second of recording"
                                                      : "per unit of work",
                          selection_text(args)));
    if (diff.basis != Basis::Share) {
        page.line(fmt::format("in all: {} -> {}", value_text(diff.before_total, diff, metric.unit),
                              value_text(diff.after_total, diff, metric.unit)));
    }
    page.line(fmt::format("verdict: {}",
                          diff.verdict == Verdict::Changed ? "changed, by more than sampling explains"
                          : diff.verdict == Verdict::NoChangeShown
                              ? "no change is shown: all differences lie within the noise of sampling"
                              : "too few samples to tell"));
    add_rows(page, diff, metric.unit, static_cast<std::size_t>(args.integer("limit")));
    add_inclusive(page, diff, metric.unit);
    std::vector<std::string> notes = {"one run a side: how much runs differ by themselves is not known"};
    for (const DiffSide* s : {&before, &after}) {
        for (const std::string& warning : s->profile.warnings)
            notes.push_back((s == &before ? "before: " : "after: ") + warning);
    }
    page.notes(notes);
    return std::move(page).take();
}

Result<Output> run_diff(const Args& args, Workbench& bench) {
    if (args.integer("limit") < 1) return fail(Fault::Invalid, "'limit' must be at least 1");
    TRY(const fs::path before_file, bench.roots.resolve(args.text("before")));
    TRY(const fs::path after_file, bench.roots.resolve(args.text("after")));
    const Reading reading = reading_of(args, bench);
    TRY(const ProfileStore::Pinned before_profile, bench.profiles.open(before_file, reading));
    TRY(const ProfileStore::Pinned after_profile, bench.profiles.open(after_file, reading));
    TRY(const Selection before_selection, selection_of(args, *before_profile, bench));
    TRY(const Selection after_selection, selection_of(args, *after_profile, bench));
    TRY(CallTree before_tree, select(*before_profile, before_selection));
    TRY(CallTree after_tree, select(*after_profile, after_selection));
    if (before_tree.metric->name != after_tree.metric->name ||
        before_tree.metric->unit != after_tree.metric->unit) {
        return fail(Fault::Invalid, "before has {} in {}, after has {} in {}: name a metric that both have",
                    before_tree.metric->name, before_tree.metric->unit, after_tree.metric->name,
                    after_tree.metric->unit);
    }
    const DiffSide before{*before_profile, std::move(before_tree), args.number("work_before")};
    const DiffSide after{*after_profile, std::move(after_tree), args.number("work_after")};
    TRY(const Diff found, diff(before, after, basis_of(args), by_of(args.text("by"))));
    return Output{
        .text = text_of(found, before, after, args),
        .data = data_of(found, *before.tree.metric, static_cast<std::size_t>(args.integer("limit")))};
}

}  // namespace

Tool profile_diff_tool() {
    std::vector<Arg> args = {
        {"before", Kind::Path, "the profile to compare with"},
        {"after", Kind::Path, "the profile in question"},
        {"by", Kind::String, "what a row is", "method", {"method", "type", "namespace", "module"}},
        {"per",
         Kind::String,
         "what weights are divided by: share (of the total) or second (of recording)",
         "share",
         {"share", "second"}},
        {"work_before", Kind::Number,
         "units of work done in the recording before (orders, requests): then weights are per unit", 0.0},
        {"work_after", Kind::Number, "units of work done in the recording after", 0.0},
        {"limit", Kind::Integer, "most rows", std::int64_t{20}},
    };
    std::ranges::move(selection_args(), std::back_inserter(args));
    return {"profile_diff",
            "profile diff",
            "Compare two profiles of the same program and rank what changed: by methods' own weight and with "
            "all they call, as shares, "
            "per second or per unit of work. Give the units of work of both sides if they are known: then it "
            "shows what one unit costs.",
            Effect::Reads,
            std::move(args),
            run_diff};
}

}  // namespace culprit
