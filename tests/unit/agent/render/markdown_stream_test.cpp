// Markdown as it streams: what is written is the same wherever the pieces are cut, fits the width, and holds
// no control character of the text.
#include "agent/render/markdown_stream.h"

#include "agent/render/table.h"
#include "base/text.h"
#include "support/support.h"

namespace culprit {
namespace {

ScreenStyle style(std::size_t width, bool colour = false) { return {.width = width, .colour = colour}; }

std::string rendered(std::string_view text, const ScreenStyle& style, std::size_t piece = 100000) {
    MarkdownStream stream(style);
    std::string out;
    while (!text.empty()) {
        std::size_t end = std::min(piece, text.size());
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
        out += stream.feed(text.substr(0, end));
        text.remove_prefix(end);
    }
    return out + stream.finish();
}

constexpr std::string_view kAnswer = R"(## Observed Behavior
The **whole** thing takes `80 ms` *now* (see [the manual of it](https://example.org/manual)), and this sentence is long enough to be wrapped on a narrow screen.
- one item that is rather long and has to be wrapped where it reaches the end of its line
  - below it
12. twelfth

| name | share |
|---|---:|
| Resolve | 12.5 % |
| a cell with a good many words in it that is wide | 3.0 % |

> quoted words

```csharp
lock (_gate) { return "x"; } // why
```
at Shop.Cart.Add(Item item) (src/Cart.cs:line 12) - takes the lock
at Shop.Index.Resolve(string sku) (src/Index.cs:line 7)

Done.
)";

TEST(MarkdownStream, IsTheSameWhereverThePiecesAreCut) {
    for (const bool colour : {false, true}) {
        const std::string whole = rendered(kAnswer, style(60, colour));
        for (const std::size_t piece : {1, 2, 3, 7, 50})
            EXPECT_EQ(rendered(kAnswer, style(60, colour), piece), whole) << piece;
    }
}

TEST(MarkdownStream, FitsTheWidth) {
    for (const std::size_t width : {24, 40, 80, 132}) {
        const std::string text = rendered(kAnswer, style(width, true));
        for (const std::string_view line : split_lines(text)) {
            // Code is left as it is, so that it can be copied.
            if (line.contains("_gate")) continue;
            EXPECT_LE(shown_width(line), std::max<std::size_t>(width, 32)) << width << ": " << line;
        }
    }
}

TEST(MarkdownStream, WithoutColourTheMarksStayAndNothingElseIsWritten) {
    const std::string text = rendered(kAnswer, style(80));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_NE(text.find("**whole**"), std::string::npos);
    EXPECT_NE(text.find("## Observed Behavior\n"), std::string::npos);
}

TEST(MarkdownStream, WithColourTheMarksAreGone) {
    const std::string text = rendered("a **b** `c` 2**3 src/**/x *.cs\n", style(80, true));
    EXPECT_EQ(text, "a \x1b[1mb\x1b[0m \x1b[36mc\x1b[0m 2**3 src/**/x *.cs\n");
}

TEST(MarkdownStream, EmphasisIsSlantedWhereTheStarsAreMarks) {
    EXPECT_EQ(rendered("an *effect*, int *p, a * b * c, (*why*) *p*q\n", style(80, true)),
              "an \x1b[3meffect\x1b[0m, int *p, a * b * c, (\x1b[3mwhy\x1b[0m) *p*q\n");
    EXPECT_EQ(rendered("# The `lock` of **all**\n", style(80, true)), "\x1b[1;36mThe lock of all\x1b[0m\n");
}

TEST(MarkdownStream, LinksAreLinksOrNameTheirAddress) {
    constexpr std::string_view kText = "see ([the docs](https://a.b/c?d=1)), [E3, E6] and array[0 or more\n";
    ScreenStyle linking = style(80, true);
    linking.links = true;
    EXPECT_EQ(rendered(kText, linking),
              "see (\x1b]8;;https://a.b/c?d=1\x1b\\the docs\x1b]8;;\x1b\\), [E3, E6] and array[0 or more\n");
    EXPECT_EQ(rendered(kText, style(80, true)),
              "see (the docs (https://a.b/c?d=1)), [E3, E6] and array[0 or more\n");
    EXPECT_EQ(rendered(kText, style(80)), kText) << "without colour the marks stay";
    for (const std::size_t piece : {1, 2, 5})
        EXPECT_EQ(rendered(kText, linking, piece), rendered(kText, linking)) << piece;
    for (const std::size_t width : {12, 20, 30}) {
        linking.width = width;
        const std::string narrow = rendered(kText, linking);
        for (const std::string_view line : split_lines(narrow)) EXPECT_LE(shown_width(line), width) << line;
    }
    EXPECT_EQ(rendered("[a](javascript:x) [b](src/A.cs:1)\n", style(80, true)),
              "[a](javascript:x) [b](src/A.cs:1)\n");
}

TEST(MarkdownStream, PlainTextIsWrittenWordByWord) {
    MarkdownStream stream(style(80));
    EXPECT_EQ(stream.feed("Hello, what "), "Hello, what");
    EXPECT_EQ(stream.feed("got slow"), " got");
    EXPECT_EQ(stream.finish(), " slow\n");
}

TEST(MarkdownStream, TablesAreFittedAndAligned) {
    EXPECT_EQ(rendered("| name | share |\n|---|---:|\n| Resolve | 12.5 % |\n| b | 3.0 % |\n", style(80)),
              "name      share\n"
              "───────  ──────\n"
              "Resolve  12.5 %\n"
              "b         3.0 %\n");
    const std::string narrow = rendered(
        "| name | what |\n|---|---|\n| a | some words that are wrapped in their cell |\n", style(24));
    for (const std::string_view line : split_lines(narrow)) EXPECT_LE(display_width(line), 24u) << line;
}

TEST(MarkdownStream, ATableThatCannotFitBecomesLines) {
    std::string head = "|", rule = "|", row = "|";
    for (int i = 0; i < 12; ++i) {
        head += fmt::format(" column{} |", i);
        rule += "---|";
        row += fmt::format(" value{} |", i);
    }
    const std::string text = rendered(head + "\n" + rule + "\n" + row + "\n", style(40));
    EXPECT_NE(text.find("column3: value3\n"), std::string::npos) << text;
}

TEST(MarkdownStream, ForAScreenReaderATableIsLinesAndThereAreNoRules) {
    ScreenStyle plain = style(80);
    plain.plain_lines = true;
    plain.unicode = false;
    EXPECT_EQ(rendered("| a | b |\n|---|---|\n| 1 | 2 |\n---\n", plain), "a: 1\nb: 2\n\n");
}

TEST(MarkdownStream, FramesAreAlignedMarkedAndLinked) {
    MarkdownStream stream({.width = 100, .colour = false, .links = true, .locate = [](std::string_view file) {
                               return "/work dir/" + std::string(file);
                           }});
    stream.set_checked(
        {{.symbol = "A.B()", .file = "x.cs", .line = 3, .status = CheckedFrame::Status::Verified},
         {.symbol = "A.LongerName()",
          .file = "x.cs",
          .line = 9,
          .status = CheckedFrame::Status::Unverified}});
    std::string text = stream.feed("at A.B() (x.cs:line 3)\nat A.LongerName() (x.cs:line 9) - waits\n");
    text += stream.finish();
    EXPECT_EQ(text,
              "✓ at A.B()          \x1b]8;;file:///work%20dir/x.cs#3\x1b\\(x.cs:line 3)\x1b]8;;\x1b\\\n"
              "✗ at A.LongerName() \x1b]8;;file:///work%20dir/x.cs#9\x1b\\(x.cs:line 9)\x1b]8;;\x1b\\\n"
              "     waits\n");
}

TEST(MarkdownStream, WideLettersCountTwice) {
    EXPECT_EQ(display_width("日本"), 4u);
    EXPECT_EQ(display_width("e\xcc\x81"), 1u);
    EXPECT_EQ(fitting_columns("日本語", 5), "日本");
}

TEST(MarkdownStream, WhatIsNoMarkdownPassesWhole) {
    for (const std::string_view text : {"| a |", "|", "||||\n|-|\n", "```", "`", "**", "at (", "#", "-", "> ",
                                        "at x (y:line 99999999999999)"}) {
        for (std::size_t cut = 0; cut <= text.size(); ++cut)
            static_cast<void>(rendered(text.substr(0, cut), style(20, true)));
    }
    EXPECT_EQ(rendered("std::vector<int> a; // not a comment\n", style(80)),
              "std::vector<int> a; // not a comment\n");
}

}  // namespace
}  // namespace culprit
