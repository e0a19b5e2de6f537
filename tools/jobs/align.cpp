#include "tools/jobs/align.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>

#include "tools/jobs/server/discovery.h"
#include "tools/jobs/statistics.h"

namespace culprit {
namespace {

std::string key_of(const Test& test) {
    std::string key;
    key.reserve(test.group.size() + test.name.size() + test.load.size() + 2);
    return key.append(test.group).append(1, '\0').append(test.name).append(1, '\0').append(test.load);
}

class Names {
  public:
    explicit Names(const Job& job) {
        index_.reserve(job.tests.size());
        for (std::size_t i = 0; i < job.tests.size(); ++i) index_.emplace(key_of(job.tests[i]), i);
    }
    const std::size_t* find(const std::string& key) const {
        const auto found = index_.find(key);
        return found == index_.end() ? nullptr : &found->second;
    }

  private:
    std::unordered_map<std::string, std::size_t> index_;
};

struct Pair {
    std::vector<double> x, baseline, candidate;
};

Pair common_points(std::span<const Point> baseline, std::span<const Point> candidate) {
    Pair pair;
    for (auto b = baseline.begin(), c = candidate.begin(); b != baseline.end() && c != candidate.end();) {
        if (b->x < c->x) {
            ++b;
        } else if (c->x < b->x) {
            ++c;
        } else {
            pair.x.push_back(b->x);
            pair.baseline.push_back((b++)->y);
            pair.candidate.push_back((c++)->y);
        }
    }
    return pair;
}

// The scores of an earlier job on that grid: NaN where it has none. Empty if it has less than 80 % of it.
std::vector<double> on_grid(std::span<const Point> points, std::span<const double> grid) {
    std::vector<double> values(grid.size(), NAN);
    std::size_t have = 0;
    auto point = points.begin();
    for (std::size_t i = 0; i < grid.size(); ++i) {
        while (point != points.end() && point->x < grid[i]) ++point;
        if (point == points.end()) break;
        if (point->x != grid[i] || !(point->y > 0)) continue;
        values[i] = point->y;
        ++have;
    }
    if (have * 5 < grid.size() * 4) values.clear();
    return values;
}

void to_logs(std::vector<double>& values, Better better) {
    const double sign = better == Better::Less ? 1 : -1;
    for (double& value : values) value = sign * std::log(value);
}

constexpr double kUsualNoise = 0.015;  // of a curve's level between jobs, and how many jobs it counts as
constexpr double kUsualNoiseJobs = 4;
constexpr double kLeastStep = 0.05;
constexpr double kSureStep = 10;  // standard deviations
constexpr std::size_t kFewestSince = 2;

double squares_about(double mean, std::span<const double> levels) {
    double squares = 0;
    for (const double level : levels) squares += (level - mean) * (level - mean);
    return squares;
}

// Of levels, newest first, how many stand where the newest stand: all, unless the level changed for good.
std::size_t since_change(std::span<const double> levels) {
    std::size_t since = levels.size();
    double surest = kSureStep;
    for (std::size_t kept = kFewestSince; kept < levels.size(); ++kept) {
        const auto after = levels.first(kept), before = levels.subspan(kept);
        const double now = mean_of(after), then = mean_of(before);
        const double squares = squares_about(now, after) + squares_about(then, before);
        const double variance = (squares + kUsualNoiseJobs * kUsualNoise * kUsualNoise) /
                                (static_cast<double>(levels.size()) - 2 + kUsualNoiseJobs);
        const double parts = 1 / static_cast<double>(after.size()) + 1 / static_cast<double>(before.size());
        const double sure = std::abs(now - then) / std::sqrt(variance * parts);
        if (std::abs(now - then) < kLeastStep || sure < surest) continue;
        surest = sure;
        since = kept;
    }
    return since == levels.size() ? since : since_change(levels.first(since));
}

// An earlier job from before the last change of a test's level tells nothing of its noise now, and would hide
// the next change behind that one: its row goes. `newest` are the earlier jobs, newest first.
void drop_before_change(Aligned& test, std::span<const std::size_t> newest) {
    std::vector<double> levels = {0};  // over the baseline
    std::vector<std::size_t> rows = {1};
    for (const std::size_t job : newest) {
        const auto found = std::ranges::find(test.row_job, job + 2);
        if (found == test.row_job.end()) continue;
        const auto row = static_cast<std::size_t>(found - test.row_job.begin());
        std::vector<double> above;
        for (std::size_t i = 0; i < test.x.size(); ++i) {
            const double difference = test.rows[row][i] - test.rows[1][i];
            if (!std::isnan(difference)) above.push_back(difference);
        }
        levels.push_back(median(above));
        rows.push_back(row);
    }
    std::vector<std::size_t> old(rows.begin() + static_cast<std::ptrdiff_t>(since_change(levels)),
                                 rows.end());
    std::ranges::sort(old, std::ranges::greater{});
    for (const std::size_t row : old) {
        test.rows.erase(test.rows.begin() + static_cast<std::ptrdiff_t>(row));
        test.row_job.erase(test.row_job.begin() + static_cast<std::ptrdiff_t>(row));
    }
}

// The earlier jobs, newest first; none if the time of one is not known.
std::vector<std::size_t> newest_first(std::span<const Job> history) {
    std::vector<std::string> ended;
    for (const Job& job : history) {
        ended.push_back(utc_text(job.info.ended));
        if (ended.back().empty()) return {};
    }
    std::vector<std::size_t> order(history.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t job) { return ended[job]; });
    return order;
}

// Takes off each row the median of the rows but the candidate's and its own. A single reference is taken off
// the candidate alone. What a row has not, is as the others are.
void centre(std::vector<std::vector<double>>& rows) {
    const std::size_t points = rows[0].size();
    std::vector<double> others;
    std::vector<double> column(rows.size());
    for (std::size_t i = 0; i < points; ++i) {
        for (std::size_t row = 0; row < rows.size(); ++row) column[row] = rows[row][i];
        for (std::size_t row = 0; row < rows.size(); ++row) {
            others.clear();
            for (std::size_t other = 1; other < rows.size(); ++other) {
                if (other != row && !std::isnan(column[other])) others.push_back(column[other]);
            }
            rows[row][i] = std::isnan(column[row]) || others.empty() ? 0 : column[row] - median(others);
        }
    }
    if (rows.size() == 2) rows.pop_back();
}

// The shift of a whole job, and then of each group in it, shrunk by how many tests tell of it. A large one is
// taken off only so far: a release that slows everything down is not noise.
constexpr double kMostShift = 0.015;
constexpr double kShrink = 20;

double shrunk_median(std::vector<double>& values) {
    const double count = static_cast<double>(values.size());
    return std::clamp(median(values) * count / (count + kShrink), -kMostShift, kMostShift);
}

void take_off_shifts(Alignment& alignment, const Job& candidate, std::size_t jobs) {
    struct Row {
        std::vector<double>* values;
        const std::string* group;
        double level;
    };
    std::vector<std::vector<Row>> rows(jobs);
    for (Aligned& test : alignment.tests) {
        for (std::size_t row = 0; row < test.rows.size(); ++row) {
            std::vector<double> copy = test.rows[row];
            rows[test.row_job[row]].push_back(
                {&test.rows[row], &candidate.tests[test.candidate].group, median(copy)});
        }
    }
    alignment.shift.assign(jobs, 0);
    for (std::size_t job = 0; job < jobs; ++job) {
        std::vector<double> levels;
        for (const Row& row : rows[job]) levels.push_back(row.level);
        const double whole = shrunk_median(levels);
        std::map<std::string_view, std::vector<double>> groups;
        for (const Row& row : rows[job]) groups[*row.group].push_back(row.level - whole);
        std::map<std::string_view, double> shifts;
        for (auto& [group, of_group] : groups) shifts[group] = whole + shrunk_median(of_group);
        for (const Row& row : rows[job]) {
            const double shift = shifts[*row.group];
            for (double& value : *row.values) value -= shift;
        }
        alignment.shift[job] = whole;
    }
}

std::string unfit(const Pair& pair, const Test& baseline, const Test& candidate) {
    if (baseline.unit != candidate.unit || baseline.better != candidate.better)
        return fmt::format("its unit or direction changed ({} to {})", baseline.unit, candidate.unit);
    if (candidate.count == 0) return "it gave no value in the candidate";
    if (baseline.count == 0) return "it gave no value in the baseline";
    if (pair.x.empty()) return "the two jobs have no point in common";
    if (pair.x.size() * 2 < baseline.count)
        return fmt::format("only {} of the baseline's {} points are in both jobs", pair.x.size(),
                           baseline.count);
    const auto bad = [](double value) { return !(value > 0); };
    if (std::ranges::any_of(pair.baseline, bad) || std::ranges::any_of(pair.candidate, bad))
        return "it has scores of 0 or below, of which no ratio can be taken";
    return {};
}

}  // namespace

