#include "tools/jobs/server/discovery.h"

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "job_text.h"
#include "support/support.h"
#include "tools/profile/formats/unpack.h"

namespace culprit {
namespace {

using test::must;

// The rows of the captured job list of project 1, in no order.
std::vector<JobInfo> captured() {
    const std::string packed = must(read_file(test::job_data("perftracker-jobs.json.gz")));
    const Json rows = must(parse_json(must(unpack(packed))->bytes, "rows"));
    std::vector<JobInfo> jobs;
    for (const Json& row : rows) {
        if (integer_at(member(row, "project"), "id") != 1) continue;
        JobInfo info{.id = std::to_string(integer_at(row, "id")),
                     .title = text_at(row, "title"),
                     .product = text_at(row, "product_name"),
                     .version = text_at(row, "product_ver"),
                     .ended = text_at(row, "end")};
        for (const Json& node : row["env_node"])
            info.hardware += (info.hardware.empty() ? "" : "+") + text_at(node, "name");
        info.local = is_local_run(info.hardware, info.title);
        jobs.push_back(std::move(info));
    }
    std::ranges::sort(jobs, {}, [](const JobInfo& job) { return std::hash<std::string>()(job.id); });
    return jobs;
}

TEST(Discovery, TakesTheHostWithTheNewestCandidate) {
    const std::vector<JobInfo> jobs = captured();
    const Discovery found = discover(jobs, "orders-api", {}, 6);
    ASSERT_TRUE(found.candidate) << found.account;
    EXPECT_EQ(jobs[*found.candidate].id, "15");
    EXPECT_EQ(jobs[*found.baseline].id, "14");
    test::expect_golden(test::job_data("discovery.golden"), found.account);
}

TEST(Discovery, FiltersAndHistory) {
    const std::vector<JobInfo> jobs = captured();
    const std::vector<JobFilter> filters = {must(parse_filter("hardware=bench-a1.perf.example.net"))};
    const Discovery found = discover(jobs, "orders-api", filters, 6);
    ASSERT_TRUE(found.candidate) << found.account;
    EXPECT_EQ(jobs[*found.candidate].id, "5");
    EXPECT_EQ(jobs[*found.baseline].id, "4");
    std::vector<std::string> history;
    for (const std::size_t i : found.history) history.push_back(jobs[i].id);
    EXPECT_EQ(history, (std::vector<std::string>{"3", "2", "1"}));
    EXPECT_FALSE(parse_filter("hardware"));
    EXPECT_FALSE(parse_filter("colour=red"));
}

TEST(Discovery, NothingToCompareIsExplained) {
    const std::vector<JobInfo> jobs = captured();
    const Discovery found = discover(jobs, "p", {}, 6);
    EXPECT_FALSE(found.candidate);
    EXPECT_TRUE(found.account.contains("no two comparable jobs")) << found.account;
}

TEST(Discovery, TimesWithOffsets) {
    EXPECT_EQ(utc_text("2025-05-02T05:00:00.123456+03:00"), "2025-05-02T02:00:00Z");
    EXPECT_EQ(utc_text("2025-05-02 05:00:00-0130"), "2025-05-02T06:30:00Z");
    EXPECT_EQ(utc_text("2025-05-02T05:00:00"), "2025-05-02T05:00:00Z");
    EXPECT_EQ(utc_text("soon"), "soon");
    EXPECT_FALSE(instant_of("2025-13-02T05:00:00Z"));
    EXPECT_FALSE(instant_of("2025-05-02T05:00:00+"));
}

}  // namespace
}  // namespace culprit
