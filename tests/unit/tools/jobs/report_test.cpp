#include "tools/jobs/report/report.h"

#include <nlohmann/json.hpp>

#include "job_text.h"
#include "support/support.h"
#include "tools/jobs/output.h"
#include "tools/jobs/sources/source.h"

namespace culprit {
namespace {

using test::must;

Comparison captured() {
    return compare(must(load_job(test::job_data("perftracker-6.json.gz"))),
                   must(load_job(test::job_data("perftracker-7.json.gz"))), {}, {});
}

TEST(JobReports, OfTheCapturedPair) {
    const Comparison comparison = captured();
    const Ruling ruling = rule(comparison);
    const std::string all =
        summary_text(comparison, ruling, 3) + "\n----\n" + markdown_report(comparison, ruling) + "\n----\n" +
        junit_report(comparison, ruling) + "\n----\n" + github_annotations(comparison, ruling) + "\n----\n" +
        gitlab_annotations(comparison, ruling);
    test::expect_golden(test::job_data("report-6-7.golden"), all);
    test::expect_golden(test::job_data("report-6-7.html"), html_report(comparison, ruling));
}

// Every field that a result has is described in the schema, and every field that must be there is.
TEST(JobReports, ResultIsAsItsSchemaSays) {
    const Comparison comparison = captured();
    const Json result = result_json(comparison, rule(comparison));
    const Json schema =
        must(parse_json(must(read_file(test::source_path("docs/result_v2.schema.json"))), "schema"));
    const auto fits = [](const Json& object, const Json& of) {
        for (const auto& [key, value] : object.items()) EXPECT_TRUE(of["properties"].contains(key)) << key;
        for (const Json& key : of["required"]) EXPECT_TRUE(object.contains(key.get<std::string>())) << key;
    };
    fits(result, schema);
    EXPECT_EQ(result["verdict"], "BLOCK");
    for (const Json& each : result["results"]) fits(each, schema["properties"]["results"]["items"]);
    fits(result["baseline"], schema["$defs"]["job"]);
}

TEST(JobReports, OthersTextIsEscaped) {
    JobBuilder before, after;
    for (JobBuilder* builder : {&before, &after}) {
        builder->info.product = "<script>";
        builder->info.version = builder == &before ? "1" : "2";
        for (int i = 0; i < 30; ++i) {
            const std::size_t test = builder->test({"", fmt::format("<b>&\"{}|`\n", i)}, "ms", Better::Less);
            for (int x = 0; x < 12; ++x)
                builder->add(test,
                             {.x = x + 1.0, .y = builder == &after && i == 0 ? 30.0 + x % 2 : 10.0 + x % 3});
        }
    }
    const Comparison comparison = compare(std::move(before).finish(), std::move(after).finish(), {}, {});
    const Ruling ruling = rule(comparison);
    ASSERT_EQ(ruling.regressions.size(), 1U);
    const std::string html = html_report(comparison, ruling), markdown = markdown_report(comparison, ruling);
    EXPECT_FALSE(html.contains("<script>"));
    EXPECT_TRUE(html.contains("&lt;b&gt;&amp;&quot;0|`"));
    EXPECT_FALSE(markdown.contains("<b>\n")) << markdown;
    EXPECT_TRUE(markdown.contains("\\<b\\>&\"0\\|\\`")) << markdown;
    EXPECT_TRUE(github_annotations(comparison, ruling).contains("title=<b>&\"0|`%0A::"));
}

TEST(JobReports, AcknowledgedRegressionsDoNotBlock) {
    Comparison comparison = captured();
    ASSERT_EQ(rule(comparison).verdict, GateVerdict::Block);
    for (const Judged* judged : rule(comparison).regressions)
        comparison.acknowledged.insert(comparison.name(*judged));
    EXPECT_EQ(rule(comparison).verdict, GateVerdict::Approve);
}

TEST(JobReports, NothingToJudgeIsForAPerson) {
    const Comparison comparison = compare({}, {}, {}, {});
    EXPECT_EQ(rule(comparison).verdict, GateVerdict::Review);
    EXPECT_TRUE(html_report(comparison, rule(comparison)).contains("no test could be judged"));
}

TEST(JobFolders, NamesAreSafe) {
    EXPECT_EQ(folder_name("orders-api 1.2"), "orders-api 1.2");
    EXPECT_EQ(folder_name("../../etc/passwd"), "_._.._etc_passwd");
    EXPECT_EQ(folder_name(".."), "__");
    EXPECT_EQ(folder_name(""), "unknown");
    EXPECT_EQ(folder_name("a\nb/c"), "a_b_c");
    EXPECT_EQ(folder_name(std::string(300, 'x')).size(), 100U);
}

}  // namespace
}  // namespace culprit
