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

// Two versions of a source tree, tagged; the second one's Read does more work, and orders got slower.
class JobsSources : public ::testing::Test {
  protected:
    void SetUp() override {
        fs::create_directory(tree);
        git({"init", "-q"});
        commit("1.0", "return store[id];");
        commit("1.1",
               "var all = new List<Order>(); foreach (var o in store) all.Add(o.Copy()); return all[id];");
        std::string text = "job,test,x,value,unit,product,version,hardware,time\n";
        for (const int job : {1, 2}) {
            for (const char* name :
                 {"GET /orders", "PUT /orders", "GET /users", "PUT /users", "GET /plans"}) {
                for (int x = 1; x <= 12; ++x) {
                    const bool is_slower = job == 2 && std::string_view(name).ends_with("orders");
                    text +=
                        fmt::format("{0},{1},{2},{3},ms,shop,1.{4},a1,2025-01-0{0}T00:00:00Z\n", job, name, x,
                                    (is_slower ? 2 : 1) * (100 + x + (job * 7 + x) % 5), job - 1);
                }
            }
        }
        must(write_file(folder.path() / "jobs.csv", text));
    }
    void git(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(),
                         {"git", "-C", tree.string(), "-c", "user.name=t", "-c", "user.email=t@example.net"});
        Child child({.argv = std::move(arguments)});
        ASSERT_EQ(child.wait(), 0) << child.output();
    }
    void commit(const std::string& version, std::string_view body) {
        must(write_file(
            tree / "OrderStore.cs",
            fmt::format("class OrderStore {{\n  public Order Read(int id) {{\n    {}\n  }}\n}}\n", body)));
        must(write_file(tree / "UserStore.cs",
                        fmt::format("class UserStore {{\n  public int Version() => {};\n}}\n",
                                    version == "1.0" ? 10 : 11)));
        git({"add", "."});
        git({"commit", "-q", "-m", version});
        git({"tag", "v" + version});
    }
    Json sources(std::vector<std::string> more) {
        std::vector<std::string> argv = {
            test::culprit_program(), "jobs", "compare", "jobs.csv", "--product", "shop", "--store", "none",
            "--output-dir",          "out",  "--root",  "src=tree"};
        argv.insert(argv.end(), more.begin(), more.end());
        Child child({.argv = std::move(argv), .folder = folder.path()});
        EXPECT_EQ(child.wait(), 1) << child.output();
        output = child.output();
        const fs::path report = folder.path() / "out/reports/shop/1.0 vs 1.1";
        markdown = must(read_file(report / "llm_report.md"));
        return member(must(parse_json(must(read_file(report / "result_v2.json")), "result")), "sources");
    }

    TemporaryFolder folder = test::temporary_folder();
    const fs::path tree = folder.path() / "tree";
    std::string output, markdown;
};

TEST_F(JobsSources, TheEditOfWhatRegressedIsSuspected) {
    const Json found = sources({});
    EXPECT_EQ(text_at(found, "from"), "v1.0");
    ASSERT_EQ(member(found, "suspects").size(), 1U) << found.dump();
    EXPECT_EQ(text_at(found["suspects"][0], "symbol"), "OrderStore.Read");
    EXPECT_EQ(text_at(found["suspects"][0], "file"), "src/OrderStore.cs");
    EXPECT_FALSE(flag_at(found, "measured"));
    EXPECT_TRUE(output.contains("suspect by name: OrderStore.Read (src/OrderStore.cs:2)")) << output;
    EXPECT_TRUE(markdown.contains("- OrderStore.Read (src/OrderStore.cs:2)")) << markdown;
}

TEST_F(JobsSources, WithoutRevisionsItIsSaidWhatWouldHelp) {
    git({"tag", "-d", "v1.0"});
    EXPECT_TRUE(text_at(sources({}), "note").contains("--from and --to name the revisions"));
    EXPECT_EQ(member(sources({"--from", "v1.1~1", "--to", "v1.1"}), "suspects").size(), 1U);
}

}  // namespace
}  // namespace culprit
