// suspects, over the sample's two states and their traces.
#include "base/process.h"
#include "base/text.h"
#include "unit/tools/investigate/bench.h"

namespace culprit {
namespace {

using test::must;
namespace fs = std::filesystem;

class SuspectsTest : public ::testing::Test {
  protected:
    static fs::path sample(std::string_view below) {
        return test::source_path(fmt::format("samples/order-pipeline/{}", below));
    }
    void add_profiles() {
        must(bench_.roots().add_file(sample("traces/before.nettrace.zst")));
        must(bench_.roots().add_file(sample("traces/after.nettrace.zst")));
    }
    void add_states() {
        must(bench_.roots().add_source("before", sample("before")));
        must(bench_.roots().add_source("after", sample("after")));
    }
    Json suspects(Json arguments = Json::object()) {
        Json all = {{"before", "before.nettrace.zst"}, {"after", "after.nettrace.zst"}};
        all.update(arguments);
        return must(bench_.call("suspects", all)).data;
    }
    std::string error(Json arguments) {
        Json all = {{"before", "before.nettrace.zst"}, {"after", "after.nettrace.zst"}};
        all.update(arguments);
        const auto output = bench_.call("suspects", all);
        return output ? "" : output.error().what;
    }
    static std::vector<std::string> symbols(const Json& data) {
        std::vector<std::string> names;
        for (const Json& row : member(data, "rows")) names.push_back(text_at(row, "symbol"));
        return names;
    }
    static bool has(const std::vector<std::string>& names, std::string_view ending) {
        return std::ranges::any_of(names, [&](const std::string& name) { return name.ends_with(ending); });
    }

    test::InvestigateBench bench_;
};

TEST_F(SuspectsTest, TheEditsThatCostStandFirst) {
    add_profiles();
    add_states();
    const Json data = suspects({{"limit", 3}});
    EXPECT_EQ(text_at(data, "verdict"), "blamed");
    const std::vector<std::string> first = symbols(data);
    EXPECT_TRUE(has(first, "StockLedger.Reserve")) << dump_json(data, 1);
    EXPECT_TRUE(has(first, "CatalogIndex.Resolve")) << dump_json(data, 1);
    EXPECT_TRUE(has(first, "AuditTrail.Format")) << dump_json(data, 1);
    for (const Json& row : member(data, "rows")) {
        EXPECT_EQ(text_at(row, "how"), "itself");
        EXPECT_EQ(text_at(row, "root"), "after");
        EXPECT_GT(number_at(row, "after"), number_at(row, "before"));
    }
}

TEST_F(SuspectsTest, AllocationsHaveACulpritOfTheirOwn) {
    add_profiles();
    add_states();
    const Json data = suspects({{"metric", "allocations"}, {"limit", 2}});
    EXPECT_TRUE(has(symbols(data), "BatchExporter.Flush")) << dump_json(data, 1);
}

TEST_F(SuspectsTest, TheSameProfileTwiceBlamesNobody) {
    add_profiles();
    add_states();
    const Json data = suspects({{"after", "before.nettrace.zst"}});
    EXPECT_EQ(text_at(data, "verdict"), "nobody");
    EXPECT_EQ(text_at(data, "why"), "no function grew by more than chance");
}

TEST_F(SuspectsTest, ProfilesOfTwoProgramsBlameNobody) {
    add_profiles();
    add_states();
    must(bench_.roots().add_file(test::source_path("tests/formats/cpuprofile/checkout-after.cpuprofile")));
    EXPECT_TRUE(error({{"after", "checkout-after.cpuprofile"}})
                    .starts_with("nobody can be blamed: (nearly) no method"))
        << error({{"after", "checkout-after.cpuprofile"}});
}

TEST_F(SuspectsTest, NamesAndPlacesAloneBlameNobodyWhateverWasMeasured) {
    const TemporaryFolder folder = test::temporary_folder();
    for (const char* file : {"Pricing/CatalogIndex.cs", "Inventory/StockLedger.cs", "Audit/AuditTrail.cs"}) {
        std::string text = must(read_file(sample(fmt::format("before/{}", file))));
        must(write_file(folder.path() / "old" / file, text));
        text = replace_all(text, "Resolve(", "Lookup(");
        text = replace_all(text, "missing", "absent");
        text = replace_all(text, "StockLedger", "Ledger");
        must(write_file(folder.path() / "new/core" / file, "// moved\n" + text));
    }
    add_profiles();
    must(bench_.roots().add_source("old", folder.path() / "old"));
    must(bench_.roots().add_source("new", folder.path() / "new"));
    const Json data = suspects({{"from", "old"}, {"to", "new"}});
    EXPECT_EQ(text_at(data, "verdict"), "nobody") << dump_json(data, 1);
    EXPECT_EQ(text_at(data, "why"), "no function differs in more than names, places and comments");
}

TEST_F(SuspectsTest, TwoRevisionsOfOneRoot) {
    const TemporaryFolder folder = test::temporary_folder();
    const auto git = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"git", "-c", "user.name=Ada", "-c", "user.email=a@b"});
        EXPECT_EQ(must(run({.argv = arguments, .folder = folder.path()}, {})).exit_code, 0);
    };
    git({"init", "-q", "-b", "main"});
    fs::copy(sample("before"), folder.path(), fs::copy_options::recursive);
    git({"add", "-A"});
    git({"commit", "-qm", "first"});
    fs::copy(sample("after"), folder.path(),
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    add_profiles();
    must(bench_.roots().add_source("shop", folder.path()));
    EXPECT_TRUE(has(symbols(suspects({{"from", "main"}, {"limit", 1}})), "StockLedger.Reserve"));
    git({"commit", "-qam", "second"});
    const Json data = suspects({{"from", "HEAD~1"}, {"to", "HEAD"}, {"limit", 1}});
    EXPECT_TRUE(has(symbols(data), "StockLedger.Reserve")) << dump_json(data, 1);
    EXPECT_NE(error({{"from", "v9"}, {"to", "HEAD"}}).find("no commit called v9"), std::string::npos);
}

TEST_F(SuspectsTest, WhatIsMissingIsNamed) {
    add_profiles();
    EXPECT_NE(error(Json::object()).find("there is no source root"), std::string::npos);
    must(bench_.roots().add_source("shop", sample("after")));
    EXPECT_NE(error(Json::object()).find("name the two states of the source"), std::string::npos);
    EXPECT_NE(error({{"metric", "joules"}}).find("no metric 'joules'"), std::string::npos);
    EXPECT_NE(error({{"limit", 0}}).find("at least 1"), std::string::npos);
}

}  // namespace
}  // namespace culprit
