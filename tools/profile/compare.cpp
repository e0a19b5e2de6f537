#include "tools/profile/compare.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <unordered_map>

#include "tools/profile/names.h"

namespace culprit {
namespace {

constexpr double kFewestEvents = 100;
constexpr double kSmallestChange = 0.01;  // of the larger total: less is not worth a word
constexpr double kLeastShared = 0.05;     // of each total, below a method that stands on both sides
constexpr double kMostlyUnnamed = 0.5;
constexpr double kSureOfSampling = 4;  // standard errors: samples of a thread are not independent

Result<double> divisor(const Run& run, Basis basis, std::string_view which) {
    double value = 0;
    switch (basis) {
        case Basis::Share: value = run.tree.total; break;
        case Basis::Time: value = run.profile->duration_ns / 1e9; break;
        case Basis::Work: value = run.work; break;
    }
    if (value > 0) return value;
    if (basis == Basis::Share) {
        return fail(Fault::Invalid,
                    "{} has nothing of the metric '{}' in what was selected: there is nothing to compare",
                    which, run.tree.metric->name);
    }
    if (basis == Basis::Time) {
        return fail(Fault::Invalid, "{} does not say how long it was recorded: compare shares instead",
                    which);
    }
    return fail(Fault::Invalid, "the units of work of {} must be more than 0, for each of its runs", which);
}

// What is taken for the same on both sides: builds differ in the folder of a file, in lines, and in how far a
// method was optimised.
std::string key_of(const Profile& profile, const Row& row, By by) {
    if (by != By::Method) return row.name;
    const Frame& frame = profile.frames[row.frame];
    const std::string_view file = profile.text(frame.file);
    return fmt::format("{}!{}\n{}", profile.text(frame.module), bare_name(profile, row.frame),
                       frame.module ? "" : file.substr(file.find_last_of('/') + 1));
}

// The values of one method in the runs of one side.
struct Values {
    std::vector<double> self, inclusive;  // by run
    double events = 0;

    static double mean(const std::vector<double>& values) {
        double sum = 0;
        for (const double value : values) sum += value;
        return values.empty() ? 0 : sum / static_cast<double>(values.size());
    }
    static double variance(const std::vector<double>& values) {
        const double middle = mean(values);
        double sum = 0;
        for (const double value : values) sum += (value - middle) * (value - middle);
        return values.size() < 2 ? 0 : sum / static_cast<double>(values.size() - 1);
    }
    // The squared error of the mean: by the spread of the runs, or if there is one only, as if each event
    // came by itself.
    double squared_error() const {
        if (self.size() > 1) return variance(self) / static_cast<double>(self.size());
        const double value = mean(self);
        return events > 0 ? value * value / events : 0;
    }
};

struct Pair {
    std::string name, shown;
    bool is_named = true;
    Values before, after;
};

class Sides {
  public:
    Sides(std::size_t before_runs, std::size_t after_runs, By by)
        : by_(by), before_runs_(before_runs), after_runs_(after_runs) {}

    void add(const Run& run, std::size_t index, double divisor, bool is_after) {
        for (const Row& row : top(*run.profile, run.tree, by_)) {
            Pair& pair = pairs_[index_of(*run.profile, row)];
            Values& values = is_after ? pair.after : pair.before;
            values.self[index] += row.self / divisor;
            values.inclusive[index] += row.inclusive / divisor;
            values.events += row.events;
        }
    }
    const std::vector<Pair>& pairs() const { return pairs_; }

  private:
    std::size_t index_of(const Profile& profile, const Row& row) {
        const auto [found, is_new] = index_.try_emplace(key_of(profile, row, by_), pairs_.size());
        if (is_new) {
            const bool is_named =
                by_ != By::Method || profile.frames[row.frame].kind != FrameKind::Unresolved;
            pairs_.push_back(
                {.name = row.name, .shown = row.shown, .is_named = is_named, .before = {}, .after = {}});
            for (auto* values : {&pairs_.back().before.self, &pairs_.back().before.inclusive})
                values->resize(before_runs_);
            for (auto* values : {&pairs_.back().after.self, &pairs_.back().after.inclusive})
                values->resize(after_runs_);
        }
        return found->second;
    }

