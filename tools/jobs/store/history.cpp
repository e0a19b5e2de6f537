#include "tools/jobs/store/history.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <thread>

#include "base/text.h"
#include "tools/jobs/changepoints.h"
#include "tools/jobs/server/discovery.h"

namespace culprit {

Result<std::unique_ptr<Database>> open_database(const std::string& place) {
    return is_server(place) ? open_postgres(place) : open_sqlite(place);
}

namespace {

// One step of the schema each; what was released is never changed, only followed by another.
constexpr std::array<std::string_view, 5> kMigrations = {
    "CREATE TABLE IF NOT EXISTS jobs (product TEXT NOT NULL, job TEXT NOT NULL, version TEXT NOT NULL, "
    "hardware TEXT NOT NULL, branch TEXT NOT NULL, ended TEXT NOT NULL, title TEXT NOT NULL, "
    "PRIMARY KEY (product, job))",
    "CREATE TABLE IF NOT EXISTS curves (product TEXT NOT NULL, test TEXT NOT NULL, job TEXT NOT NULL, "
    "unit TEXT NOT NULL, better TEXT NOT NULL, points TEXT NOT NULL, PRIMARY KEY (product, test, job))",
    "CREATE TABLE IF NOT EXISTS findings (product TEXT NOT NULL, candidate TEXT NOT NULL, baseline TEXT NOT "
    "NULL, "
    "test TEXT NOT NULL, verdict TEXT NOT NULL, change_pct DOUBLE PRECISION NOT NULL, severity TEXT NOT "
    "NULL, "
    "confidence DOUBLE PRECISION NOT NULL, at TEXT NOT NULL, PRIMARY KEY (product, candidate, baseline, "
    "test))",
    "CREATE TABLE IF NOT EXISTS acknowledged (product TEXT NOT NULL, test TEXT NOT NULL, why TEXT NOT NULL, "
    "who TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (product, test))",
    "CREATE TABLE IF NOT EXISTS pinned (product TEXT NOT NULL, hardware TEXT NOT NULL, job TEXT NOT NULL, "
    "PRIMARY KEY (product, hardware))",
};

constexpr int kTries = 8;

std::string text_of(std::span<const Point> points) {
    std::string text;
    for (const Point& point : points)
        text += fmt::format("{}{} {}", text.empty() ? "" : ";", point.x, point.y);
    return text;
}

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

// The mean ratio of a curve to another, over the x that both have; NaN if there are none.
double ratio(std::span<const Point> curve, std::span<const Point> to) {
    double sum = 0;
    std::size_t count = 0;
    for (auto a = curve.begin(), b = to.begin(); a != curve.end() && b != to.end();) {
        if (a->x != b->x) {
            ++(a->x < b->x ? a : b);
            continue;
        }
        if (a->y > 0 && b->y > 0) {
            sum += std::log(a->y / b->y);
            ++count;
        }
        ++a;
        ++b;
    }
    return count == 0 ? NAN : std::exp(sum / static_cast<double>(count));
}

double noise_of(const Series& series) {
    double squares = 0;
    std::size_t count = 0, first = 0;
    for (std::size_t i = 0; i <= series.changes.size(); ++i) {
        const std::size_t end = i < series.changes.size() ? series.changes[i] : series.level.size();
        const auto part = std::span(series.level).subspan(first, end - first);
        const double mean = std::accumulate(part.begin(), part.end(), 0.0) / static_cast<double>(part.size());
        for (const double level : part)
            squares += std::isnan(level) ? 0 : (level / mean - 1) * (level / mean - 1);
        count += part.size();
        first = end;
    }
    const std::size_t freedom = count > series.changes.size() + 1 ? count - series.changes.size() - 1 : 1;
    return std::sqrt(squares / static_cast<double>(freedom));
}

void finish(Series& series) {
    for (const PastCurve& curve : series.curves)
        series.level.push_back(ratio(curve.points, series.curves.back().points));
    series.changes = change_points(series.level);
    series.noise = noise_of(series);
}

}  // namespace

template <class Act>
Result<> History::transact(Act act) {
    for (int attempt = 1;; ++attempt) {
        Result<> done = database_->begin();
        if (done) done = act();
        if (done) done = database_->commit();
        if (done) return {};
        database_->roll_back();
        if (done.error().fault != Fault::Unavailable || attempt == kTries) return done;
        std::this_thread::sleep_for(std::chrono::milliseconds(20 << attempt));
    }
}

Result<History> History::open(const std::string& place) {
    TRY(std::unique_ptr<Database> database, open_database(place));
    History history(std::move(database));
    TRY_OK(history.migrate());
    return history;
}

Result<> History::migrate() {
    const auto version = database_->run("SELECT max(version) FROM culprit_schema");
    const std::string now = std::to_string(kMigrations.size());
    if (version && !version->empty() && version->front()[0] == now) return {};
    return transact([&]() -> Result<> {
        TRY_OK(database_->run("CREATE TABLE IF NOT EXISTS culprit_schema (version INTEGER PRIMARY KEY)"));
        TRY(const std::vector<StoredRow> done, database_->run("SELECT max(version) FROM culprit_schema"));
        const std::size_t from = static_cast<std::size_t>(std::atoi(done[0][0].c_str()));
        if (from > kMigrations.size())
            return fail(Fault::Invalid, "the history was written by a newer culprit: update this one");
        for (std::size_t i = from; i < kMigrations.size(); ++i) {
            TRY_OK(database_->run(kMigrations[i]));
            TRY_OK(database_->run("INSERT INTO culprit_schema VALUES (CAST(? AS INTEGER))",
                                  {std::to_string(i + 1)}));
        }
        return {};
    });
}

Result<> History::record(const Job& job) {
    const JobInfo& info = job.info;
    const std::vector<std::string> names = test_names(job);
    std::vector<std::size_t> order(names.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, {}, [&](std::size_t i) { return names[i]; });
    return transact([&]() -> Result<> {
        TRY_OK(database_->run(
            "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (product, job) DO UPDATE SET version "
            "= "
            "excluded.version, hardware = excluded.hardware, branch = excluded.branch, ended = "
            "excluded.ended, "
            "title = excluded.title",
            {info.product, info.id, info.version, info.hardware, info.branch, utc_text(info.ended),
             info.title}));
        for (const std::size_t i : order) {
            const Test& test = job.tests[i];
            if (test.count == 0) continue;
            TRY_OK(database_->run(
                "INSERT INTO curves VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (product, test, job) DO UPDATE SET "
                "unit = excluded.unit, better = excluded.better, points = excluded.points",
                {info.product, names[i], info.id, test.unit, test.better == Better::Less ? "less" : "more",
                 text_of(job.points_of(test))}));
        }
        return {};
    });
}

Result<> History::record_if_new(const Job& job) {
    TRY(const std::vector<StoredRow> rows,
        database_->run("SELECT 1 FROM jobs WHERE product = ? AND job = ?", {job.info.product, job.info.id}));
    return rows.empty() ? record(job) : Result<>();
}

Result<> History::record(const Comparison& comparison, const Ruling& ruling, std::string_view at) {
    std::vector<const Judged*> changes = ruling.regressions;
    changes.insert(changes.end(), ruling.improvements.begin(), ruling.improvements.end());
    std::ranges::sort(changes, {}, [&](const Judged* judged) { return comparison.name(*judged); });
    const JobInfo &before = comparison.baseline.info, &after = comparison.candidate.info;
    return transact([&]() -> Result<> {
        TRY_OK(database_->run("DELETE FROM findings WHERE product = ? AND candidate = ? AND baseline = ?",
                              {after.product, after.id, before.id}));
        for (const Judged* judged : changes) {
            TRY_OK(database_->run(
                "INSERT INTO findings VALUES (?, ?, ?, ?, ?, CAST(? AS DOUBLE PRECISION), ?, "
                "CAST(? AS DOUBLE PRECISION), ?)",
                {after.product, after.id, before.id, comparison.name(*judged),
                 std::string(to_string(judged->change)), fmt::format("{:.4f}", 100 * judged->share),
                 std::string(to_string(judged->severity)), fmt::format("{:.4f}", judged->probability),
                 std::string(at)}));
        }
        return {};
    });
}

Result<std::vector<std::string>> History::products() {
    TRY(const std::vector<StoredRow> rows,
        database_->run("SELECT DISTINCT product FROM jobs ORDER BY product"));
    std::vector<std::string> products;
    for (const StoredRow& row : rows) products.push_back(row[0]);
    return products;
}

Result<std::vector<Series>> History::series(const std::string& product, const std::string& test) {
    const std::string_view select =
        "SELECT c.test, j.hardware, j.branch, j.ended, c.job, j.version, c.unit, c.better, c.points FROM "
        "curves c "
        "JOIN jobs j ON j.product = c.product AND j.job = c.job WHERE c.product = ?";
    std::vector<std::string> parameters = {product};
    if (!test.empty()) parameters.push_back(test);
    TRY(const std::vector<StoredRow> rows,
        database_->run(fmt::format("{}{} ORDER BY c.test, j.hardware, j.branch, j.ended, c.job", select,
                                   test.empty() ? "" : " AND c.test = ?"),
                       parameters));
    std::vector<Series> all;
    for (const StoredRow& row : rows) {
        const bool goes_on = !all.empty() && all.back().test == row[0] && all.back().hardware == row[1] &&
                             all.back().curves.back().branch == row[2];
        if (!goes_on)
            all.push_back({.test = row[0],
                           .hardware = row[1],
                           .unit = row[6],
                           .better = row[7] == "more" ? Better::More : Better::Less});
        all.back().curves.push_back({.job = row[4],
                                     .version = row[5],
                                     .hardware = row[1],
                                     .branch = row[2],
                                     .ended = row[3],
                                     .points = points_of(row[8])});
    }
    for (Series& series : all) finish(series);
    return all;
}

Result<> History::acknowledge(const std::string& product, const Acknowledgement& what) {
    return transact([&]() -> Result<> {
        TRY_OK(database_->run(
            "INSERT INTO acknowledged VALUES (?, ?, ?, ?, ?) ON CONFLICT (product, test) DO UPDATE SET "
            "why = excluded.why, who = excluded.who, at = excluded.at",
            {product, what.test, what.why, what.by, what.at}));
        return {};
    });
}

Result<> History::withdraw(const std::string& product, const std::string& test) {
    return transact([&]() -> Result<> {
        TRY_OK(database_->run("DELETE FROM acknowledged WHERE product = ? AND test = ?", {product, test}));
        return {};
    });
}

Result<std::vector<Acknowledgement>> History::acknowledged(const std::string& product) {
    TRY(const std::vector<StoredRow> rows,
        database_->run("SELECT test, why, who, at FROM acknowledged WHERE product = ? ORDER BY test",
                       {product}));
    std::vector<Acknowledgement> all;
    for (const StoredRow& row : rows) all.push_back({row[0], row[1], row[2], row[3]});
    return all;
}

Result<> History::pin(const std::string& product, const std::string& hardware, const std::string& job) {
    return transact([&]() -> Result<> {
        TRY_OK(database_->run("DELETE FROM pinned WHERE product = ? AND hardware = ?", {product, hardware}));
        if (!job.empty())
            TRY_OK(database_->run("INSERT INTO pinned VALUES (?, ?, ?)", {product, hardware, job}));
        return {};
    });
}

Result<std::string> History::pinned(const std::string& product, const std::string& hardware) {
    TRY(const std::vector<StoredRow> rows,
        database_->run("SELECT job FROM pinned WHERE product = ? AND hardware = ?", {product, hardware}));
    return rows.empty() ? std::string() : rows[0][0];
}

Result<std::pair<std::size_t, std::size_t>> History::counts(const std::string& product) {
    TRY(const std::vector<StoredRow> jobs,
        database_->run("SELECT count(*) FROM jobs WHERE product = ?", {product}));
    TRY(const std::vector<StoredRow> curves,
        database_->run("SELECT count(*) FROM curves WHERE product = ?", {product}));
    const auto number = [](const std::vector<StoredRow>& rows) {
        return static_cast<std::size_t>(std::atoll(rows[0][0].c_str()));
    };
    return std::pair(number(jobs), number(curves));
}

}  // namespace culprit
