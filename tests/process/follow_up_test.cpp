// Questions about an investigation without a model: each goes on in the session of the one before.
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "support/child.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::must;

class FollowUpTest : public ::testing::Test {
  protected:
    FollowUpTest() : folder_(test::temporary_folder()) {
        const fs::path sample = test::source_path("samples/order-pipeline");
        for (const char* part : {"before", "after", "traces"})
            fs::copy(sample / part, folder_.path() / part, fs::copy_options::recursive);
    }

    Json ask(const std::string& message) {
        std::vector<std::string> argv = {
            test::culprit_program(), "--model",  "investigator", "--root", "before=before", "--root",
            "after=after",           "--format", "json",         "ask",    message};
        if (!session_.empty()) argv.insert(argv.end(), {"--resume", session_});
        test::Child child({.argv = argv, .folder = folder_.path()});
        child.close_input();
        EXPECT_EQ(child.wait(), 0) << child.output();
        Json answer = must(parse_json(child.output(), "the answer"));
        session_ = text_at(answer, "session");
        return answer;
    }
    // The answer; nothing in it may be unverified.
    std::string checked(const std::string& message) {
        const Json answer = ask(message);
        for (const char* claims : {"frames", "figures", "names"}) {
            for (const Json& claim : member(answer, claims))
                EXPECT_NE(text_at(claim, "status"), "unverified") << dump_json(claim);
        }
        return text_at(answer, "answer");
    }

    TemporaryFolder folder_;
    std::string session_;
};

TEST_F(FollowUpTest, EachIsAnsweredFromWhatWasMeasured) {
    using ::testing::HasSubstr;
    using ::testing::StartsWith;
    const std::string first = checked(
        "fewer orders since the last change: traces/before.nettrace.zst and traces/after.nettrace.zst");
    EXPECT_THAT(first, HasSubstr("1. OrderPipeline.Inventory.StockLedger.Reserve"));

    const std::string stacks = checked("a more detailed call stack of the first");
    EXPECT_THAT(stacks,
                HasSubstr("at System.Threading.Monitor.Enter_Slowpath(object) - 92.3 % of it ends here"));
    EXPECT_THAT(stacks, HasSubstr("(after/WorkerPump.cs:line 62) - 62.2 % -> 79.1 % with all that it calls"));
    EXPECT_THAT(stacks, HasSubstr(">   28          lock (_gate)"));

    EXPECT_THAT(checked("why not SealLine?"), HasSubstr("it costs no more than before"));
    EXPECT_THAT(checked("why not CatalogIndex.Resolve?"), HasSubstr("it is one of them: number 2"));
    EXPECT_THAT(checked("what about WorkerPump.Process?"),
                HasSubstr("is that of OrderPipeline.Inventory.StockLedger.Reserve (number 1)"));
    EXPECT_THAT(checked("why not Basket.Fill?"), HasSubstr("stands neither in the profiles nor"));
    EXPECT_THAT(checked("is it the GC?"), HasSubstr("0.0 % of the time in 1 collections -> 19.3 %"));
    EXPECT_THAT(checked("couldn't it be exceptions?"), StartsWith("exceptions: no"));

    const std::string only = checked("only allocations");
    EXPECT_THAT(only, HasSubstr("1. OrderPipeline.Export.BatchExporter.Flush: 257.5 kB/s -> 361.5 MB/s"));
    EXPECT_THAT(only, ::testing::Not(HasSubstr("StockLedger.Reserve")));
    EXPECT_THAT(checked("tell me more about 2"), HasSubstr("2. OrderPipeline.Audit.AuditTrail.Format"));
    EXPECT_THAT(checked("only cpu"), HasSubstr("1. OrderPipeline.Pricing.CatalogIndex.Resolve"));
    EXPECT_THAT(checked("everything again"), HasSubstr("1. OrderPipeline.Inventory.StockLedger.Reserve"));
    EXPECT_THAT(checked("thank you"), StartsWith("Without a model I answer"));
}

TEST_F(FollowUpTest, CostsAreToldPerUnitOfWork) {
    const std::string answer = checked(
        "812,345 orders before, 96,120 orders after: traces/before.nettrace.zst and "
        "traces/after.nettrace.zst");
    EXPECT_THAT(answer, ::testing::HasSubstr("Per order in OrderPipeline.Export.BatchExporter.Flush: "));
    EXPECT_THAT(answer,
                ::testing::ContainsRegex("Per order: [0-9.]+ µs -> [0-9.]+ µs of time \\[E[0-9]+\\]"));
}

TEST_F(FollowUpTest, AQuestionWithoutAProfileIsAnsweredFromTheSource) {
    using ::testing::HasSubstr;
    const std::string first = checked("exporting a batch takes far more memory than it should");
    EXPECT_THAT(first, HasSubstr("1. OrderPipeline.Export.BatchExporter.Flush: medium sureness, changed"));
    EXPECT_THAT(first, HasSubstr("collect_trace with purpose \"allocations\""));
    EXPECT_THAT(checked("a more detailed call stack"), HasSubstr(">   46          byte[] frame"));
    EXPECT_THAT(checked("why not WireParser.Parse?"), HasSubstr("Its text is the same as in before/"));
}

}  // namespace
}  // namespace culprit
