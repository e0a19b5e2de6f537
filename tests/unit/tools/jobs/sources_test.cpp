#include <random>

#include "job_text.h"
#include "support/support.h"
#include "tools/jobs/sources/source.h"

namespace culprit {
namespace {

using test::must;

const std::vector<std::string> kFiles = {"benchmarkdotnet-report-full.json",
                                         "google_benchmark.json",
                                         "cargo-criterion.json",
                                         "hyperfine.json",
                                         "pytest-benchmark.json",
                                         "k6-summary.json",
                                         "k6-export.json",
                                         "jobs.csv",
                                         "native.json",
                                         "perftracker-edge.json",
                                         "perftracker-empty.json",
                                         "perftracker-deleted.json"};

std::string parsed(std::string bytes) {
    const auto jobs = parse_jobs(std::move(bytes), {.name = "file", .ended = "2025-01-01T00:00:00Z"});
    if (!jobs) return jobs.error().what + "\n";
    std::string text;
    for (const Job& job : *jobs) text += test::text_of(job);
    return text;
}

TEST(JobSources, EachFileAsItIs) {
    for (const std::string& file : kFiles) {
        const std::string bytes = must(read_file(test::job_data(file)));
        test::expect_golden(test::job_data(file + ".golden"), parsed(bytes));
    }
}

TEST(JobSources, GzippedJobOfAServer) {
    const Job job = must(load_job(test::job_data("perftracker-6.json.gz")));
    EXPECT_EQ(job.info.product, "orders-api");
    EXPECT_EQ(job.info.version, "1.64-4996");
    EXPECT_EQ(job.info.hardware, "bench-b2.perf.example.net");
    EXPECT_EQ(job.points.size(), 384U);
    const auto point = job.points_of(job.tests[0])[0];
    EXPECT_GT(point.y, 0);
    EXPECT_GT(point.error, 0);
}

TEST(JobSources, FolderOfCriterionIsOneJob) {
    const Job job = must(load_job(test::job_data("criterion")));
    std::string text = test::text_of(job);
    text.replace(text.find("ended '"), 31, "ended '");  // when the file was written
    test::expect_golden(test::job_data("criterion.golden"), text);
}

TEST(JobSources, FolderOfJobsIsAllOfThem) {
    const TemporaryFolder folder = test::temporary_folder();
    for (const char* file : {"native.json", "jobs.csv"})
        fs::copy_file(test::job_data(file), folder.path() / file);
    EXPECT_EQ(must(load_jobs(folder.path())).size(), 3U);
    const auto one = load_job(folder.path());
    ASSERT_FALSE(one);
    EXPECT_TRUE(one.error().what.contains("holds 3 jobs (41, 42, 80992)")) << one.error().what;
}

TEST(JobSources, SaysWhatIsWrong) {
    EXPECT_EQ(parsed(""), "file: the file is empty\n");
    EXPECT_TRUE(parsed("{}").starts_with("file: this is no job file that can be read (tried: PerfTracker, "));
    EXPECT_TRUE(parsed(R"({"tests":[{"name":"a","points":[{"x":1,"y":)").contains("damaged"));
    EXPECT_TRUE(parsed(R"({"tests":[{"name":"a","points":[{"x":1,"y":2}]}]} x)").contains("damaged"));
    EXPECT_EQ(parsed("job,test,value,x\n1,a,2,many\n"), "file: record 2: x is 'many', not a number\n");
    EXPECT_EQ(parsed("job,test,value\n"), "file: the table has a header and no rows\n");
}

// Whatever bytes come: jobs or an error, no crash (under the sanitizers) and no hang.
TEST(JobSources, HostileBytes) {
    for (const std::string& file : kFiles) {
        const std::string bytes = must(read_file(test::job_data(file)));
        const std::size_t step = bytes.size() < 6000 ? 1 : 37;
        for (std::size_t size = 0; size < bytes.size(); size += step) parsed(bytes.substr(0, size));
        std::mt19937 random(1);
        for (int round = 0; round < 300; ++round) {
            std::string flipped = bytes;
            for (int flips = 0; flips < 3; ++flips)
                flipped[random() % flipped.size()] = static_cast<char>(random());
            parsed(std::move(flipped));
        }
    }
}

TEST(JobNames, LocalRunsByWholeWords) {
    EXPECT_TRUE(is_local_run("local-run", ""));
    EXPECT_TRUE(is_local_run("LOCAL dev7", "nightly"));
    EXPECT_TRUE(is_local_run("dev7", "orders local-run"));
    EXPECT_FALSE(is_local_run("bench-c3.localdomain", "nightly"));
}

TEST(JobNames, NumbersInCategories) {
    double number = 0;
    std::string rest;
    EXPECT_TRUE(take_number("1,000 objects", number, rest));
    EXPECT_EQ(number, 1000);
    EXPECT_EQ(rest, "objects");
    EXPECT_TRUE(take_number("x=2.5", number, rest));
    EXPECT_EQ(number, 2.5);
    EXPECT_TRUE(take_number("at -3 C", number, rest));
    EXPECT_EQ(number, -3);
    EXPECT_EQ(rest, "at C");
    EXPECT_FALSE(take_number("idle", number, rest));
}

}  // namespace
}  // namespace culprit
