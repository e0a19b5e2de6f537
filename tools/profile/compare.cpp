#include "tools/profile/compare.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "tools/profile/names.h"

namespace culprit {
namespace {

constexpr double kFewestEvents = 100;
constexpr double kSmallestChange = 0.01;  // of the larger total: less is not worth a word
constexpr double kSureNoise =
    4;  // so many times the noise is a change: samples of a thread are not independent

Result<double> divisor(const DiffSide& side, Basis basis, std::string_view which) {
    double value = 0;
    switch (basis) {
        case Basis::Share: value = side.tree.total; break;
        case Basis::Time: value = side.profile.duration_ns / 1e9; break;
        case Basis::Work: value = side.work; break;
    }
    if (value > 0) return value;
    if (basis == Basis::Share) {
        return fail(Fault::Invalid,
                    "{} has nothing of the metric '{}' in what was selected: there is nothing to compare",
                    which, side.tree.metric->name);
    }
    if (basis == Basis::Time)
        return fail(Fault::Invalid, "{} does not say how long it was recorded: compare shares instead",
                    which);
    return fail(Fault::Invalid, "the units of work of {} must be more than 0", which);
}

// The error of a sum of events when each event comes by itself: relative, 1 / sqrt(n).
double noise_of(double value, double events) { return events > 0 ? value / std::sqrt(events) : 0; }

// What is taken for the same on both sides: builds differ in the folder of a file, in lines, and in how far a
// method was optimised.
std::string key_of(const Profile& profile, const Row& row, By by) {
    if (by != By::Method) return row.name;
    const Frame& frame = profile.frames[row.frame];
    const std::string_view file = profile.text(frame.file);
    return fmt::format("{}!{}\n{}", profile.text(frame.module), bare_name(profile, row.frame),
                       frame.module ? "" : file.substr(file.find_last_of('/') + 1));
}

Verdict verdict_of(const Diff& diff, double before_events, double after_events) {
    if (std::min(before_events, after_events) < kFewestEvents) return Verdict::TooFewSamples;
    const double smallest = kSmallestChange * std::max(diff.before_total, diff.after_total);
    const bool changed = std::ranges::any_of(diff.rows, [&](const DiffRow& row) {
        return std::abs(row.change) > smallest && std::abs(row.change) > kSureNoise * row.noise;
    });
    return changed ? Verdict::Changed : Verdict::NoChangeShown;
}

}  // namespace

Result<Diff> diff(const DiffSide& before, const DiffSide& after, Basis basis, By by) {
    TRY(const double before_divisor, divisor(before, basis, "before"));
    TRY(const double after_divisor, divisor(after, basis, "after"));
    Diff result{.basis = basis,
                .before_total = before.tree.total / before_divisor,
                .after_total = after.tree.total / after_divisor,
                .rows = {}};
    std::unordered_map<std::string, std::size_t> index;
    const auto row_of = [&](const DiffSide& side, const Row& row) -> DiffRow& {
        const auto [found, is_new] = index.try_emplace(key_of(side.profile, row, by), result.rows.size());
        if (is_new) result.rows.push_back({.name = row.name, .shown = row.shown});
        return result.rows[found->second];
    };
    for (const Row& row : top(before.profile, before.tree, by)) {
        DiffRow& entry = row_of(before, row);
        entry.before += row.self / before_divisor;
        entry.before_inclusive += row.inclusive / before_divisor;
        entry.noise = std::hypot(entry.noise, noise_of(row.self / before_divisor, row.events));
    }
    for (const Row& row : top(after.profile, after.tree, by)) {
        DiffRow& entry = row_of(after, row);
        entry.after += row.self / after_divisor;
        entry.after_inclusive += row.inclusive / after_divisor;
        entry.noise = std::hypot(entry.noise, noise_of(row.self / after_divisor, row.events));
    }
    double grown = 0;
    for (DiffRow& row : result.rows) {
        row.change = row.after - row.before;
        grown += std::max(0.0, row.change);
    }
    for (DiffRow& row : result.rows) row.explains = grown > 0 ? row.change / grown : 0;
    std::ranges::sort(result.rows, [](const DiffRow& a, const DiffRow& b) {
        return std::pair(-std::abs(a.change), std::string_view(a.name)) <
               std::pair(-std::abs(b.change), std::string_view(b.name));
    });
    result.verdict = verdict_of(result, before.tree.total_events, after.tree.total_events);
    return result;
}

}  // namespace culprit
