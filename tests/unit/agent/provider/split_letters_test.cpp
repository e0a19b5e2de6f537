#include "agent/provider/split_letters.h"

#include "support/support.h"

namespace culprit {
namespace {

std::string joined(std::initializer_list<std::string_view> pieces) {
    SplitLetters letters;
    std::string text;
    for (const std::string_view piece : pieces) text += letters.joined(piece) + "|";
    return text;
}

TEST(SplitLetters, HalvesAreJoinedWhereTheSecondStands) {
    EXPECT_EQ(joined({R"("a\ud83c")", R"("\udf0d b")"}), R"("a"|"\ud83c\udf0d b"|)");
    EXPECT_EQ(joined({R"("\uD83C")", R"({})", R"("\uDF0D")"}), R"(""|{}|"\uD83C\uDF0D"|)");
}

TEST(SplitLetters, WhatIsWholeStaysAsItIs) {
    for (const char* text :
         {R"("\ud83c\udf0d")", R"("\u00e9 \n \\ud83c \" \/")", R"({"a":["世界"]})", "", "\\", "\\u", "\\ud8"})
        EXPECT_EQ(joined({text}), std::string(text) + "|");
}

TEST(SplitLetters, ASecondHalfAloneIsMarked) {
    EXPECT_EQ(joined({R"("\udf0d")", R"("\udf0d")"}), R"("\ufffd"|"\ufffd"|)");
    EXPECT_EQ(joined({R"("\ud83c\ud83c")", R"("\udf0d\udf0d")"}), R"(""|"\ud83c\udf0d\ufffd"|)");
}

}  // namespace
}  // namespace culprit
