#include "agent/grounding/figures.h"

#include "base/text.h"
#include "support/support.h"

namespace culprit {
namespace {

// Each figure as "VALUE MEASURE [noun]".
std::string read(std::string_view text, bool bare = false) {
    static constexpr std::array<std::string_view, 5> kNames = {"share", "time", "bytes", "factor", "count"};
    std::vector<std::string> parts;
    for (const Figure& figure : figures_in(text, bare)) {
        parts.push_back(fmt::format("{:g} {}{}", figure.value,
                                    kNames[static_cast<std::size_t>(figure.measure)],
                                    figure.noun.empty() ? "" : " " + figure.noun));
    }
    return join(parts, ", ");
}

Figure one(std::string_view text) {
    const auto figures = figures_in(text, true);
    EXPECT_EQ(figures.size(), 1u) << text;
    return figures.empty() ? Figure{} : figures.front();
}

TEST(Figures, AreNumbersWithUnits) {
    EXPECT_EQ(read("61.3 % of 5,030 samples in 1.5 ms"), "0.613 share, 5030 count samples, 1.5e+06 time");
    EXPECT_EQ(read("361.5 MB/s, 3 KiB, 12 bytes, 80x its size, 2 times, 4×"),
              "3.615e+08 bytes, 3072 bytes, 12 bytes, 80 factor, 2 factor, 4 factor");
    EXPECT_EQ(read("8s and 12µs and 1.25 s."), "8e+09 time, 12000 time, 1.25e+09 time");
    EXPECT_EQ(read("+45.0 %, -3 ms"), "0.45 share, -3e+06 time");
}

TEST(Figures, AreNotOtherNumbers) {
    EXPECT_EQ(read("line 28 of v1.47.0, E7, x86, utf8, 3 sheep, the 2nd, 0x1f, 12 simple ones, 5 big"), "");
    EXPECT_EQ(read("139   641   +503", true), "139 count, 641 count, 503 count");
    EXPECT_EQ(read("1,234,567 and 12,34", true), "1.23457e+06 count, 12 count, 34 count");
    EXPECT_EQ(read("99999999999999999999999 ms"), "");
}

TEST(Figures, AreRoundedExactly) {
    EXPECT_TRUE(is_rounding_of(one("61 %"), one("61.3 %")));
    EXPECT_TRUE(is_rounding_of(one("61.3 %"), one("61.3 %")));
    EXPECT_TRUE(is_rounding_of(one("1.2 s"), one("1,240 ms")));
    EXPECT_FALSE(is_rounding_of(one("62 %"), one("61.3 %")));
    EXPECT_FALSE(is_rounding_of(one("61.34 %"), one("61.3 %")));
    EXPECT_FALSE(is_rounding_of(one("61.2 %"), one("61.3 %")));
    EXPECT_TRUE(is_rounding_of(figures_in("about 60 %").front(), one("61.3 %")));
    EXPECT_FALSE(is_rounding_of(figures_in("about 50 %").front(), one("61.3 %")));
}

TEST(Figures, FollowFromOthers) {
    EXPECT_TRUE(follows_from(one("3.0x"), one("20 ms"), one("60 ms")));
    EXPECT_TRUE(follows_from(one("40 ms"), one("20 ms"), one("60 ms")));
    EXPECT_TRUE(follows_from(one("80 ms"), one("20 ms"), one("60 ms")));
    EXPECT_TRUE(follows_from(one("200 %"), one("20 ms"), one("60 ms")));
    EXPECT_TRUE(follows_from(one("33 %"), one("20.0 ms"), one("60.0 ms")));
    EXPECT_FALSE(follows_from(one("4.0x"), one("20 ms"), one("60 ms")));
    EXPECT_FALSE(follows_from(one("41 ms"), one("20.0 ms"), one("60.0 ms")));
    EXPECT_FALSE(follows_from(one("3.0x"), one("20 ms"), one("60 MB")));
    EXPECT_FALSE(follows_from(one("3.0x"), one("0 ms"), one("60 ms")));
}

}  // namespace
}  // namespace culprit
