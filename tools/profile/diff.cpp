// profile_diff: what changed from one profile, or one set of runs, to another.
#include <algorithm>
#include <cmath>
#include <ranges>

#include "base/text.h"
#include "tools/profile/ask.h"
#include "tools/profile/compare.h"
#include "tools/profile/render.h"
#include "tools/profile/tools.h"
#include "tools/profile/trust.h"

namespace culprit {
namespace {

constexpr double kUsualSpread = 0.05;  // of runs of one program on a quiet machine, where it is not known

std::string_view word(Verdict verdict) {
    switch (verdict) {
        case Verdict::Changed: return "changed";
        case Verdict::NoChangeShown: return "no_change_shown";
        case Verdict::TooFewSamples: return "too_few_samples";
        case Verdict::Unrelated: return "unrelated";
        case Verdict::NoNames: return "no_names";
    }
    return "";
}

std::string_view word(Fate fate) {
    switch (fate) {
        case Fate::Stayed: return "stayed";
        case Fate::New: return "new";
        case Fate::Gone: return "gone";
        case Fate::Moved: return "moved";
    }
    return "";
}

std::string_view word(Basis basis) {
    return basis == Basis::Share ? "share" : basis == Basis::Time ? "second" : "work";
}

// One side of the question: its runs, held open.
struct Side {
    std::vector<ProfileStore::Pinned> profiles;
    std::vector<Run> runs;
    std::string name;
};

Result<Side> open_side(const Args& args, std::string_view which, Workbench& bench) {
    Side side;
    TRY(ProfileStore::Pinned first, open_profile(args.text(which), args, bench));
    side.profiles.push_back(std::move(first));
    side.name = file_name_of(args.text(which));
    for (const std::string& path : args.list(fmt::format("more_{}", which))) {
        TRY(ProfileStore::Pinned more, open_profile(path, args, bench));
        side.profiles.push_back(std::move(more));
    }
    if (side.profiles.size() > 1) side.name += fmt::format(" and {} more", side.profiles.size() - 1);
    const double work = args.number(fmt::format("work_{}", which));
    for (const ProfileStore::Pinned& profile : side.profiles) {
        TRY(const Selection selection, selection_of(args, *profile, bench));
        TRY(CallTree tree, select(*profile, selection));
        side.runs.push_back({&*profile, std::move(tree), work});
    }
    return side;
}

class Report {
  public:
    Report(const Args& args, const Diff& found, const Side& before, const Side& after)
        : args_(args), diff_(found), before_(before), after_(after), metric_(*before.runs[0].tree.metric) {}

    Json data(std::size_t limit) const {
        Json rows = Json::array();
        for (const DiffRow& row : diff_.rows | std::views::take(limit)) {
            Json json = {{"name", row.name},
                         {"before", row.before},
                         {"after", row.after},
                         {"change", row.change},
                         {"explains", row.explains},
                         {"shown", row.shown},
                         {"before_inclusive", row.before_inclusive},
                         {"after_inclusive", row.after_inclusive},
                         {"noise", row.noise},
                         {"certain", row.is_certain},
                         {"fate", word(row.fate)}};
            if (row.fate == Fate::Moved) json["other"] = row.other;
            if (!row.is_named) json["unnamed"] = true;
            rows.push_back(std::move(json));
        }
        return {{"metric", metric_.name},
                {"unit", metric_.unit},
                {"verdict", word(diff_.verdict)},
                {"per", word(diff_.basis)},
                {"before_total", diff_.before_total},
                {"after_total", diff_.after_total},
                {"before_runs", diff_.before_runs},
                {"after_runs", diff_.after_runs},
                {"rows", std::move(rows)},
                {"notes", notes()}};
    }

    std::string text(std::size_t limit) const {
        Page page;
        const std::string chosen = selection_text(args_);
        page.line(fmt::format("{} -> {}: {}, {}{}", before_.name, after_.name, metric_.name,
                              diff_.basis == Basis::Share  ? "as shares of the total"
                              : diff_.basis == Basis::Time ? "per second of recording"
                                                           : "per unit of work",
                              chosen));
        add_totals(page);
        page.line(fmt::format("verdict: {}", verdict()));
        add_rows(page, limit);
        add_inclusive(page);
        page.notes(notes());
        return std::move(page).take();
    }

  private:
    std::string value(double number) const {
        return diff_.basis == Basis::Share ? percent(number) : weight_text(number, metric_.unit);
    }
    std::string change(double number) const { return (number < 0 ? "-" : "+") + value(std::abs(number)); }

    void add_totals(Page& page) const {
        const auto raw = [](const Side& side, std::string_view unit) {
            std::vector<std::string> totals;
            for (const Run& run : side.runs) {
                totals.push_back(fmt::format("{} in {}", weight_text(run.tree.total, unit),
                                             duration_text(run.profile->duration_ns)));
            }
            return join(totals, "; ");
        };
        page.line(fmt::format("recorded: {} -> {}", raw(before_, metric_.unit), raw(after_, metric_.unit)));
        if (diff_.basis == Basis::Share) return;
        const double ratio = diff_.before_total > 0 ? diff_.after_total / diff_.before_total : 0;
        page.line(fmt::format("in all: {} -> {} ({:.2f} x)", value(diff_.before_total),
                              value(diff_.after_total), ratio));
    }