Alignment align(const Job& baseline, const Job& candidate, std::span<const Job> history) {
    Alignment alignment;
    const Names in_baseline(baseline), in_candidate(candidate);
    const std::vector<std::size_t> newest = newest_first(history);
    std::vector<Names> in_history;
    for (const Job& job : history) in_history.emplace_back(job);
    for (std::size_t i = 0; i < candidate.tests.size(); ++i) {
        const Test& test = candidate.tests[i];
        const std::string key = key_of(test);
        const std::size_t* before = in_baseline.find(key);
        if (!before) {
            alignment.appeared.push_back(i);
            continue;
        }
        Aligned& aligned = alignment.tests.emplace_back();
        aligned.baseline = *before;
        aligned.candidate = i;
        const Test& old = baseline.tests[*before];
        Pair pair = common_points(baseline.points_of(old), candidate.points_of(test));
        aligned.why_not = unfit(pair, old, test);
        if (!aligned.why_not.empty()) continue;
        aligned.x = std::move(pair.x);
        aligned.rows = {std::move(pair.candidate), std::move(pair.baseline)};
        aligned.row_job = {0, 1};
        for (std::size_t job = 0; job < history.size(); ++job) {
            const std::size_t* found = in_history[job].find(key);
            if (!found || history[job].tests[*found].unit != test.unit) continue;
            std::vector<double> row = on_grid(history[job].points_of(history[job].tests[*found]), aligned.x);
            if (row.empty()) continue;
            aligned.rows.push_back(std::move(row));
            aligned.row_job.push_back(job + 2);
        }
        for (std::vector<double>& row : aligned.rows) to_logs(row, test.better);
        if (!newest.empty()) drop_before_change(aligned, newest);
        centre(aligned.rows);
        aligned.row_job.resize(aligned.rows.size());
    }
    for (std::size_t i = 0; i < baseline.tests.size(); ++i) {
        if (!in_candidate.find(key_of(baseline.tests[i]))) alignment.vanished.push_back(i);
    }
    take_off_shifts(alignment, candidate, history.size() + 2);
    return alignment;
}

}  // namespace culprit
