// culprit jobs as people and pipelines call it.
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "support/child.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::Child;
using test::must;

std::string data(std::string_view file) {
    return test::source_path("tests/unit/tools/jobs/data/" + std::string(file)).string();
}

TEST(JobsCommand, ComparesWritesItsFilesAndBlocks) {
    const auto folder = test::temporary_folder();
    Child child({.argv = {test::culprit_program(), "jobs", "compare", data("perftracker-6.json.gz"),
                          data("perftracker-7.json.gz")},
                 .folder = folder.path()});
    EXPECT_EQ(child.wait(), 1) << child.output();
    EXPECT_TRUE(child.output().contains("BLOCK: ")) << child.output();
    const fs::path report = folder.path() / ".culprit/reports/orders-api/1.64-4996 vs 1.66-5088";
    for (const char* file : {"result_v2.json", "llm_report.md", "report.html", "junit.xml", "gitlab.json"})
        EXPECT_TRUE(fs::exists(report / file)) << file;
    const Json result = must(parse_json(must(read_file(report / "result_v2.json")), "result"));
    EXPECT_EQ(text_at(result, "verdict"), "BLOCK");
}

TEST(JobsCommand, AJobAgainstItselfIsApproved) {
    const auto folder = test::temporary_folder();
    Child child({.argv = {test::culprit_program(), "jobs", "compare", data("perftracker-6.json.gz"),
                          data("perftracker-6.json.gz"), "--output-dir", "out", "--strict"},
                 .folder = folder.path()});
    EXPECT_EQ(child.wait(), 0) << child.output();
    EXPECT_TRUE(fs::exists(folder.path() / "out/reports/orders-api/6 vs 6/report.html"));
}

TEST(JobsCommand, WrongUseSaysWhatIsWanted) {
    const auto folder = test::temporary_folder();
    Child one(
        {.argv = {test::culprit_program(), "jobs", "compare", data("native.json")}, .folder = folder.path()});
    EXPECT_EQ(one.wait(), 3);
    EXPECT_TRUE(one.output().contains("two jobs are compared")) << one.output();
    Child none({.argv = {test::culprit_program(), "jobs", "compare", "no-such-file", data("native.json")},
                .folder = folder.path()});
    EXPECT_EQ(none.wait(), 3);
    EXPECT_TRUE(none.output().contains("no-such-file")) << none.output();
}

TEST(JobsCommand, FindsChangePoints) {
    const auto folder = test::temporary_folder();
    std::string values;
    for (int i = 0; i < 60; ++i)
        values += (i ? "," : "") + std::to_string(i < 30 ? 100 + i % 3 : 120 + i % 3);
    must(write_file(folder.path() / "latency.json", "{\"values\": [" + values + "]}"));
    Child child(
        {.argv = {test::culprit_program(), "jobs", "changepoints", "latency.json", "--format", "json"},
         .folder = folder.path()});
    EXPECT_EQ(child.wait(), 0) << child.output();
    EXPECT_EQ(must(parse_json(child.output(), "output")), Json({{"latency", {30}}}));
}

}  // namespace
}  // namespace culprit
