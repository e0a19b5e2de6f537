// The report of a session: what was asked and answered, with the evidence that it cites and no other.
#include "agent/report.h"

#include <nlohmann/json.hpp>

#include "support/support.h"

namespace culprit {
namespace {

using test::must;

class ReportTest : public ::testing::Test {
  protected:
    ReportTest()
        : folder_(test::temporary_folder()),
          place_(SessionStore(folder_.path()).place("20261121-101640-999")) {
        Log log = must(Log::create(place_.log, {.id = place_.id, .program = "culprit test"}, clock_));
        must(log.append(UserText{"Why <script>alert(1)</script> slow?\nsecond line"}));
        must(log.append(
            AssistantReply{.text = "",
                           .calls = {{"c1", "grep", R"({"pattern":"lock"})"}, {"c2", "grep", "{}"}},
                           .model = "gpt"}));
        must(log.append(ToolResult{
            .call_id = "c1", .tool = "grep", .evidence = "E1", .text = "a.cs:1 lock\n```\n<b>bold</b>"}));
        must(log.append(ToolResult{.call_id = "c2", .tool = "grep", .evidence = "E2", .text = "not cited"}));
        must(log.append(
            AssistantReply{.text = "## Cause\nThe lock [E1]. <img src=x onerror=alert(1)>", .model = "gpt"}));
    }
    std::string report(ReportForm form) { return must(report_of(place_, form)); }

    Clock clock_;
    TemporaryFolder folder_;
    SessionPlace place_;
};

TEST_F(ReportTest, MarkdownHasQuestionAnswerAndTheEvidenceThatIsCited) {
    const std::string text = report(ReportForm::Markdown);
    EXPECT_NE(text.find("> second line\n"), std::string::npos);
    EXPECT_NE(text.find("The lock [E1]."), std::string::npos);
    EXPECT_NE(text.find("## [E1] grep `pattern=\"lock\"`"), std::string::npos) << text;
    EXPECT_NE(text.find("````\na.cs:1 lock\n```\n"), std::string::npos) << "a fence within is no end";
    EXPECT_EQ(text.find("not cited"), std::string::npos);
}

TEST_F(ReportTest, NothingOfTheSessionIsTakenForHtml) {
    const std::string text = report(ReportForm::HTML);
    EXPECT_EQ(text.find("<script"), std::string::npos) << text;
    EXPECT_EQ(text.find("<img"), std::string::npos) << text;
    EXPECT_EQ(text.find("<b>"), std::string::npos) << text;
    EXPECT_NE(text.find("default-src 'none'"), std::string::npos);
}

TEST_F(ReportTest, JsonIsForPrograms) {
    const Json json = must(parse_json(report(ReportForm::JSON), "report"));
    EXPECT_EQ(json["turns"].size(), 1u);
    ASSERT_EQ(json["evidence"].size(), 1u);
    EXPECT_EQ(text_at(json["evidence"][0], "id"), "E1");
}

TEST_F(ReportTest, AFileIsWrittenOnlyIntoAFolderThatIsThere) {
    EXPECT_EQ(must(file_to_write(folder_.path(), "report.md")), folder_.path() / "report.md");
    const auto file = file_to_write(folder_.path(), "no-such-folder/report.md");
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().fault, Fault::NotFound);
    EXPECT_NE(file.error().what.find("no-such-folder to write report.md in"), std::string::npos);
}

TEST_F(ReportTest, AForkIsASessionOfItsOwn) {
    const SessionStore store(folder_.path());
    must(write_file(place_.artifacts / "input.txt", "piped"));
    const SessionPlace copy = must(store.fork(place_, 1, clock_));
    EXPECT_NE(copy.id, place_.id);
    EXPECT_EQ(must(Log::read(copy.log)).events().size(), must(Log::read(place_.log)).events().size());
    EXPECT_EQ(must(Log::read(copy.log)).start().id, copy.id);
    EXPECT_EQ(must(read_file(copy.artifacts / "input.txt")), "piped");
    EXPECT_EQ(store.fork(place_, 2, clock_).error().fault, Fault::Invalid);
}

}  // namespace
}  // namespace culprit