    std::string verdict() const {
        switch (diff_.verdict) {
            case Verdict::Changed:
                return diff_.has_spread() ? "changed, by more than runs differ among themselves (95 %)"
                                          : "changed, by more than sampling explains";
            case Verdict::NoChangeShown:
                return diff_.has_spread()
                           ? "no change is shown: what differs lies within the spread of the runs"
                           : "no change is shown: what differs lies within the noise of sampling";
            case Verdict::TooFewSamples: return "too few samples to tell: fewer than 100 on a side";
            case Verdict::Unrelated:
            case Verdict::NoNames:
                return fmt::format("cannot be told: {}", why_not_comparable(diff_.verdict));
        }
        return "";
    }

    void add_rows(Page& page, std::size_t limit) const {
        page.line(fmt::format("{:>10} {:>10} {:>10}  explains  {} (own weight)", "before", "after", "change",
                              args_.text("by")));
        std::size_t shown = 0;
        for (const DiffRow& row : diff_.rows | std::views::take(limit)) {
            const std::string mark = row.fate == Fate::Stayed ? (row.is_certain ? "" : " (within noise)")
                                                              : fmt::format(" ({})", word(row.fate));
            if (!page.row(fmt::format("{:>10} {:>10} {:>10}  {:>8}  {}{}", value(row.before),
                                      value(row.after), change(row.change), percent(row.explains),
                                      fitting(row.shown), mark))) {
                break;
            }
            ++shown;
        }
        if (shown < diff_.rows.size()) {
            page.line(fmt::format("not shown: {} more rows; limit={} shows them", diff_.rows.size() - shown,
                                  diff_.rows.size()));
        }
    }

    // The methods whose weight with all below changed most: often the caller tells more than the leaf.
    void add_inclusive(Page& page) const {
        std::vector<const DiffRow*> rows;
        for (const DiffRow& row : diff_.rows) rows.push_back(&row);
        const auto moved = [](const DiffRow* row) { return row->after_inclusive - row->before_inclusive; };
        std::ranges::stable_sort(rows, [&](const DiffRow* a, const DiffRow* b) {
            return std::abs(moved(a)) > std::abs(moved(b));
        });
        page.line("with all that they call:");
        for (const DiffRow* row : rows | std::views::take(10)) {
            if (!page.row(fmt::format("{:>10} {:>10} {:>10}            {}", value(row->before_inclusive),
                                      value(row->after_inclusive), change(moved(row)),
                                      fitting(row->shown)))) {
                return;
            }
        }
    }

    std::string runs_note() const {
        const double largest = diff_.rows.empty() ? 0
                                                  : std::abs(diff_.rows[0].change) /
                                                        std::max(diff_.before_total, diff_.after_total);
        if (diff_.has_spread()) {
            return fmt::format(
                "{} and {} runs; totals of one side differ by {} (standard deviation): a change of 5 % takes "
                "{} runs a side",
                diff_.before_runs, diff_.after_runs, percent(diff_.spread),
                runs_needed(0.05, std::max(diff_.spread, 1e-4)));
        }
        return fmt::format(
            "one run on a side: how much runs differ by themselves is not known, so this tells a change of "
            "the recordings, not yet of "
            "the program. If runs differ by 5 % (2·(2.8·5 %/Δ)²), the largest change here ({}) takes {} runs "
            "a side, one of 5 % takes {}; "
            "give them as more_before and more_after",
            percent(largest), runs_needed(std::max(largest, 1e-3), kUsualSpread),
            runs_needed(0.05, kUsualSpread));
    }

    std::vector<std::string> notes() const {
        std::vector<std::string> notes = {runs_note()};
        const auto interval = [](const Side& side) {
            return side.runs[0].profile->recording.sample_interval_ns;
        };
        const double before = interval(before_), after = interval(after_);
        if (metric_.name == "samples" && before > 0 && after > 0 && std::abs(before - after) > 0.1 * before) {
            notes.push_back(
                fmt::format("a thread was sampled every {} before and every {} after: counts cannot be "
                            "compared, shares and times can",
                            duration_text(before), duration_text(after)));
        }
        if (before_.runs[0].profile->format != after_.runs[0].profile->format) {
            notes.push_back(
                fmt::format("before is {}, after is {}: their clocks and what they count may differ",
                            before_.runs[0].profile->format, after_.runs[0].profile->format));
        }
        for (const Side* side : {&before_, &after_}) {
            for (const std::string& note : trust_notes(*side->runs[0].profile, side->runs[0].tree)) {
                notes.push_back((side == &before_ ? "before: " : "after: ") + note);
            }
        }
        return notes;
    }

