// How a terminal is written to: what it can do, and the sequences for it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace culprit {

struct ScreenStyle {
    std::size_t width = 80;    // columns
    bool colour = false;       // ANSI colours and weights
    bool links = false;        // OSC 8 hyperlinks
    bool unicode = true;       // bullets and lines that are not ASCII
    bool animated = false;     // a spinner may be drawn and erased
    bool plain_lines = false;  // for a screen reader: no boxes, no columns, no animation
    // The absolute path of a file as an answer names it; empty: it is not known.
    std::function<std::string(std::string_view file)> locate = {};
};

// What the terminal on `fd` can do, from its size, TERM, NO_COLOR, the locale, and CULPRIT_SCREEN_READER and
// CULPRIT_LINKS (1 or 0), which decide where they are set.
ScreenStyle screen_style(int fd);

// Columns that text takes: wide letters two, combining marks none. For printable() text.
std::size_t display_width(std::string_view text);
// The first bytes of `text` that take at most `columns`, never cut within a letter.
std::string_view fitting_columns(std::string_view text, std::size_t columns);

enum class Ink { Plain, Bold, Dim, Heading, Code, Slanted, Good, Bad, Keyword, Text, Number };
// `text` in this ink; as it is where there is no colour.
std::string inked(std::string_view text, Ink ink, const ScreenStyle& style);

// `text` as a link to a line of a file, where links are supported and the file is known.
std::string linked(std::string_view text, std::string_view file, int line, const ScreenStyle& style);

// `text` as a link to an address of the web, where links are supported.
std::string linked_address(std::string_view text, std::string_view address, const ScreenStyle& style);

}  // namespace culprit
