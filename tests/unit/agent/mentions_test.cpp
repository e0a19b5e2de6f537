#include "agent/mentions.h"

#include "support/support.h"

namespace culprit {
namespace {

class MentionsTest : public ::testing::Test {
  protected:
    MentionsTest() : folder_(test::temporary_folder()) {
        test::must(write_file(folder_.path() / "traces/my run.nettrace", "x"));
        test::must(write_file(folder_.path() / "src/core/A.cs", "x"));
        test::must(write_file(folder_.path() / "top.txt", "x"));
    }
    std::string found(const std::string& message) {
        std::string text;
        const fs::path base = test::must(real_path(folder_.path()));
        for (const Mention& mention : find_mentions(message, base)) {
            text += mention.path.lexically_relative(base).string() + (mention.is_folder ? "/ " : " ");
        }
        return text;
    }
    TemporaryFolder folder_;
};

TEST_F(MentionsTest, FindsFilesAndFoldersInProse) {
    EXPECT_EQ(found("see top.txt, please; the code is in src/core."), "top.txt src/core/ ");
    EXPECT_EQ(found("(src/core/A.cs:12) and core=src/core/ and 'top.txt'"),
              "src/core/A.cs src/core/ top.txt ");
    EXPECT_EQ(found("run \"traces/my run.nettrace\" again"), "traces/my run.nettrace ");
    EXPECT_EQ(found("at X in " + (folder_.path() / "src/core/A.cs").string() + ":line 3"), "src/core/A.cs ");
}

TEST_F(MentionsTest, WordsAreNotFolders) {
    EXPECT_EQ(found("the src and traces of it, no/such/file, top.tx"), "");
    EXPECT_EQ(found(std::string(200000, '=') + "/x " + std::string(3000, '=') + "top.txt"), "");
    EXPECT_EQ(found(std::string(100000, '.') + " " + std::string(5000, '/')), "");
}

TEST(Mentions, WhatStandsInQuotesIsOneWord) {
    const auto words = message_words("run \"a b.nettrace\" and `c d` again, \"open\n end");
    EXPECT_EQ(words, (std::vector<std::string_view>{"run", "a b.nettrace", "and", "c d", "again,", "\"open",
                                                    "end"}));
}

TEST(Mentions, BroadFoldersAreNoRoots) {
    EXPECT_TRUE(is_too_broad("/"));
    EXPECT_TRUE(is_too_broad("/etc"));
    EXPECT_TRUE(is_too_broad("/etc/ssl"));
    EXPECT_TRUE(is_too_broad(fs::path(std::getenv("HOME")) / ".ssh/keys"));
    EXPECT_FALSE(is_too_broad("/usr/share/dotnet"));
    EXPECT_FALSE(is_too_broad("/srv/project"));
    EXPECT_EQ(root_name_for("/srv/Azure.Core/src"), "Azure.Core");
    EXPECT_EQ(root_name_for("/srv/project"), "project");
}

}  // namespace
}  // namespace culprit
