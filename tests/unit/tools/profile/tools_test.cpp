#include "unit/tools/profile/tool_bench.h"

namespace culprit {
namespace {

using test::must;

constexpr const char* kBefore = "files/nettrace/cpu-before.nettrace.zst";
constexpr const char* kAfter = "files/nettrace/cpu-after.nettrace.zst";

class ProfileTools : public ::testing::Test {
  protected:
    void expect_text(std::string_view tool, const Json& arguments, std::string_view golden) {
        const Output output = must(bench_.call(tool, arguments));
        test::expect_golden(test::source_path("tests/formats/golden") / golden, output.text);
        EXPECT_LT(output.text.size(), 8000u);
    }
    test::ToolBench bench_;
};

TEST_F(ProfileTools, TextIsCompactAndRanked) {
    expect_text("profile_summary", {{"file", kAfter}}, "summary-cpu-after.txt");
    expect_text("profile_top", {{"file", kAfter}}, "top-cpu-after.txt");
    expect_text("profile_top",
                {{"file", kAfter}, {"by", "type"}, {"within", "WorkerPump.Process"}, {"limit", 5}},
                "top-cpu-after-within.txt");
    expect_text("profile_diff", {{"before", kBefore}, {"after", kAfter}}, "diff-cpu.txt");
    expect_text("profile_diff",
                {{"before", kBefore},
                 {"after", kAfter},
                 {"metric", "thread_time"},
                 {"work_before", 1000000},
                 {"work_after", 200000}},
                "diff-cpu-per-work.txt");
}

TEST_F(ProfileTools, DataHasTheFieldsThatScriptsReadIt) {
    const Json summary = must(bench_.call("profile_summary", {{"file", kAfter}})).data;
    EXPECT_EQ(text_at(summary, "format"), "nettrace");
    EXPECT_EQ(integer_at(summary, "threads"), 6);
    EXPECT_EQ(dump_json(summary["metrics"][0]),
              R"({"name":"samples","unit":"count","total":10946.0,"samples":10946})");
    const Json top = must(bench_.call("profile_top", {{"file", kAfter}, {"limit", 1}})).data;
    EXPECT_EQ(text_at(top, "metric"), "samples");
    EXPECT_EQ(number_at(top, "total"), 10946);
    ASSERT_EQ(top["rows"].size(), 1u);
    EXPECT_EQ(text_at(top["rows"][0], "name"),
              "System.Private.CoreLib!System.Threading.Monitor.Enter_Slowpath(class System.Object)");
    EXPECT_EQ(number_at(top["rows"][0], "self"), 5030);
    EXPECT_DOUBLE_EQ(number_at(top["rows"][0], "self_share"), 5030.0 / 10946);
    const Json diff =
        must(bench_.call("profile_diff", {{"before", kBefore}, {"after", kAfter}, {"limit", 1}})).data;
    EXPECT_EQ(text_at(diff, "verdict"), "changed");
    EXPECT_EQ(text_at(diff["rows"][0], "name"),
              "System.Private.CoreLib!System.Threading.Monitor.Enter_Slowpath(class System.Object)");
    EXPECT_GT(number_at(diff["rows"][0], "explains"), 0.4);
}

TEST_F(ProfileTools, AProfileDoesNotDifferFromItself) {
    const Json diff = must(bench_.call("profile_diff", {{"before", kAfter}, {"after", kAfter}})).data;
    EXPECT_EQ(text_at(diff, "verdict"), "no_change_shown");
    for (const Json& row : diff["rows"]) EXPECT_EQ(number_at(row, "change"), 0);
}

TEST_F(ProfileTools, WhatIsOfTwoProgramsOrHasNoNamesIsNotCompared) {
    constexpr const char* kUnnamed = "files/nettrace/cpu-after-norundown.nettrace.zst";
    const Output unrelated = must(bench_.call(
        "profile_diff", {{"before", kBefore}, {"after", "files/cpuprofile/checkout-after.cpuprofile"}}));
    EXPECT_EQ(text_at(unrelated.data, "verdict"), "unrelated");
    EXPECT_NE(unrelated.text.find("verdict: cannot be told: (nearly) no method stands on both sides"),
              std::string::npos)
        << unrelated.text;
    const Output unnamed = must(bench_.call("profile_diff", {{"before", kBefore}, {"after", kUnnamed}}));
    EXPECT_EQ(text_at(unnamed.data, "verdict"), "no_names");
    EXPECT_TRUE(flag_at(unnamed.data["rows"][0], "unnamed")) << unnamed.text;
    const Json top = must(bench_.call("profile_top", {{"file", kUnnamed}})).data;
    EXPECT_TRUE(flag_at(top["rows"][0], "unnamed"));
}

TEST_F(ProfileTools, ErrorsSayWhatToDo) {
    EXPECT_EQ(bench_.call("profile_top", {{"file", kAfter}, {"metric", "cpu"}}).error().what,
              "there is no metric 'cpu' in this file; it has: samples, thread_time");
    EXPECT_EQ(bench_.call("profile_top", {{"file", kAfter}, {"matching", "zz("}}).error().what,
              "no name contains 'zz(', and it is no regular expression: missing ): zz(");
    EXPECT_EQ(bench_.call("profile_top", {{"file", "/etc/passwd"}}).error().fault, Fault::Denied);
    EXPECT_TRUE(
        bench_.call("profile_summary", {{"file", "files/nettrace/cpu-after.truth.json"}})
            .error()
            .what.ends_with("it most resembles speedscope, but speedscope: there is no profile in the file"));
    EXPECT_EQ(bench_.call("profile_top", {{"file", kAfter}, {"limit", 0}}).error().what,
              "'limit' must be at least 1");
}

}  // namespace
}  // namespace culprit
