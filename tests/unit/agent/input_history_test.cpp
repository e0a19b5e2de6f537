#include "agent/input_history.h"

#include "base/text.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::must;

class InputHistoryTest : public ::testing::Test {
  protected:
    InputHistoryTest() : folder_(test::temporary_folder()), file_(folder_.path() / "history") {}
    TemporaryFolder folder_;
    fs::path file_;
};

TEST_F(InputHistoryTest, MessagesComeBackWhole) {
    {
        InputHistory history(file_);
        history.add("one");
        history.add("two\n\nlines \xff");
        history.add("two\n\nlines \xff");
        history.add("  ");
    }
    EXPECT_EQ(InputHistory(file_).load(), (std::vector<std::string>{"one", "two\n\nlines \uFFFD"}));
    EXPECT_EQ(fs::status(file_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(InputHistoryTest, SecretsAreNotKept) {
    InputHistory history(file_);
    history.add("use sk-proj-abcdefghijklmnopqrstuvwxyz");
    EXPECT_EQ(must(read_file(file_)), "\"use [masked]\"\n");
}

TEST_F(InputHistoryTest, ADraftOfAProcessThatIsGoneBecomesTheLastMessage) {
    must(write_file(folder_.path() / "draft.999999999", "half\ntyped"));
    InputHistory history(file_);
    EXPECT_EQ(history.load(), std::vector<std::string>{"half\ntyped"});
    EXPECT_TRUE(history.found_draft());
    EXPECT_FALSE(fs::exists(folder_.path() / "draft.999999999"));
}

TEST_F(InputHistoryTest, TheDraftOfAProcessThatRunsStays) {
    InputHistory mine(file_);
    mine.draft("typing");
    InputHistory other(file_);
    EXPECT_TRUE(other.load().empty());
    mine.draft("");
    EXPECT_EQ(must(read_file(folder_.path() / fmt::format("draft.{}", ::getpid()))), "");
}

TEST_F(InputHistoryTest, TornAndForeignLinesArePassedOver) {
    must(write_file(file_, "\"good\"\n{\"a\":1}\n\"torn"));
    EXPECT_EQ(InputHistory(file_).load(), std::vector<std::string>{"good"});
}

}  // namespace
}  // namespace culprit
