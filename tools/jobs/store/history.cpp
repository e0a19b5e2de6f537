#include "tools/jobs/store/history.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <thread>

#include "tools/jobs/server/discovery.h"

namespace culprit {

Result<std::unique_ptr<Database>> open_database(const std::string& place) {
    return is_server(place) ? open_postgres(place) : open_sqlite(place);
}

namespace {

// One step of the schema each; what was released is never changed, only followed by another.
constexpr std::array<std::string_view, 7> kMigrations = {
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
    "CREATE TABLE IF NOT EXISTS revisions (product TEXT NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY "
    "(product))",
    "CREATE TABLE IF NOT EXISTS progress (product TEXT NOT NULL, test TEXT NOT NULL, hardware TEXT NOT NULL, "
    "branch TEXT NOT NULL, revision INTEGER NOT NULL, ended TEXT NOT NULL, job TEXT NOT NULL, state TEXT NOT "
    "NULL, PRIMARY KEY (product, test, hardware, branch))",
};

constexpr int kTries = 8;

}  // namespace

// Again as long as others are in the way.
template <class Act>
Result<> History::insist(Act act) {
    for (int attempt = 1;; ++attempt) {
        const Result<> done = act();
        if (done || done.error().fault != Fault::Unavailable || attempt == kTries) return done;
        std::this_thread::sleep_for(std::chrono::milliseconds(20 << attempt));
    }
}

template <class Act>
Result<> History::transact(Act act) {
    return insist([&]() -> Result<> {
        Result<> done = database_->begin();
        if (done) done = act();
        if (done) done = database_->commit();
        if (!done) database_->roll_back();
        return done;
    });
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
    const std::string ended = utc_text(info.ended);
    return transact([&]() -> Result<> {
        TRY_OK(note_revision(*database_, info, ended));
        TRY_OK(database_->run(
            "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (product, job) DO UPDATE SET version "
            "= "
            "excluded.version, hardware = excluded.hardware, branch = excluded.branch, ended = "
            "excluded.ended, "
            "title = excluded.title",
            {info.product, info.id, info.version, info.hardware, info.branch, ended, info.title}));
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
    ReadSeries read;
    TRY_OK(insist([&]() -> Result<> {
        TRY(read, read_series(*database_, product, test));
        return {};
    }));
    // Where states cannot be kept, the next reading takes longer, and is as good.
    if (!read.states.empty())
        static_cast<void>(transact([&] { return keep_states(*database_, read.states); }));
    return std::move(read.series);
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
