#include "tools/jobs/detect.h"

#include <cmath>
#include <random>

#include "job_text.h"
#include "support/support.h"
#include "tools/jobs/sources/source.h"
#include "tools/jobs/statistics.h"

namespace culprit {
namespace {

using test::must;

// A job of `tests` curves of 20 points: a level of its own for each (sd 1 %) and points that scatter by 1 %.
Job make_job(unsigned seed, int tests, double change_of_first = 0, std::size_t from = 0) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    JobBuilder builder;
    builder.info.id = std::to_string(seed);
    builder.info.ended = fmt::format("2025-01-{:02}T00:00:00Z", seed);
    for (int i = 0; i < tests; ++i) {
        const std::size_t test = builder.test({"g", fmt::format("t{}", i)}, "ms", Better::Less);
        const double level = 0.01 * normal(random);
        for (std::size_t x = 0; x < 20; ++x) {
            const double change = i == 0 && x >= from ? change_of_first : 0;
            const double noise = level + 0.01 * normal(random);
            builder.add(test, {.x = static_cast<double>(x),
                               .y = (5 + static_cast<double>(x)) * std::exp(noise) * (1 + change)});
        }
    }
    return std::move(builder).finish();
}

std::vector<Job> earlier(int tests) {
    std::vector<Job> jobs;
    for (unsigned seed = 10; seed < 16; ++seed) jobs.push_back(make_job(seed, tests));
    return jobs;
}

std::size_t count(const Detection& detection, Outcome change) {
    return static_cast<std::size_t>(std::ranges::count(detection.judged, change, &Judged::change));
}

TEST(Detect, FindsARegressionAndItsSize) {
    const Job baseline = make_job(1, 200), candidate = make_job(2, 200, 0.12);
    const std::vector<Job> history = earlier(200);
    const Detection detection = detect(baseline, candidate, history);
    const Judged& first = detection.judged[0];
    EXPECT_EQ(first.change, Outcome::Regressed);
    EXPECT_NEAR(first.share, 0.12, 0.03);
    EXPECT_LT(first.low, first.share);
    EXPECT_GT(first.high, first.share);
    EXPECT_EQ(first.severity, Severity::Severe);
    EXPECT_EQ(first.confidence, Confidence::High);
    EXPECT_EQ(first.history, 6U);
    EXPECT_LE(count(detection, Outcome::Regressed) + count(detection, Outcome::Improved), 3U);
}

TEST(Detect, NamesTheRangeWhereItIsWorst) {
    const Job baseline = make_job(1, 200), candidate = make_job(2, 200, 0.3, 12);
    const Judged first = detect(baseline, candidate, earlier(200)).judged[0];
    EXPECT_EQ(first.change, Outcome::Regressed);
    EXPECT_NEAR(first.from, 12, 1);
    EXPECT_NEAR(first.to, 19, 1);
    EXPECT_EQ(first.consistency, 1);
    EXPECT_EQ(first.severity, Severity::Critical);
}

TEST(Detect, ConfidenceIsNeverHighWithoutHistory) {
    const Judged first = detect(make_job(1, 200), make_job(2, 200, 0.5), {}).judged[0];
    EXPECT_EQ(first.change, Outcome::Regressed);
    EXPECT_EQ(first.confidence, Confidence::Medium);
}

TEST(Detect, WhatChangedWithTheBaselineIsOlder) {
    const Job baseline = make_job(1, 200, 0.2), candidate = make_job(2, 200, 0.2);
    std::vector<Job> history = earlier(200);
    const Judged first = detect(baseline, candidate, history).judged[0];
    EXPECT_EQ(first.change, Outcome::Unchanged);
    history.back() = make_job(15, 200, 0.2);
    EXPECT_EQ(detect(baseline, candidate, history).judged[0].change, Outcome::Unchanged);
    // What came on top of it is the candidate's.
    EXPECT_EQ(detect(baseline, make_job(2, 200, 0.5), history).judged[0].change, Outcome::Regressed);
}

TEST(Detect, AnOldChangeDoesNotHideTheNext) {
    const Job baseline = make_job(1, 200, 0.2);
    for (unsigned since = 10; since < 16; ++since) {
        std::vector<Job> history;
        for (unsigned seed = 10; seed < 16; ++seed)
            history.push_back(make_job(seed, 200, seed >= since ? 0.2 : 0));
        EXPECT_EQ(detect(baseline, make_job(2, 200, 0.2), history).judged[0].change, Outcome::Unchanged);
        const Judged next = detect(baseline, make_job(2, 200, 0.34), history).judged[0];
        EXPECT_EQ(next.change, Outcome::Regressed) << since;
        EXPECT_NEAR(next.share, 1.34 / 1.2 - 1, 0.03);
        EXPECT_EQ(next.history, 16 - since);
    }
}

TEST(Detect, OldDriftIsNotBlamedOnTheCandidate) {
    Job baseline = make_job(1, 200), candidate = make_job(2, 200, 0.2);
    std::vector<Job> history;
    for (unsigned seed = 10; seed < 16; ++seed) history.push_back(make_job(seed, 200, 0.2));
    // The baseline alone was lucky; all earlier jobs were as slow as the candidate.
    EXPECT_EQ(detect(baseline, candidate, history).judged[0].change, Outcome::Unchanged);
}

TEST(Detect, ThroughputIsWorseWhenItFalls) {
    JobBuilder before, after;
    for (int i = 0; i < 30; ++i) {
        for (JobBuilder* builder : {&before, &after}) {
            const std::size_t test = builder->test({"", fmt::format("rate{}", i)}, "1/s", Better::More);
            for (int x = 0; x < 10; ++x)
                builder->add(test, {.x = static_cast<double>(x),
                                    .y = builder == &after && i == 7 ? 80.0 + x % 2 : 100.0 + x % 3});
        }
    }
    const Detection detection = detect(std::move(before).finish(), std::move(after).finish(), {});
    EXPECT_EQ(detection.judged[7].change, Outcome::Regressed);
    EXPECT_NEAR(detection.judged[7].share, -0.2, 0.03);
    EXPECT_NEAR(detection.judged[7].slowdown, 0.25, 0.05);
    EXPECT_EQ(count(detection, Outcome::Regressed), 1U);
}

TEST(Detect, WhatCannotBeJudgedIsNotCalledUnchanged) {
    JobBuilder before, after;
    before.add(before.test({"", "zero"}, "ms", Better::Less), {.x = 1, .y = 0});
    after.add(after.test({"", "zero"}, "ms", Better::Less), {.x = 1, .y = 3});
    before.add(before.test({"", "unit"}, "ms", Better::Less), {.x = 1, .y = 1});
    after.add(after.test({"", "unit"}, "s", Better::Less), {.x = 1, .y = 1});
    before.add(before.test({"", "grid"}, "ms", Better::Less), {.x = 1, .y = 1});
    after.add(after.test({"", "grid"}, "ms", Better::Less), {.x = 2, .y = 1});
    before.add(before.test({"", "failed"}, "ms", Better::Less), {.x = 1, .y = 1});
    after.add_failed(after.test({"", "failed"}, "ms", Better::Less));
    before.add(before.test({"", "gone"}, "ms", Better::Less), {.x = 1, .y = 1});
    after.add(after.test({"", "new"}, "ms", Better::Less), {.x = 1, .y = 1});
    const Detection detection = detect(std::move(before).finish(), std::move(after).finish(), {});
    std::string text;
    for (const NotJudged& each : detection.not_judged) text += each.why + "\n";
    EXPECT_EQ(text,
              "it has scores of 0 or below, of which no ratio can be taken\n"
              "its unit or direction changed (ms to s)\n"
              "the two jobs have no point in common\n"
              "it gave no value in the candidate\n");
    EXPECT_TRUE(detection.judged.empty());
    EXPECT_EQ(detection.appeared, std::vector<std::size_t>{4});
    EXPECT_EQ(detection.vanished, std::vector<std::size_t>{4});
}

// What was planted into the captured jobs 6 and 7: settings of PUT, orders of GET, of POST, and DELETE which
// got better.
TEST(Detect, CapturedJobsOfAServer) {
    const Job baseline = must(load_job(test::job_data("perftracker-6.json.gz")));
    const Job candidate = must(load_job(test::job_data("perftracker-7.json.gz")));
    const Detection detection = detect(baseline, candidate, {});
    std::string text;
    for (const Judged& judged : detection.judged) {
        if (judged.change == Outcome::Unchanged) continue;
        const culprit::Test& test = candidate.tests[judged.candidate];
        text +=
            fmt::format("{} {} / {}: {:+.0f} % at {:g} to {:g}, {}\n", to_string(judged.change), test.group,
                        test.name, 100 * judged.share, judged.from, judged.to, to_string(judged.confidence));
    }
    test::expect_golden(test::job_data("perftracker-6-7.golden"), text);
}

TEST(Statistics, MedianSpreadAndSpikes) {
    std::vector<double> values = {5, 1, 3};
    EXPECT_EQ(median(values), 3);
    values = {4, 1, 3, 2};
    EXPECT_EQ(median(values), 2.5);
    EXPECT_EQ(median({}), 0);
    EXPECT_NEAR(digamma(1), -0.5772157, 1e-6);
    EXPECT_NEAR(trigamma(1), 1.6449341, 1e-6);
    values = {0, .1, 0, .1, 9, .1, 0, .1, 0, .1};
    clean_spikes(values);
    EXPECT_LT(values[4], 1);
    EXPECT_EQ(values[1], .1);
}

}  // namespace
}  // namespace culprit
