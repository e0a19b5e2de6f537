#include "base/text.h"

#include "support/support.h"

namespace culprit {
namespace {

using ::testing::Test;

TEST(Text, SplitsLinesWithAnyEnd) {
    EXPECT_EQ(split_lines("a\r\nb\n\nc"), (std::vector<std::string_view>{"a", "b", "", "c"}));
    EXPECT_EQ(split_lines("a\n"), std::vector<std::string_view>{"a"});
    EXPECT_TRUE(split_lines("").empty());
}

TEST(Text, FindsWholeWordsOnly) {
    EXPECT_TRUE(contains_word("a local-run here", "local"));
    EXPECT_FALSE(contains_word("bench.localdomain", "local"));
    EXPECT_TRUE(contains_word("xlocal local", "local"));
    EXPECT_FALSE(contains_word("", "local"));
}

TEST(Text, ReplacesBytesThatAreNoUtf8) {
    EXPECT_EQ(valid_utf8("ä€😀"), "ä€😀");
    EXPECT_EQ(valid_utf8("a\xFF\xC3"), "a\uFFFD\uFFFD");
    EXPECT_EQ(valid_utf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");  // a surrogate
    EXPECT_EQ(valid_utf8("\xC0\xAF"), "\uFFFD\uFFFD");            // overlong
}

TEST(Text, ControlCharactersDoNotReachTheTerminal) {
    EXPECT_EQ(printable("a\x1b[31mb\r\nc\td\x07"), "a\\x1b[31mb\nc\td\\x07");
    EXPECT_EQ(printable("\xC2\x9B"
                        "31m"),
              "\\x9b31m");  // CSI as one C1 character
    EXPECT_EQ(printable("\u202Egnp.exe"), "\\u202egnp.exe");
}

TEST(Text, OneLineCutsAtCodePoints) {
    EXPECT_EQ(one_line("äöü", 3), "äöü");
    EXPECT_EQ(one_line("äöüß", 3), "äö…");
    EXPECT_EQ(one_line("a\nb", 10), "a b");
}

TEST(Text, NumbersReadAlike) {
    EXPECT_EQ(grouped(1234567), "1,234,567");
    EXPECT_EQ(grouped(-1234), "-1,234");
    EXPECT_EQ(grouped(12), "12");
    EXPECT_EQ(percent(0.12345), "12.3 %");
    EXPECT_EQ(duration_text(12'345'678), "12.3 ms");
    EXPECT_EQ(duration_text(999'999), "1.0 ms");
    EXPECT_EQ(bytes_text(512), "512 B");
    EXPECT_EQ(bytes_text(4'200'000), "4.2 MB");
}

}  // namespace
}  // namespace culprit
