#include "tools/jobs/store/history.h"

#include <cmath>

#include "support/support.h"

namespace culprit {
namespace {

using test::must;

constexpr int kTests = 4;

// Job `number` of three tests: the level of the first rises for good at job 20, and again at 45; the second
// is measured over other points from job 30 on; the third is missing from each seventh job; the fourth
// drifts.
Job job(int number) {
    JobBuilder builder;
    builder.info.id = fmt::format("{:03}", number);
    builder.info.product = "shop";
    builder.info.version = fmt::format("1.{}", number);
    builder.info.hardware = "a1";
    builder.info.ended = fmt::format("2025-{:02}-{:02}T06:00:00Z", number / 28 + 1, number % 28 + 1);
    for (int test = 0; test < kTests; ++test) {
        if (test == 2 && number % 7 == 0) continue;
        const std::size_t added = builder.test({"", fmt::format("t{}", test)}, "ms", Better::Less);
        const double stepping = number < 20 ? 1 : number < 45 ? 1.2 : 1.3;
        const double level = test == 0 ? stepping : test == 3 ? 1 + 0.004 * number : 1;
        for (int x = 0; x < 8; ++x) {
            const double place = test == 1 && number >= 30 ? x + 100.0 : x;
            const double noise = 0.01 * ((number * 7 + test * 5 + x * 3) % 11 - 5) / 5;
            builder.add(added, {.x = place, .y = level * 10 * (1 + noise)});
        }
    }
    return std::move(builder).finish();
}

History opened(const TemporaryFolder& folder, const std::string& name) {
    return must(History::open((folder.path() / name).string()));
}

std::string text(const std::vector<Series>& all) {
    std::string text;
    for (const Series& series : all) {
        text += fmt::format("{} {} {} {} changes {} drift {} noise {}\n", series.test, series.hardware,
                            series.unit, series.better == Better::Less, fmt::join(series.changes, ","),
                            series.drift, series.noise);
        for (std::size_t i = 0; i < series.jobs.size(); ++i)
            text += fmt::format("{} {} {} {}\n", series.jobs[i].job, series.jobs[i].version,
                                series.jobs[i].ended, series.level[i]);
    }
    return text;
}

TEST(JobHistory, WhatIsKeptOfSeriesGivesWhatAllJobsGive) {
    const auto folder = test::temporary_folder();
    History kept = opened(folder, "kept.db"), fresh = opened(folder, "fresh.db");
    for (int number = 1; number <= 60; ++number) {
        must(kept.record(job(number)));
        must(fresh.record(job(number)));
        if (number % 3 == 0) must(kept.series("shop", number % 2 == 0 ? "" : "t1"));
    }
    const std::vector<Series> all = must(kept.series("shop", ""));
    EXPECT_EQ(text(all), text(must(fresh.series("shop", ""))));
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all[0].changes, (std::vector<std::size_t>{19, 44}));
    EXPECT_EQ(all[1].changes, std::vector<std::size_t>());
    EXPECT_TRUE(std::isnan(all[1].level[29]));  // nothing in common with the job before
    EXPECT_EQ(all[2].jobs.size(), 52U);
    EXPECT_EQ(all[2].drift, 0);
    EXPECT_EQ(all[3].changes, std::vector<std::size_t>());
    EXPECT_NEAR(all[3].drift, 0.235, 0.01);
    EXPECT_LT(all[3].noise, 0.01);
}

TEST(JobHistory, AJobThatComesLateOrAgainCountsInItsPlace) {
    const auto folder = test::temporary_folder();
    History kept = opened(folder, "kept.db"), fresh = opened(folder, "fresh.db");
    for (int number = 1; number <= 40; ++number) {
        must(fresh.record(job(number)));
        if (number == 5 || number == 33) continue;
        must(kept.record(job(number)));
        must(kept.series("shop", ""));
    }
    must(kept.record(job(33)));
    must(kept.series("shop", "t0"));
    must(kept.record_if_new(job(5)));
    must(kept.record(job(40)));
    EXPECT_EQ(text(must(kept.series("shop", ""))), text(must(fresh.series("shop", ""))));
    EXPECT_EQ(text(must(kept.series("shop", "t2"))), text(must(fresh.series("shop", "t2"))));
}

// The points of jobs that were taken in before are not read again.
TEST(JobHistory, AFurtherJobCostsItsOwnCurvesOnly) {
    const auto folder = test::temporary_folder();
    History history = opened(folder, "kept.db");
    for (int number = 1; number <= 30; ++number) must(history.record(job(number)));
    const std::string before = text(must(history.series("shop", "t0")));
    auto database = must(open_database((folder.path() / "kept.db").string()));
    must(database->run("UPDATE curves SET points = '' WHERE job < '030'"));
    EXPECT_EQ(text(must(history.series("shop", "t0"))), before);
    must(history.record(job(31)));
    EXPECT_EQ(must(history.series("shop", "t0"))[0].changes, std::vector<std::size_t>{19});
}

}  // namespace
}  // namespace culprit
