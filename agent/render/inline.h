// The marks within a line of Markdown: bold, code, links, places in files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/render/style.h"

namespace culprit {

// A line of Markdown as words in ink, wrapped at `width`, without the marks where there is colour. A word
// that is longer than a line is cut. At least one line.
std::vector<std::string> wrapped_inline(std::string_view text, std::size_t width, const ScreenStyle& style);

// The text without its marks.
std::string without_marks(std::string_view text);

// Columns of the text without its marks, on one line.
std::size_t inline_width(std::string_view text);
// Columns of a text with escape sequences of ours.
std::size_t shown_width(std::string_view text);

// Writes a line as it comes, word by word, wrapped. A mark holds to the end of its line.
class InlineWriter {
  public:
    // `indent` stands before every line that is begun by wrapping; `column` is where the text begins.
    InlineWriter(const ScreenStyle& style, std::size_t width, std::size_t indent, std::size_t column)
        : style_(style), width_(width), indent_(indent), column_(column) {}

    // What can be written now: whole words. `text` holds no line end.
    std::string feed(std::string_view text);
    std::string finish();  // the last word

  private:
    std::string flush();
    std::string flush_word();
    std::string paint(std::string_view text);

    const ScreenStyle& style_;
    std::size_t width_, indent_, column_;
    std::string word_;
    bool bold_ = false, code_ = false;
    bool at_start_ = true;    // nothing was written on this line but its beginning
    std::size_t blanks_ = 0;  // before the word
};

}  // namespace culprit
