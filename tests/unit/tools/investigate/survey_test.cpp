// survey, over the sample's two states and their traces.
#include "unit/tools/investigate/bench.h"

namespace culprit {
namespace {

using test::must;

class SurveyTest : public ::testing::Test {
  protected:
    static fs::path sample(std::string_view below) {
        return test::source_path(fmt::format("samples/order-pipeline/{}", below));
    }
    void add_all() {
        must(bench_.roots().add_file(sample("traces/before.nettrace.zst")));
        must(bench_.roots().add_file(sample("traces/after.nettrace.zst")));
        must(bench_.roots().add_source("before", sample("before")));
        must(bench_.roots().add_source("after", sample("after")));
    }
    test::InvestigateBench bench_;
};

TEST_F(SurveyTest, RanksWhatTheInvestigatorWould) {
    add_all();
    const Output output =
        must(bench_.call("survey", {{"profiles", {"after.nettrace.zst", "before.nettrace.zst"}}}));
    std::vector<std::string> found;
    for (const Json& each : member(output.data, "hypotheses")) {
        found.push_back(fmt::format("{} {} {}:{}", text_at(each, "kind"), text_at(each, "symbol"),
                                    text_at(each, "file"), integer_at(each, "line")));
    }
    const std::vector<std::string> expected = {
        "contention OrderPipeline.Inventory.StockLedger.Reserve after/Inventory/StockLedger.cs:28",
        "cpu OrderPipeline.Pricing.CatalogIndex.Resolve after/Pricing/CatalogIndex.cs:23",
        "cpu OrderPipeline.Audit.AuditTrail.Format after/Audit/AuditTrail.cs:23",
        "allocation OrderPipeline.Export.BatchExporter.Flush after/Export/BatchExporter.cs:46"};
    EXPECT_EQ(found, expected) << output.text;
    EXPECT_EQ(text_at({{"first", member(output.data, "profiles").at(0)}}, "first"), "before.nettrace.zst")
        << "names tell which is which";
}

TEST_F(SurveyTest, TheSameInputGivesTheSameBytesInAnyFolder) {
    const char* set = std::getenv("CULPRIT_REPEATS");
    const int repeats = set ? std::atoi(set) : 3;
    std::string first;
    for (int i = 0; i < repeats; ++i) {
        const TemporaryFolder folder = test::temporary_folder();
        for (const char* side : {"before", "after"})
            fs::copy(sample(side), folder.path() / side, fs::copy_options::recursive);
        test::InvestigateBench bench;
        for (const char* side : {"before", "after"}) {
            must(bench.roots().add_source(side, folder.path() / side));
            must(bench.roots().add_file(sample(fmt::format("traces/{}.nettrace.zst", side))));
        }
        const Json both = {"before.nettrace.zst", "after.nettrace.zst"};
        const Output survey = must(bench.call("survey", {{"profiles", both}}));
        const Output suspects = must(bench.call("suspects", {{"before", both[0]}, {"after", both[1]}}));
        const std::string all =
            survey.text + dump_json(survey.data) + suspects.text + dump_json(suspects.data);
        if (i == 0) first = all;
        ASSERT_EQ(all, first) << "run " << i;
    }
}

TEST_F(SurveyTest, ARuleOfTheProjectThatIsBrokenIsCited) {
    const TemporaryFolder folder = test::temporary_folder();
    for (const char* side : {"before", "after"})
        fs::copy(sample(side), folder.path() / side, fs::copy_options::recursive);
    must(write_file(folder.path() / "after/CONTRIBUTING.md",
                    "# Style\n\nBe brief.\n\nHot paths allocate nothing.\n"));
    must(write_file(folder.path() / "after/Inventory/AGENTS.md", "- No locks around a whole order.\n"));
    for (const char* side : {"before", "after"}) {
        must(bench_.roots().add_source(side, folder.path() / side));
        must(bench_.roots().add_file(sample(fmt::format("traces/{}.nettrace.zst", side))));
    }
    const Output output =
        must(bench_.call("survey", {{"profiles", {"before.nettrace.zst", "after.nettrace.zst"}}}));
    std::vector<std::string> rules;
    for (const Json& each : member(output.data, "hypotheses")) {
        for (const Json& rule : member(each, "rules"))
            rules.push_back(fmt::format("{} {}:{}", integer_at(each, "rank"), text_at(rule, "file"),
                                        integer_at(rule, "line")));
    }
    const std::vector<std::string> expected = {"1 after/Inventory/AGENTS.md:1", "3 after/CONTRIBUTING.md:5",
                                               "4 after/CONTRIBUTING.md:5"};
    EXPECT_EQ(rules, expected) << output.text;
    EXPECT_NE(output.text.find("A rule of the project is broken here: \"Hot paths allocate nothing.\" "
                               "(after/CONTRIBUTING.md:line 5)"),
              std::string::npos)
        << output.text;
}

TEST_F(SurveyTest, WhatCannotBeAskedIsSaid) {
    add_all();
    EXPECT_EQ(bench_.call("survey", {{"profiles", Json::array()}}).error().fault, Fault::Invalid);
    EXPECT_EQ(bench_.call("survey", {{"profiles", {"a", "b", "c"}}}).error().fault, Fault::Invalid);
    const auto missing = bench_.call("survey", {{"profiles", {"nowhere.nettrace"}}});
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().what.find("no profile could be read"), std::string::npos);
}

}  // namespace
}  // namespace culprit
