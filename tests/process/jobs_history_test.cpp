// The history of jobs: kept by processes at once and by processes that are killed, in SQLite and in
// PostgreSQL.
#include <csignal>
#include <thread>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "support/child.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::Child;
using test::must;

constexpr int kTests = 400;

// A table of jobs of one product, kTests curves of ten points each; in the last job t7 is so many times
// slower.
void write_jobs(const fs::path& file, int first, int count, double last_factor = 1) {
    std::string text = "job,test,x,value,unit,product,version,hardware,time\n";
    for (int job = first; job < first + count; ++job) {
        for (int test = 0; test < kTests; ++test) {
            for (int x = 1; x <= 10; ++x) {
                const double factor = test == 7 && job == first + count - 1 ? last_factor : 1;
                text += fmt::format("{0},t{1},{2},{3},ms,shop,1.{0},a1,2025-01-{0:02}T00:00:00Z\n", job, test,
                                    x, factor * (100 + x + (job * 7 + test * 3 + x) % 5));
            }
        }
    }
    must(write_file(file, text));
}

class JobsHistory : public ::testing::TestWithParam<std::string> {
  protected:
    void SetUp() override {
        if (GetParam() == "sqlite") {
            store = (folder.path() / "history.db").string();
            return;
        }
        start_postgres();
    }
    void TearDown() override {
        if (!cluster.empty()) postgres({"pg_ctl", "-D", cluster.string(), "-m", "immediate", "stop"});
    }

    // A cluster of its own, run by "postgres" where we are root, as it refuses to run as root.
    void start_postgres() {
        for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", code))
            binaries = entry.path() / "bin";
        if (binaries.empty()) GTEST_SKIP() << "PostgreSQL is not installed";
        cluster = folder.path() / "pg";
        fs::create_directory(cluster);
        fs::permissions(folder.path(), fs::perms::all);
        fs::permissions(cluster, fs::perms::all);
        if (::geteuid() == 0 && postgres({"true"}) != 0)
            GTEST_SKIP() << "there is no user postgres to run it";
        if (::geteuid() == 0) must_run({"chown", "postgres", cluster.string()});
        fs::permissions(cluster, fs::perms::owner_all, code);
        ASSERT_EQ(postgres({"initdb", "-D", cluster.string(), "-A", "trust", "-U", "culprit", "--no-sync"}),
                  0);
        port = 20000 + ::getpid() % 20000;
        ASSERT_EQ(
            postgres(
                {"pg_ctl", "-D", cluster.string(), "-w", "-l", (folder.path() / "log").string(), "-o",
                 fmt::format("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off",
                             port),
                 "start"}),
            0);
        store = fmt::format("postgresql://culprit@127.0.0.1:{}/postgres", port);
    }
    void must_run(std::vector<std::string> argv) {
        Child child({.argv = std::move(argv)});
        ASSERT_EQ(child.wait(), 0) << child.output();
    }
    int postgres(std::vector<std::string> argv) {
        if (argv[0] != "true") argv[0] = (binaries / argv[0]).string();
        if (::geteuid() == 0) argv.insert(argv.begin(), {"runuser", "-u", "postgres", "--"});
        Child child({.argv = argv, .folder = "/"});
        return child.wait(std::chrono::seconds(60));
    }

    std::vector<std::string> gate(std::string_view file) const {
        return {test::culprit_program().string(),
                "jobs",
                "compare",
                std::string(file),
                "--product",
                "shop",
                "--store",
                store,
                "--output-dir",
                "out"};
    }
    int run(std::vector<std::string> argv) {
        Child child({.argv = std::move(argv), .folder = folder.path()});
        const int exit = child.wait(std::chrono::seconds(120));
        output = child.output();
        return exit;
    }
    Json trends() {
        EXPECT_EQ(run({test::culprit_program().string(), "--format", "json", "jobs", "trends", "shop",
                       "--store", store}),
                  0)
            << output;
        return must(parse_json(output, "trends"));
    }

    TemporaryFolder folder = test::temporary_folder();
    fs::path cluster, binaries;
    int port = 0;
    std::string store, output;
    std::error_code code;
};

TEST_P(JobsHistory, WritersAtOnceLoseAndDoubleNothing) {
    write_jobs(folder.path() / "one.csv", 1, 5);
    write_jobs(folder.path() / "two.csv", 3, 6);  // jobs 3 to 5 are in both
    Child one({.argv = gate("one.csv"), .folder = folder.path()});
    Child two({.argv = gate("two.csv"), .folder = folder.path()});
    EXPECT_EQ(one.wait(std::chrono::seconds(120)), 0) << one.output();
    EXPECT_EQ(two.wait(std::chrono::seconds(120)), 0) << two.output();
    const Json now = trends();
    EXPECT_EQ(now["jobs"], 8) << output;
    EXPECT_EQ(run({test::culprit_program().string(), "--format", "json", "jobs", "history", "t3", "--store",
                   store}),
              0);
    EXPECT_EQ(must(parse_json(output, "history"))[0]["jobs"].size(), 8U);
}

TEST_P(JobsHistory, AKilledWriterLeavesWholeJobsAndARerunGoesOn) {
    write_jobs(folder.path() / "jobs.csv", 1, 8);
    for (const int milliseconds : {30, 60, 90, 120, 200, 300}) {
        Child child({.argv = gate("jobs.csv"), .folder = folder.path()});
        std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
        child.signal(SIGKILL);
        child.wait();
        if (run({test::culprit_program().string(), "--format", "json", "jobs", "history", "t3", "--store",
                 store, "--product", "shop"}) != 0)
            continue;  // nothing is there yet
        const Json history = must(parse_json(output, "history"));
        const Json other = trends();
        EXPECT_EQ(history[0]["jobs"].size(),
                  other["jobs"].get<std::size_t>());  // a job is there whole or not at all
    }
    EXPECT_EQ(run(gate("jobs.csv")), 0) << output;
    EXPECT_EQ(trends()["jobs"], 8);
}

TEST_P(JobsHistory, KnowsWhatWasAcknowledgedAndPinned) {
    write_jobs(folder.path() / "jobs.csv", 1, 20, 1.4);
    EXPECT_EQ(run(gate("jobs.csv")), 1) << output;
    EXPECT_TRUE(output.contains("BLOCK: 1 test regressed")) << output;
    EXPECT_EQ(
        run({test::culprit_program().string(), "jobs", "ack", "t7", "--why", "known", "--store", store}), 0)
        << output;
    EXPECT_TRUE(output.contains("a regression of t7 no longer blocks")) << output;
    EXPECT_EQ(run({test::culprit_program().string(), "jobs", "trends", "shop", "--store", store}), 0)
        << output;
    EXPECT_TRUE(output.contains("acknowledged: t7 (known")) << output;
    EXPECT_EQ(run({test::culprit_program().string(), "jobs", "pin", "a1", "3", "--store", store}), 0)
        << output;
    EXPECT_EQ(run(gate("jobs.csv")), 0) << output;
    EXPECT_TRUE(output.contains("the baseline is pinned: 3 (1.3)")) << output;
    EXPECT_TRUE(output.contains("t7") && output.contains("(acknowledged)")) << output;
    EXPECT_EQ(run({test::culprit_program().string(), "jobs", "ack", "t7", "--withdraw", "--store", store}), 0)
        << output;
    EXPECT_EQ(run(gate("jobs.csv")), 1) << output;
}

INSTANTIATE_TEST_SUITE_P(Stores, JobsHistory, ::testing::Values("sqlite", "postgres"),
                         [](const auto& chosen) { return chosen.param; });

}  // namespace
}  // namespace culprit