    const Args& args_;
    const Diff& diff_;
    const Side& before_;
    const Side& after_;
    const Metric& metric_;
};

// Benchmarks of two reports by their names, with Welch's test.
Output compare_measurements(const Profile& before, const Profile& after) {
    Page page;
    Json rows = Json::array();
    bool changed = false;
    page.line(fmt::format("{:>10} {:>10} {:>9}  benchmark", "before", "after", "change"));
    for (const Measurement& b : before.measurements) {
        const auto a = std::ranges::find(after.measurements, b.name, &Measurement::name);
        if (a == after.measurements.end()) continue;
        const auto squared = [](const Measurement& m) {
            return m.count > 0 ? m.deviation * m.deviation / static_cast<double>(m.count) : 0;
        };
        const double error = std::sqrt(squared(b) + squared(*a)), change = a->mean - b.mean;
        const bool certain =
            change != 0 &&
            std::abs(change) > certain_from(b.count + a->count < 2 ? 0 : b.count + a->count - 2) * error;
        changed = changed || certain;
        page.row(fmt::format("{:>10} {:>10} {:>8.1f} %  {}{}", weight_text(b.mean, b.unit),
                             weight_text(a->mean, a->unit), b.mean > 0 ? change / b.mean * 100 : 0, b.name,
                             certain ? "" : " (within noise)"));
        rows.push_back({{"name", b.name},
                        {"before", b.mean},
                        {"after", a->mean},
                        {"change", change},
                        {"explains", 0},
                        {"unit", b.unit},
                        {"certain", certain}});
    }
    page.notes(after.warnings);
    return {.text = std::move(page).take(),
            .data = {{"metric", "benchmarks"},
                     {"unit", "ns"},
                     {"verdict", word(changed ? Verdict::Changed : Verdict::NoChangeShown)},
                     {"rows", std::move(rows)}}};
}

// Samples are compared as shares, as recordings differ in how often they sampled. Events (bytes allocated,
// waits, exceptions) are all there: shares would hide that there are more of them.
Basis basis_of(const Args& args, const Side& before, const Side& after) {
    if (args.number("work_before") > 0 || args.number("work_after") > 0) return Basis::Work;
    if (args.text("per") != "auto") return args.text("per") == "second" ? Basis::Time : Basis::Share;
    const auto has_length = [](const Run& run) { return run.profile->duration_ns > 0; };
    const bool timed =
        std::ranges::all_of(before.runs, has_length) && std::ranges::all_of(after.runs, has_length);
    const std::string_view metric = before.runs[0].tree.metric->name;
    const bool counts_events = metric == "allocations" || metric == "contention" || metric == "exceptions";
    return timed && counts_events ? Basis::Time : Basis::Share;
}

Result<Output> run_diff(const Args& args, Workbench& bench) {
    TRY(const std::size_t limit, limit_of(args));
    {
        TRY(const ProfileStore::Pinned before, open_profile(args.text("before"), args, bench));
        TRY(const ProfileStore::Pinned after, open_profile(args.text("after"), args, bench));
        if (!before->measurements.empty() && !after->measurements.empty())
            return compare_measurements(*before, *after);
    }
    TRY(const Side before, open_side(args, "before", bench));
    TRY(const Side after, open_side(args, "after", bench));
    const Metric &a = *before.runs[0].tree.metric, &b = *after.runs[0].tree.metric;
    if (a.name != b.name || a.unit != b.unit) {
        return fail(Fault::Invalid, "before has {} in {}, after has {} in {}: name a metric that both have",
                    a.name, a.unit, b.name, b.unit);
    }
    TRY(const Diff found,
        diff(before.runs, after.runs, basis_of(args, before, after), by_of(args.text("by"))));
    const Report report(args, found, before, after);
    return Output{.text = report.text(limit), .data = report.data(limit)};
}

}  // namespace

Tool profile_diff_tool() {
    return {
        "profile_diff",
        "profile diff",
        "Rank what changed between two profiles of one program, by methods' self and inclusive weight. With "
        "the units "
        "of work of both sides it shows what one unit costs; with several runs a side it tells change from "
        "chance.",
        Effect::Reads,
        with_selection({
            {"before", Kind::Path, "the profile to compare with"},
            {"after", Kind::Path, "the profile in question"},
            {"more_before", Kind::Paths, "further runs", ""},
            {"more_after", Kind::Paths, "further runs", ""},
            {"by", Kind::String, "what a row is", "method", {"method", "type", "namespace", "module"}},
            {"per",
             Kind::String,
             "what weights are divided by; auto: second for allocations, contention and exceptions, else "
             "share",
             "auto",
             {"auto", "share", "second"}},
            {"work_before", Kind::Number, "units of work done in each recording before, e.g. requests", 0.0},
            {"work_after", Kind::Number, "the same after", 0.0},
            {"limit", Kind::Integer, "most rows", std::int64_t{20}},
        }),
        run_diff,
        "profile diff before.nettrace after.nettrace --work-before 90000 --work-after 20000"};
}

}  // namespace culprit