    By by_;
    std::size_t before_runs_, after_runs_;
    std::vector<Pair> pairs_;
    std::unordered_map<std::string, std::size_t> index_;
};

DiffRow row_of(const Pair& pair, double certain) {
    DiffRow row{.name = pair.name, .shown = pair.shown, .other = {}, .is_named = pair.is_named};
    row.before = Values::mean(pair.before.self);
    row.after = Values::mean(pair.after.self);
    row.before_inclusive = Values::mean(pair.before.inclusive);
    row.after_inclusive = Values::mean(pair.after.inclusive);
    row.change = row.after - row.before;
    row.noise = std::sqrt(pair.before.squared_error() + pair.after.squared_error());
    row.is_certain = row.change != 0 && std::abs(row.change) > certain * row.noise;
    if (row.before_inclusive == 0) row.fate = Fate::New;
    if (row.after_inclusive == 0) row.fate = Fate::Gone;
    return row;
}

// "Shop.Cart.Add(string)" -> "Shop.Cart.Add"
std::string without_signature(std::string_view shown) {
    return std::string(shown.substr(0, shown.find('(')));
}

// A method that is gone and one that is new are one that moved if their names are the same but for the
// signature, and there is no other such pair.
void find_moved(std::vector<DiffRow>& rows) {
    std::map<std::string, std::vector<DiffRow*>> fresh, gone;
    for (DiffRow& row : rows) {
        if (row.fate == Fate::New) fresh[without_signature(row.shown)].push_back(&row);
        if (row.fate == Fate::Gone) gone[without_signature(row.shown)].push_back(&row);
    }
    for (const auto& [name, news] : fresh) {
        const auto old = gone.find(name);
        if (old == gone.end() || news.size() != 1 || old->second.size() != 1) continue;
        news[0]->fate = old->second[0]->fate = Fate::Moved;
        news[0]->other = old->second[0]->name;
        old->second[0]->other = news[0]->name;
    }
}

// The largest part of both totals that lies below one method of both, by name.
double shared_of(const Diff& diff) {
    double most = 0;
    for (const DiffRow& row : diff.rows) {
        if (!row.is_named) continue;
        const double before = row.before_inclusive / diff.before_total,
                     after = row.after_inclusive / diff.after_total;
        const bool is_on_both = row.fate == Fate::Stayed || row.fate == Fate::Moved;
        if (is_on_both)
            most = std::max(most, row.fate == Fate::Moved ? before + after : std::min(before, after));
    }
    return most;
}

double unnamed_of(const Diff& diff) {
    double before = 0, after = 0;
    for (const DiffRow& row : diff.rows) {
        if (row.is_named) continue;
        before += row.before / diff.before_total;
        after += row.after / diff.after_total;
    }
    return std::max(before, after);
}

Verdict verdict_of(const Diff& diff, double fewest_events) {
    if (fewest_events < kFewestEvents) return Verdict::TooFewSamples;
    if (shared_of(diff) < kLeastShared)
        return unnamed_of(diff) > kMostlyUnnamed ? Verdict::NoNames : Verdict::Unrelated;
    const double smallest = kSmallestChange * std::max(diff.before_total, diff.after_total);
    const bool changed = std::ranges::any_of(
        diff.rows, [&](const DiffRow& row) { return row.is_certain && std::abs(row.change) > smallest; });
    return changed ? Verdict::Changed : Verdict::NoChangeShown;
}

}  // namespace

std::string_view why_not_comparable(Verdict verdict) {
    switch (verdict) {
        case Verdict::Unrelated:
            return "(nearly) no method stands on both sides: these are not two recordings of one program";
        case Verdict::NoNames:
            return "most of a side is code without names, so its methods cannot be found on the other; "
                   "profile_summary says why, and how to record one that has them";
        default: return "";
    }
}

double certain_from(std::size_t degrees) {
    constexpr std::array<double, 11> kStudent95 = {12.71, 12.71, 4.30, 3.18, 2.78, 2.57,
                                                   2.45,  2.36,  2.31, 2.26, 2.23};
    return degrees < kStudent95.size() ? kStudent95[degrees] : 2.1;
}

std::size_t runs_needed(double change, double spread) {
    if (change == 0) return 0;
    const double runs = 2 * std::pow((1.96 + 0.84) * spread / change, 2);
    return static_cast<std::size_t>(std::clamp(std::ceil(runs), 2.0, 1e6));
}

Result<Diff> diff(const std::vector<Run>& before, const std::vector<Run>& after, Basis basis, By by) {
    Diff result{.basis = basis, .before_runs = before.size(), .after_runs = after.size(), .rows = {}};
    Sides sides(before.size(), after.size(), by);
    Values before_totals, after_totals;
    double fewest_events = INFINITY;
    for (const bool is_after : {false, true}) {
        const auto& runs = is_after ? after : before;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            TRY(const double by_what, divisor(runs[i], basis, is_after ? "after" : "before"));
            (is_after ? after_totals : before_totals).self.push_back(runs[i].tree.total / by_what);
            fewest_events = std::min(fewest_events, runs[i].tree.total_events);
            sides.add(runs[i], i, by_what, is_after);
        }
    }
    result.before_total = Values::mean(before_totals.self);
    result.after_total = Values::mean(after_totals.self);
    if (result.has_spread()) {
        result.total_noise = std::sqrt(before_totals.squared_error() + after_totals.squared_error());
        result.spread =
            std::sqrt(std::max(Values::variance(before_totals.self) / std::pow(result.before_total, 2),
                               Values::variance(after_totals.self) / std::pow(result.after_total, 2)));
    }
    const double certain =
        result.has_spread() ? certain_from(before.size() + after.size() - 2) : kSureOfSampling;
    double grown = 0;
    for (const Pair& pair : sides.pairs()) {
        result.rows.push_back(row_of(pair, certain));
        grown += std::max(0.0, result.rows.back().change);
    }
    for (DiffRow& row : result.rows) row.explains = grown > 0 ? row.change / grown : 0;
    std::ranges::sort(result.rows, [](const DiffRow& a, const DiffRow& b) {
        return std::pair(-std::abs(a.change), std::string_view(a.name)) <
               std::pair(-std::abs(b.change), std::string_view(b.name));
    });
    if (by == By::Method) find_moved(result.rows);
    result.verdict = verdict_of(result, fewest_events);
    return result;
}

}  // namespace culprit
