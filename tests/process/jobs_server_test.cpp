// culprit jobs against a PerfTracker server that answers as the real one, and that fails.
#include <nlohmann/json.hpp>

#include "base/http.h"
#include "base/json.h"
#include "base/text.h"
#include "support/child.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::Child;
using test::must;

class Server {
  public:
    Server()
        : child_({.argv = {"python3", "-B", test::source_path("tests/process/perftracker_server.py").string(),
                           test::source_path("tests/unit/tools/jobs/data").string()}}) {
        child_.wait_for("port ");
        child_.wait_for("\n");
        url_ =
            "http://127.0.0.1:" + std::string(trim(child_.output().substr(child_.output().rfind(' ') + 1)));
    }
    const std::string& url() const { return url_; }
    void fail(std::string_view how, int count, std::string_view path = "") {
        get(fmt::format("/_fault/{}/{}/{}", how, count, path));
    }
    std::vector<std::string> requests() {
        return must(parse_json(get("/_log"), "log")).get<std::vector<std::string>>();
    }

  private:
    std::string get(const std::string& path) {
        HttpClient client;
        return must(client.send({.url = url_ + path}, {}, {})).body;
    }
    Child child_;
    std::string url_;
};

class JobsServer : public ::testing::Test {
  protected:
    // Compares the pair that is found on bench-b2, whose files are the captured ones.
    int compare(std::vector<std::string> more = {}) {
        std::vector<std::string> argv = {test::culprit_program().string(),
                                         "jobs",
                                         "compare",
                                         "--product",
                                         "orders-api",
                                         "--url",
                                         server.url(),
                                         "--project",
                                         "1",
                                         "--filter",
                                         "hardware=bench-b2.perf.example.net"};
        argv.insert(argv.end(), more.begin(), more.end());
        Child child({.argv = argv, .folder = folder.path()});
        const int code = child.wait(std::chrono::seconds(60));
        output = child.output();
        return code;
    }
    std::size_t count(std::string_view part) {
        const auto all = server.requests();
        return static_cast<std::size_t>(
            std::ranges::count_if(all, [&](const std::string& each) { return each.contains(part); }));
    }

    Server server;
    TemporaryFolder folder = test::temporary_folder();
    std::string output;
};

TEST_F(JobsServer, FindsThePairTellsEachStepAndFetchesNothingTwice) {
    EXPECT_EQ(compare(), 1) << output;
    for (const char* step : {"254 jobs in the list", "17 of product orders-api", "without local runs",
                             "with hardware = bench-b2.perf.example.net",
                             "chosen: 8 (1.66-5088) against 6 (1.64-4996)", "BLOCK: "})
        EXPECT_TRUE(output.contains(step)) << step << "\n" << output;
    EXPECT_TRUE(fs::exists(folder.path() / ".culprit/data/job-8.json"));
    EXPECT_EQ(count("as_json"), 2U);
    EXPECT_EQ(compare(), 1) << output;
    EXPECT_EQ(count("as_json"), 2U);
}

TEST_F(JobsServer, PagesToTheEndNewestFirst) {
    EXPECT_EQ(compare(), 1) << output;
    EXPECT_EQ(count("/job/?length=200&start=0&order%5B0%5D%5Bcolumn%5D=2&order%5B0%5D%5Bdir%5D=desc"), 1U);
    EXPECT_EQ(count("/job/?length=200&start=200&"), 1U);
}

TEST_F(JobsServer, NoComparableJobsSaysWhatThereIs) {
    EXPECT_EQ(compare({"--filter", "version=1.66-5088"}), 3);
    EXPECT_TRUE(output.contains("no two comparable jobs")) << output;
    EXPECT_TRUE(output.contains("no other version to compare with")) << output;
}

TEST_F(JobsServer, ErrorsInGoodAnswersAreErrors) {
    Child child({.argv = {test::culprit_program(), "jobs", "compare", "--product", "p", "--url", server.url(),
                          "--project", "x"},
                 .folder = folder.path()});
    EXPECT_EQ(child.wait(), 3);
    EXPECT_TRUE(child.output().contains("404")) << child.output();
}

TEST_F(JobsServer, TransientFaultsAreTriedAgain) {
    server.fail("500", 2);
    server.fail("slow", 1, "/1/job/8");
    server.fail("cut", 1, "/1/job/6");
    EXPECT_EQ(compare(), 1) << output;
    EXPECT_TRUE(output.contains("BLOCK: ")) << output;
}

TEST_F(JobsServer, AnInterruptedDownloadGoesOn) {
    server.fail("cut", 1, "/1/job/6");
    EXPECT_EQ(compare(), 1) << output;
    EXPECT_EQ(count("bytes="), 1U);
    EXPECT_FALSE(fs::exists(folder.path() / ".culprit/data/job-6.json.part"));
}

TEST_F(JobsServer, AJobThatKeepsComingDamagedIsNoJob) {
    server.fail("short", 100, "/1/job/8");
    EXPECT_EQ(compare(), 3);
    EXPECT_TRUE(output.contains("job 8 came damaged")) << output;
    EXPECT_FALSE(fs::exists(folder.path() / ".culprit/data/job-8.json"));
    EXPECT_FALSE(fs::exists(folder.path() / ".culprit/reports"));
}

TEST_F(JobsServer, PagesAndRedirectsAreNoAnswers) {
    server.fail("html", 1);
    EXPECT_EQ(compare(), 3);
    EXPECT_TRUE(output.contains("not JSON") || output.contains("JSON")) << output;
    server.fail("redirect", 1);
    EXPECT_EQ(compare(), 3);
    EXPECT_TRUE(output.contains("sends on to https://elsewhere.example/")) << output;
    EXPECT_EQ(compare(), 1) << output;  // a rerun goes on
}

TEST_F(JobsServer, TheReportIsUploadedAndReadBack) {
    server.fail("500", 1, "/artifact/");
    EXPECT_EQ(compare({"--upload"}), 1) << output;
    EXPECT_TRUE(output.contains("uploaded: " + server.url() + "/0/artifact_content/")) << output;
    server.fail("unlinked", 1, "/artifact/");
    EXPECT_EQ(compare({"--upload"}), 3);
    EXPECT_TRUE(output.contains("it is not linked")) << output;
}

TEST_F(JobsServer, AReportOfOnesOwnIsKeptIfItsVerdictIsTheProgramsOwn) {
    must(write_file(folder.path() / "model.md", "# APPROVE\nThere is nothing to BLOCK.\n"));
    EXPECT_EQ(compare({"--report", "model.md", "--upload"}), 3) << output;
    EXPECT_TRUE(output.contains("a report names the verdict first, and it is BLOCK")) << output;
    EXPECT_EQ(count("POST"), 0U);
    must(write_file(folder.path() / "model.md", "# BLOCK\nI would not APPROVE it.\n"));
    EXPECT_EQ(compare({"--report", "model.md", "--upload"}), 1) << output;
    const fs::path kept = folder.path() / ".culprit/reports/orders-api/1.64-4996 vs 1.66-5088/llm_report.md";
    EXPECT_EQ(must(read_file(kept)), "# BLOCK\nI would not APPROVE it.\n");
}

TEST_F(JobsServer, AServerThatIsNotThere) {
    Child child(
        {.argv = {test::culprit_program(), "jobs", "compare", "6", "7", "--url", "http://127.0.0.1:9"},
         .folder = folder.path()});
    EXPECT_EQ(child.wait(std::chrono::seconds(60)), 3);
    EXPECT_TRUE(child.output().contains("cannot reach http://127.0.0.1:9")) << child.output();
}

}  // namespace
}  // namespace culprit
