#include "tools/jobs/store/series.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "tools/jobs/segmentation.h"

namespace culprit {
namespace {

std::vector<Point> points_of(std::string_view text) {
    std::vector<Point> points;
    for (const std::string_view each : split(text, ';')) {
        Point point;
        const auto x = std::from_chars(each.data(), each.data() + each.size(), point.x);
        if (x.ec != std::errc() || x.ptr == each.data() + each.size()) continue;
        const auto y = std::from_chars(x.ptr + 1, each.data() + each.size(), point.y);
        if (y.ec == std::errc()) points.push_back(point);
    }
    return points;
}

struct Shared {
    std::size_t points = 0;
    double log_ratio = 0;  // mean of the logarithms over them
};

Shared shared(std::span<const Point> curve, std::span<const Point> with) {
    Shared shared;
    for (auto a = curve.begin(), b = with.begin(); a != curve.end() && b != with.end();) {
        if (a->x != b->x) {
            ++(a->x < b->x ? a : b);
            continue;
        }
        if (a->y > 0 && b->y > 0) {
            shared.log_ratio += std::log(a->y / b->y);
            ++shared.points;
        }
        ++a;
        ++b;
    }
    if (shared.points > 0) shared.log_ratio /= static_cast<double>(shared.points);
    return shared;
}

// What is kept of a series between two readings.
struct State {
    std::string ended, job;  // the newest that is taken in
    std::string unit;
    bool less_better = true;
    std::vector<Point> anchor;  // the curve that levels are relative to
    double anchor_log = 0, last_log = 0;
    std::vector<std::string> jobs;
    std::vector<double> logs;  // of their levels
    Settled settled;

    void take_in(std::string next, std::string_view points) {
        std::vector<Point> curve = points_of(points);
        const Shared common = shared(curve, anchor);
        if (common.points > 0) last_log = anchor_log + common.log_ratio;
        logs.push_back(common.points > 0 || jobs.empty() ? last_log : NAN);
        jobs.push_back(std::move(next));
        if (2 * common.points >= curve.size()) return;
        anchor = std::move(curve);
        anchor_log = last_log;
    }
};

std::string text_of(const State& state) {
    return dump_json({{"unit", state.unit},
                      {"less_better", state.less_better},
                      {"anchor", text_of(state.anchor)},
                      {"anchor_log", state.anchor_log},
                      {"last_log", state.last_log},
                      {"jobs", state.jobs},
                      {"logs", state.logs},
                      {"first", state.settled.first},
                      {"changes", state.settled.changes}});
}

Result<State> state_of(std::string_view text) {
    TRY(const Json json, parse_json(text, "the state of a series"));
    State state{.ended = {},
                .job = {},
                .unit = text_at(json, "unit"),
                .less_better = flag_at(json, "less_better"),
                .anchor = points_of(text_at(json, "anchor")),
                .anchor_log = number_at(json, "anchor_log"),
                .last_log = number_at(json, "last_log"),
                .jobs = {},
                .logs = {},
                .settled = {.first = static_cast<std::size_t>(integer_at(json, "first")), .changes = {}}};
    for (const Json& job : member(json, "jobs")) state.jobs.push_back(job.is_string() ? job : Json(""));
    for (const Json& log : member(json, "logs"))
        state.logs.push_back(log.is_number() ? log.get<double>() : NAN);
    for (const Json& change : member(json, "changes"))
        state.settled.changes.push_back(change.is_number_unsigned() ? change.get<std::size_t>() : 0);
    const auto is_within = [&](std::size_t place) { return place < state.logs.size(); };
    if (state.jobs.size() != state.logs.size() || !is_within(state.settled.first) ||
        !std::ranges::all_of(state.settled.changes, is_within))
        return fail(Fault::Corrupt, "the state of a series does not fit together");
    return state;
}

constexpr std::size_t kFewestDrifting = 10;  // jobs
constexpr double kMostlyALine = 0.5;         // share of the variance that a straight line must explain
constexpr double kLeastDrift = 0.02;

double squares_of(std::span<const double> values) {
    return std::transform_reduce(values.begin(), values.end(), 0.0, std::plus(),
                                 [](double value) { return value * value; });
}

// The drift since the last change, and the noise about the levels, and about that drift.
void describe(Series& series) {
    double squares = 0;
    std::size_t count = 0, first = 0;
    for (std::size_t i = 0; i <= series.changes.size(); ++i) {
        const std::size_t end = i < series.changes.size() ? series.changes[i] : series.level.size();
        std::vector<double> part;
        for (; first < end; ++first) {
            if (std::isfinite(series.level[first])) part.push_back(std::log(series.level[first]));
        }
        if (part.empty()) continue;
        count += part.size();
        const double about_level = squares_of(residuals(part, {}, Course::Level));
        squares += about_level;
        if (end < series.level.size() || part.size() < kFewestDrifting) continue;
        const std::vector<double> left = residuals(part, {}, Course::Line);
        const double drift = std::expm1((part.back() - left.back()) - (part.front() - left.front()));
        if (squares_of(left) > kMostlyALine * about_level || std::abs(drift) < kLeastDrift) continue;
        series.drift = drift;
        squares += squares_of(left) - about_level;
    }
    const std::size_t freedom = count > series.changes.size() + 1 ? count - series.changes.size() - 1 : 1;
    series.noise = std::sqrt(squares / static_cast<double>(freedom));
}

using Key = std::array<std::string, 3>;  // test, hardware, branch

struct Kept {
    std::string ended, job, text;
};

class Reading {
  public:
    Reading(Database& database, const std::string& product, const std::string& test)
        : database_(database), product_(product), test_(test) {}

