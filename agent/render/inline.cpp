#include "agent/render/inline.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace culprit {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '`' ||
           c == '(' || static_cast<unsigned char>(c) >= 0x80;
}

// "src/A.cs:12" within a word: where the path begins, where all ends, the line.
struct Place {
    std::size_t begin = 0, colon = 0, end = 0;
    int line = 0;
};

bool is_path_letter(char c) {
    return is_letter(c) ? c != '`' && c != '(' : std::string_view("/._-+").contains(c);
}

Place place_in(std::string_view word) {
    const std::size_t colon = word.find(':');
    if (colon == std::string_view::npos || colon == 0) return {};
    Place place{.begin = colon, .colon = colon, .end = colon + 1};
    while (place.begin > 0 && is_path_letter(word[place.begin - 1])) --place.begin;
    while (place.end < word.size() && word[place.end] >= '0' && word[place.end] <= '9') ++place.end;
    const std::string_view file = word.substr(place.begin, colon - place.begin);
    std::from_chars(word.data() + colon + 1, word.data() + place.end, place.line);
    const bool is_place = place.line > 0 && file.contains('.') && !file.ends_with('.');
    return is_place ? place : Place{};
}

// With the place in it as a link.
std::string with_links(std::string_view text, Ink ink, const ScreenStyle& style) {
    const Place place = style.links ? place_in(text) : Place{};
    if (place.line == 0) return inked(text, ink, style);
    const std::string_view file = text.substr(place.begin, place.colon - place.begin);
    return inked(text.substr(0, place.begin), ink, style) +
           linked(inked(text.substr(place.begin, place.end - place.begin), ink, style), file, place.line,
                  style) +
           inked(text.substr(place.end), ink, style);
}

// Of a long word, `fitting` or the part of it that ends where a name or a path has a joint, if that is not
// too short.
std::string_view natural_part(std::string_view word, std::string_view fitting) {
    const std::size_t joint = word.substr(0, fitting.size()).find_last_of("./(,:");
    return joint != std::string_view::npos && joint + 1 > fitting.size() / 3 ? word.substr(0, joint + 1)
                                                                             : fitting;
}

// A piece of a word in one ink.
struct Piece {
    std::string_view text;
    bool bold = false, code = false;
};

// The word without its marks, where they are marks: a `**` opens before a letter and closes behind one.
std::vector<Piece> pieces_of(std::string_view word, bool& bold, bool& code) {
    std::vector<Piece> pieces;
    std::size_t begin = 0;
    const auto cut = [&](std::size_t at, std::size_t skip) {
        if (at > begin) pieces.push_back({word.substr(begin, at - begin), bold, code});
        begin = at + skip;
    };
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] == '`') {
            cut(i, 1);
            code = !code;
        } else if (!code && word.substr(i).starts_with("**")) {
            const bool opens = !bold && (i == 0 || !is_letter(word[i - 1]) || word[i - 1] == '(') &&
                               i + 2 < word.size() && is_letter(word[i + 2]);
            const bool closes = bold && i > 0;
            if (!opens && !closes) continue;
            cut(i, 2);
            bold = !bold;
            ++i;
        }
    }
    cut(word.size(), 0);
    return pieces;
}

}  // namespace

std::string InlineWriter::paint(std::string_view text) {
    if (!style_.colour)
        return with_links(text, Ink::Plain, style_);  // the marks stay: they say what colour would
    std::string out;
    for (const Piece& piece : pieces_of(text, bold_, code_))
        out += with_links(piece.text, piece.code ? Ink::Code : piece.bold ? Ink::Bold : Ink::Plain, style_);
    return out;
}

std::string InlineWriter::flush() {
    if (word_.empty()) return {};
    std::string out;
    std::string_view word = word_;
    const bool was_bold = bold_, was_code = code_;
    std::size_t width = 0;
    if (style_.colour) {
        bool bold = was_bold, code = was_code;
        for (const Piece& piece : pieces_of(word, bold, code)) width += display_width(piece.text);
    } else {
        width = display_width(word);
    }
    if (!at_start_ && column_ + blanks_ + width > width_) {
        out += "\n" + std::string(indent_, ' ');
        column_ = indent_;
    } else {
        out += std::string(blanks_, ' ');
        column_ += blanks_;
    }
    blanks_ = 0;
    // What is longer than a line is cut at its end.
    while (column_ + width > width_ && width_ > indent_ + 1 && display_width(word) > width_ - column_) {
        const std::string_view part = natural_part(word, fitting_columns(word, width_ - column_));
        if (part.empty()) break;
        out += paint(part) + "\n" + std::string(indent_, ' ');
        word.remove_prefix(part.size());
        width = display_width(word);
        column_ = indent_;
    }
    out += paint(word);
    column_ += width;
    at_start_ = false;
    word_.clear();
    return out;
}

std::string InlineWriter::feed(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c != ' ' && c != '\t') {
            word_ += c;
            continue;
        }
        out += flush();
        ++blanks_;
    }
    return out;
}

std::string InlineWriter::finish() { return flush(); }

std::vector<std::string> wrapped_inline(std::string_view text, std::size_t width, const ScreenStyle& style) {
    InlineWriter writer(style, std::max<std::size_t>(width, 1), 0, 0);
    std::string all = writer.feed(text);
    all += writer.finish();
    std::vector<std::string> lines;
    for (const std::string_view line : split(all, '\n')) lines.emplace_back(line);
    return lines;
}

std::size_t inline_width(std::string_view text) {
    bool bold = false, code = false;
    std::size_t width = 0;
    for (const Piece& piece : pieces_of(text, bold, code)) width += display_width(piece.text);
    return width;
}

std::size_t shown_width(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\x1b') {
            plain += text[i];
            continue;
        }
        const bool is_link = text.substr(i).starts_with("\x1b]8;;");
        const std::size_t end = is_link ? text.find("\x1b\\", i + 5) : text.find('m', i);
        if (end == std::string_view::npos) break;
        i = is_link ? end + 1 : end;
    }
    return display_width(plain);
}

}  // namespace culprit
