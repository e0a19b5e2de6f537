#include "agent/render/inline.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kLongestHeld = 400;  // of what may be a link

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

// "[text](address)" within a word, which may have blanks in it; without one all is empty.
struct Link {
    std::string_view before, text, address, after;
};

Link link_in(std::string_view word) {
    const std::size_t middle = word.find("](http");
    const std::size_t begin = middle == std::string_view::npos ? middle : word.rfind('[', middle);
    const std::size_t end = word.find(')', std::min(middle, word.size()));
    if (begin == std::string_view::npos || end == std::string_view::npos) return {};
    const Link link{.before = word.substr(0, begin),
                    .text = word.substr(begin + 1, middle - begin - 1),
                    .address = word.substr(middle + 2, end - middle - 2),
                    .after = word.substr(end + 1)};
    const bool is_link = link.address.starts_with("http://") || link.address.starts_with("https://");
    return is_link && !link.text.empty() ? link : Link{};
}

// Whether a link may have begun that has not ended yet.
bool is_in_link(std::string_view word) {
    const std::size_t begin = word.rfind('[');
    if (begin == std::string_view::npos || word.contains('`')) return false;
    const std::size_t end = word.find(']', begin);
    return end == std::string_view::npos ||
           (word.substr(end + 1).starts_with('(') && word.find(')', end) == std::string_view::npos);
}

// A piece of a word in one ink.
struct Piece {
    std::string_view text;
    bool bold = false, code = false, slanted = false;
    std::string_view address = {};  // of a link
};

// "*word*" that begins at `at`: where its end stands; none where the stars are no marks.
std::size_t end_of_slanted(std::string_view word, std::size_t at) {
    constexpr std::size_t kNone = std::string_view::npos;
    const std::size_t end = word.find('*', at + 1);
    const bool opens = (at == 0 || !is_letter(word[at - 1]) || word[at - 1] == '(') && at + 1 < word.size() &&
                       is_letter(word[at + 1]);
    if (!opens || end == kNone || !is_letter(word[end - 1])) return kNone;
    return end + 1 == word.size() || (!is_letter(word[end + 1]) && word[end + 1] != '*') ? end : kNone;
}

// The word without its marks, where they are marks: a `**` opens before a letter and closes behind one.
std::vector<Piece> pieces_of(std::string_view word, bool& bold, bool& code, bool links) {
    std::vector<Piece> pieces;
    if (const Link link = links && !code ? link_in(word) : Link{}; !link.text.empty()) {
        pieces = pieces_of(link.before, bold, code, false);
        const bool is_code = link.text.size() > 2 && link.text.starts_with('`') && link.text.ends_with('`');
        pieces.push_back({.text = is_code ? link.text.substr(1, link.text.size() - 2) : link.text,
                          .bold = bold,
                          .code = is_code,
                          .address = link.address});
        std::ranges::copy(pieces_of(link.after, bold, code, false), std::back_inserter(pieces));
        return pieces;
    }
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
        } else if (!code && word[i] == '*') {
            const std::size_t end = end_of_slanted(word, i);
            if (end == std::string_view::npos) continue;
            cut(i, 1);
            pieces.push_back({word.substr(i + 1, end - i - 1), bold, false, true});
            begin = end + 1;
            i = end;
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
    for (const Piece& piece : pieces_of(text, bold_, code_, style_.links)) {
        const Ink ink = piece.code      ? Ink::Code
                        : piece.bold    ? Ink::Bold
                        : piece.slanted ? Ink::Slanted
                                        : Ink::Plain;
        out += piece.address.empty() ? with_links(piece.text, ink, style_)
                                     : linked_address(inked(piece.text, ink, style_), piece.address, style_);
    }
    return out;
}

// What was held as one, because a link may have been in it, by its words.
std::string InlineWriter::flush() {
    if (style_.colour && !code_) {
        const Link link = link_in(word_);
        const bool is_short = display_width(link.text) + indent_ < width_;
        if (!link.text.empty() && style_.links && is_short) return flush_word();
        if (!link.text.empty())
            word_ = fmt::format("{}{} ({}){}", link.before, link.text, link.address, link.after);
    }
    const std::string held = std::exchange(word_, {});
    std::string out;
    for (std::size_t begin = 0; begin <= held.size();) {
        const std::size_t end = std::min(held.find(' ', begin), held.size());
        word_ = held.substr(begin, end - begin);
        out += flush_word();
        if (end < held.size()) ++blanks_;
        begin = end + 1;
    }
    return out;
}

std::string InlineWriter::flush_word() {
    if (word_.empty()) return {};
    std::string out;
    std::string_view word = word_;
    const bool was_bold = bold_, was_code = code_;
    std::size_t width = 0;
    if (style_.colour) {
        bool bold = was_bold, code = was_code;
        for (const Piece& piece : pieces_of(word, bold, code, style_.links))
            width += display_width(piece.text);
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
        const bool is_blank = c == ' ' || c == '\t';
        const bool is_held =
            is_blank && style_.colour && !code_ && word_.size() < kLongestHeld && is_in_link(word_);
        if (!is_blank || is_held) {
            word_ += is_blank ? ' ' : c;
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

std::string without_marks(std::string_view text) {
    bool bold = false, code = false;
    std::string plain;
    for (const Piece& piece : pieces_of(text, bold, code, false)) plain += piece.text;
    return plain;
}

std::size_t inline_width(std::string_view text) { return display_width(without_marks(text)); }

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