    Result<ReadSeries> run() {
        TRY_OK(read_revision());
        TRY_OK(read_jobs());
        // The news first: should another reader keep states meanwhile, it is seen that they do not join on.
        TRY(const std::vector<StoredRow> news, database_.run(news_query(), parameters({revision_})));
        TRY_OK(read_kept());
        TRY_OK(take_in(news));
        for (auto& [key, state] : states_) finish(key, state);
        return std::move(result_);
    }

  private:
    std::string news_query() const {
        return fmt::format(
            "SELECT c.test, j.hardware, j.branch, j.ended, c.job, c.unit, c.better, c.points, p.ended, p.job "
            "FROM curves c JOIN jobs j ON j.product = c.product AND j.job = c.job LEFT JOIN progress p ON "
            "p.product = c.product AND p.test = c.test AND p.hardware = j.hardware AND p.branch = j.branch "
            "AND p.revision = CAST(? AS INTEGER) WHERE c.product = ?{} AND (p.job IS NULL OR (j.ended, "
            "c.job) "
            "> (p.ended, p.job)) ORDER BY c.test, j.hardware, j.branch, j.ended, c.job",
            test_.empty() ? "" : " AND c.test = ?");
    }
    std::vector<std::string> parameters(std::vector<std::string> first) const {
        first.push_back(product_);
        if (!test_.empty()) first.push_back(test_);
        return first;
    }

    Result<> read_revision() {
        TRY(const std::vector<StoredRow> rows,
            database_.run("SELECT revision FROM revisions WHERE product = ?", {product_}));
        revision_ = rows.empty() ? "0" : rows[0][0];
        return {};
    }

    Result<> read_jobs() {
        TRY(const std::vector<StoredRow> rows,
            database_.run("SELECT job, version, ended FROM jobs WHERE product = ?", {product_}));
        for (const StoredRow& row : rows) jobs_[row[0]] = {.job = row[0], .version = row[1], .ended = row[2]};
        return {};
    }

    Result<> read_kept() {
        TRY(const std::vector<StoredRow> rows,
            database_.run(fmt::format("SELECT test, hardware, branch, ended, job, state FROM progress WHERE "
                                      "revision = CAST(? AS INTEGER) AND product = ?{}",
                                      test_.empty() ? "" : " AND test = ?"),
                          parameters({revision_})));
        for (const StoredRow& row : rows) {
            TRY(State state, state_of(row[5]));
            state.ended = row[3];
            state.job = row[4];
            states_.emplace(Key{row[0], row[1], row[2]}, std::move(state));
        }
        return {};
    }

    Result<> take_in(const std::vector<StoredRow>& news) {
        for (const StoredRow& row : news) {
            const Key key = {row[0], row[1], row[2]};
            State& state = states_[key];
            const bool is_first = new_.insert(key).second;
            if (is_first && (state.ended != row[8] || state.job != row[9]))
                return fail(Fault::Unavailable, "the history is being read by others; try again");
            state.ended = row[3];
            state.job = row[4];
            state.unit = row[5];
            state.less_better = row[6] != "more";
            state.take_in(row[4], row[7]);
        }
        return {};
    }

    void finish(const Key& key, State& state) {
        Series series{.test = key[0],
                      .hardware = key[1],
                      .branch = key[2],
                      .unit = state.unit,
                      .better = state.less_better ? Better::Less : Better::More,
                      .jobs = {},
                      .level = {},
                      .changes = {}};
        for (const std::string& job : state.jobs) series.jobs.push_back(jobs_[job]);
        for (const double log : state.logs) series.level.push_back(std::exp(log));
        series.changes = change_points(std::span(series.level).subspan(state.settled.first), state.settled);
        for (double& level : series.level) level /= std::exp(state.last_log);
        describe(series);
        result_.series.push_back(std::move(series));
        if (new_.contains(key))
            result_.states.push_back(
                {product_, key[0], key[1], key[2], revision_, state.ended, state.job, text_of(state)});
    }

    Database& database_;
    const std::string &product_, &test_;
    std::string revision_;
    std::map<std::string, PastJob> jobs_;
    std::map<Key, State> states_;
    std::set<Key> new_;
    ReadSeries result_;
};

}  // namespace

std::string text_of(std::span<const Point> points) {
    std::string text;
    for (const Point& point : points)
        text += fmt::format("{}{} {}", text.empty() ? "" : ";", point.x, point.y);
    return text;
}

Result<ReadSeries> read_series(Database& database, const std::string& product, const std::string& test) {
    return Reading(database, product, test).run();
}

Result<> keep_states(Database& database, std::span<const StoredRow> states) {
    for (const StoredRow& row : states) {
        TRY_OK(
            database.run("INSERT INTO progress VALUES (?, ?, ?, ?, CAST(? AS INTEGER), ?, ?, ?) ON CONFLICT "
                         "(product, test, hardware, branch) DO UPDATE SET revision = excluded.revision, "
                         "ended = excluded.ended, job = excluded.job, state = excluded.state",
                         row));
    }
    return {};
}

Result<> note_revision(Database& database, const JobInfo& job, const std::string& ended) {
    // Writers of one product wait for each other here, so that each sees what the other wrote.
    TRY_OK(
        database.run("INSERT INTO revisions VALUES (?, 0) ON CONFLICT (product) DO UPDATE SET revision = "
                     "revisions.revision",
                     {job.product}));
    TRY_OK(
        database.run("UPDATE revisions SET revision = revision + 1 WHERE product = ? AND EXISTS (SELECT 1 "
                     "FROM jobs WHERE product = ? AND (job = ? OR (hardware = ? AND branch = ? AND (ended, "
                     "job) > (?, ?))))",
                     {job.product, job.product, job.id, job.hardware, job.branch, ended, job.id}));
    return {};
}

}  // namespace culprit
