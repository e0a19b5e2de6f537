// The questions to profiles on real recordings: their whole answers (golden), and how the parts add up.
#include <cmath>

#include "unit/tools/profile/profile_files.h"
#include "unit/tools/profile/tool_bench.h"

namespace culprit {
namespace {

using test::must;

constexpr const char* kCpu = "files/nettrace/cpu-after.nettrace.zst";
constexpr const char* kBefore = "files/nettrace/all-before.nettrace.zst";
constexpr const char* kAfter = "files/nettrace/all-after.nettrace.zst";
constexpr const char* kPerf = "files/collapsed/perf-after.txt.zst";

struct Question {
    const char* golden;
    const char* tool;
    Json arguments;
};

void PrintTo(const Question& question, std::ostream* out) { *out << question.golden; }

class QuestionTest : public ::testing::TestWithParam<Question> {};

TEST_P(QuestionTest, IsAnsweredInFewWords) {
    test::ToolBench bench;
    const auto& [golden, tool, arguments] = GetParam();
    const Output output = must(bench.call(tool, arguments));
    test::expect_golden(test::source_path("tests/formats/golden") / (std::string(golden) + ".txt"),
                        output.text);
    EXPECT_LT(output.text.size(), 8000u);
    EXPECT_FALSE(output.data.empty());
}

const Question kQuestions[] = {
    {"tree-cpu-after", "profile_tree", {{"file", kCpu}}},
    {"tree-cpu-after-work",
     "profile_tree",
     {{"file", kCpu}, {"within", "WorkerPump.Process"}, {"waits", "drop"}}},
    {"butterfly-resolve", "profile_butterfly", {{"file", kCpu}, {"method", "CatalogIndex.Resolve"}}},
    {"butterfly-monitor", "profile_butterfly", {{"file", kCpu}, {"method", "Monitor"}, {"limit", 3}}},
    {"path-monitor", "profile_path", {{"file", kCpu}, {"through", "Monitor.Enter"}, {"limit", 2}}},
    {"path-perf", "profile_path", {{"file", kPerf}, {"limit", 1}}},
    {"allocations-after", "profile_allocations", {{"file", kAfter}, {"limit", 5}}},
    {"allocations-unknown", "profile_allocations", {{"file", kCpu}}},
    {"gc-after", "profile_gc", {{"file", kAfter}}},
    {"gc-unknown", "profile_gc", {{"file", kPerf}}},
    {"contention-after", "profile_contention", {{"file", kAfter}, {"limit", 5}}},
    {"contention-unknown", "profile_contention", {{"file", kCpu}}},
    {"exceptions-after", "profile_exceptions", {{"file", kAfter}}},
    {"timeline-allocations",
     "profile_timeline",
     {{"file", kAfter}, {"metric", "allocations"}, {"buckets", 12}}},
    {"diff-allocations",
     "profile_diff",
     {{"before", kBefore}, {"after", kAfter}, {"metric", "allocations"}, {"limit", 8}}},
    {"diff-within",
     "profile_diff",
     {{"before", "files/nettrace/cpu-before.nettrace.zst"},
      {"after", kCpu},
      {"within", "WorkerPump.Process"},
      {"waits", "drop"},
      {"limit", 8}}},
    {"diff-runs",
     "profile_diff",
     {{"before", "files/nettrace/cpu-before.nettrace.zst"},
      {"more_before", {"files/nettrace/sampled-before.nettrace.zst"}},
      {"after", kCpu},
      {"more_after", {"files/nettrace/sampled-after.nettrace.zst"}},
      {"limit", 8}}},
    {"diff-benchmarks",
     "profile_diff",
     {{"before", "files/tables/benchmarks-before-report-full.json"},
      {"after", "files/tables/benchmarks-after-report-full.json"}}},
    {"export-collapsed",
     "profile_export",
     {{"file", kCpu}, {"to_format", "collapsed"}, {"within", "AuditTrail.Format"}}},
};
INSTANTIATE_TEST_SUITE_P(Tools, QuestionTest, ::testing::ValuesIn(kQuestions));

class Questions : public ::testing::Test {
  protected:
    Json data(std::string_view tool, const Json& arguments) {
        return must(bench_.call(tool, arguments)).data;
    }
    test::ToolBench bench_;
};

TEST_F(Questions, ButterflyAgreesWithTop) {
    const Json top = data("profile_top", {{"file", kCpu}, {"limit", 10}});
    for (const Json& row : top["rows"]) {
        const Json found =
            data("profile_butterfly", {{"file", kCpu}, {"method", text_at(row, "name")}, {"limit", 1000}});
        if (found["methods"].size() != 1) continue;  // its name is a part of another's
        EXPECT_EQ(number_at(found, "inclusive"),
                  number_at(row, "folded_inclusive", number_at(row, "inclusive")));
        double from_callers = 0;
        for (const Json& caller : found["callers"]) from_callers += number_at(caller, "weight");
        EXPECT_DOUBLE_EQ(from_callers, number_at(found, "inclusive")) << text_at(row, "name");
    }
}

double sum_of_self(const Json& nodes) {
    double sum = 0;
    for (const Json& node : nodes)
        sum += number_at(node, "self") + sum_of_self(node.value("children", Json::array()));
    return sum;
}

TEST_F(Questions, AWholeTreeWeighsWhatTheProfileDoes) {
    const Json tree = data("profile_tree", {{"file", kCpu}, {"min_share", 0.0001}, {"depth", 200}});
    double hidden = number_at(tree["hidden"], "weight");
    const auto add_hidden = [&](const auto& self, const Json& nodes) -> void {
        for (const Json& node : nodes) {
            if (node.contains("hidden")) hidden += number_at(node["hidden"], "weight");
            self(self, node.value("children", Json::array()));
        }
    };
    add_hidden(add_hidden, tree["tree"]);
    EXPECT_EQ(sum_of_self(tree["tree"]) + hidden, number_at(tree, "total"));
}

TEST_F(Questions, WaitsAndWorkAddUp) {
    const double all = number_at(data("profile_top", {{"file", kCpu}}), "total");
    const double work = number_at(data("profile_top", {{"file", kCpu}, {"waits", "drop"}}), "total");
    const double waits = number_at(data("profile_top", {{"file", kCpu}, {"waits", "only"}}), "total");
    EXPECT_EQ(work + waits, all);
    EXPECT_GT(waits, 0.4 * all);  // a lock that every worker needs
}

TEST_F(Questions, AllocationsSayTheSameByTypeMethodAndSite) {
    const Json found = data("profile_allocations", {{"file", kAfter}, {"limit", 100000}});
    EXPECT_EQ(found["recorded"], true);
    for (const char* list : {"types", "methods", "sites"}) {
        double sum = 0;
        for (const Json& row : found[list]) sum += number_at(row, "bytes");
        EXPECT_EQ(sum, number_at(found, "total_bytes")) << list;
    }
    EXPECT_EQ(number_at(data("profile_top", {{"file", kAfter}, {"metric", "allocations"}}), "total"),
              number_at(found, "total_bytes"));
}

// No runs a side: any change of shares of the same program counts as sampling noise or not by their number
// alone.
TEST_F(Questions, SeveralRunsTellChangeFromSpread) {
    const Json same = data("profile_diff", {{"before", "files/nettrace/cpu-after.nettrace.zst"},
                                            {"more_before", {"files/nettrace/sampled-after.nettrace.zst"}},
                                            {"after", "files/nettrace/sampled-after.nettrace.zst"},
                                            {"more_after", {"files/nettrace/cpu-after.nettrace.zst"}}});
    EXPECT_EQ(text_at(same, "verdict"), "no_change_shown");
    EXPECT_EQ(integer_at(same, "before_runs"), 2);
    for (const Json& row : same["rows"]) EXPECT_NEAR(number_at(row, "change"), 0, 1e-12);
}

TEST_F(Questions, ErrorsSayWhatToDo) {
    EXPECT_EQ(bench_.call("profile_butterfly", {{"file", kCpu}, {"method", "NoSuchMethod"}}).error().fault,
              Fault::NotFound);
    EXPECT_EQ(bench_.call("profile_timeline", {{"file", kPerf}}).error().fault, Fault::NotFound);
    EXPECT_EQ(bench_.call("profile_timeline", {{"file", kCpu}, {"buckets", 0}}).error().what,
              "'buckets' must be from 1 to 200");
    EXPECT_EQ(bench_.call("profile_tree", {{"file", kCpu}, {"depth", 0}}).error().what,
              "'depth' must be from 1 to 200");
    EXPECT_EQ(bench_.call("profile_diff", {{"before", kCpu}, {"after", kPerf}, {"metric", "thread_time"}})
                  .error()
                  .what,
              "there is no metric 'thread_time' in this file; it has: samples");
}

TEST_F(Questions, ExportsToTheCommandLineAlone) {
    const Output output = must(
        bench_.call("profile_export", {{"file", kAfter}, {"metric", "allocations"}, {"to_format", "pprof"}}));
    EXPECT_TRUE(output.bytes.starts_with("\x1f\x8b"));
    EXPECT_LT(output.text.size(), 300u);
    const Profile read = must(parse_profile(output.bytes, {}));
    EXPECT_NEAR(read.metrics.at(0).total, number_at(output.data, "total"), 1);
}

}  // namespace
}  // namespace culprit
