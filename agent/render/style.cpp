#include "agent/render/style.h"

#include <array>
#include <cstdlib>
#include <cwchar>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

namespace culprit {
namespace {

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

bool has_unicode() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string_view value = variable(name);
        if (value.empty()) continue;
        return contains_ignoring_case(value, "utf-8") || contains_ignoring_case(value, "utf8");
    }
    return true;  // nothing is said: terminals of today have it
}

// Terminals that are known to show OSC 8 links; others might print the sequence.
bool has_links() {
    if (const auto said = variable("CULPRIT_LINKS"); !said.empty()) return said == "1";
    const std::string_view program = variable("TERM_PROGRAM");
    for (const std::string_view known : {"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"}) {
        if (program == known) return true;
    }
    const bool vte = std::strtol(variable("VTE_VERSION").data(), nullptr, 10) >= 5000;
    return vte || !variable("KONSOLE_VERSION").empty() || !variable("WT_SESSION").empty() ||
           variable("TERM") == "xterm-kitty";
}

std::string_view code_of(Ink ink) {
    switch (ink) {
        case Ink::Plain: return "";
        case Ink::Bold: return "\x1b[1m";
        case Ink::Dim: return "\x1b[2m";
        case Ink::Heading: return "\x1b[1;36m";
        case Ink::Code: return "\x1b[36m";
        case Ink::Slanted: return "\x1b[3m";
        case Ink::Good: return "\x1b[32m";
        case Ink::Bad: return "\x1b[31m";
        case Ink::Keyword: return "\x1b[35m";
        case Ink::Text: return "\x1b[32m";
        case Ink::Number: return "\x1b[33m";
    }
    return "";
}

struct Letter {
    std::size_t bytes = 1;
    char32_t point = 0;
};

Letter letter_at(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (bytes == 1 || text.size() < bytes) return {1, first};
    char32_t point = first & (0x7Fu >> bytes);
    for (std::size_t i = 1; i < bytes; ++i)
        point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
    return {bytes, point};
}

// wcwidth() asks the locale, which may be none; the ranges are those of Unicode's East Asian Width W and F,
// and of marks and joiners, as far as they come in practice.
std::size_t columns_of(char32_t c) {
    constexpr std::array<std::array<char32_t, 2>, 9> kNone = {{{0x300, 0x36F},
                                                               {0x483, 0x489},
                                                               {0x591, 0x5BD},
                                                               {0x610, 0x61A},
                                                               {0x64B, 0x65F},
                                                               {0x200B, 0x200F},
                                                               {0x20D0, 0x20F0},
                                                               {0xFE00, 0xFE0F},
                                                               {0xE0100, 0xE01EF}}};
    constexpr std::array<std::array<char32_t, 2>, 11> kWide = {{{0x1100, 0x115F},
                                                                {0x231A, 0x231B},
                                                                {0x23E9, 0x23EC},
                                                                {0x2E80, 0x303E},
                                                                {0x3041, 0x33FF},
                                                                {0x3400, 0x4DBF},
                                                                {0x4E00, 0xA4CF},
                                                                {0xAC00, 0xD7A3},
                                                                {0xF900, 0xFAFF},
                                                                {0xFE30, 0xFE6F},
                                                                {0xFF00, 0xFF60}}};
    for (const auto& [from, to] : kNone) {
        if (c >= from && c <= to) return 0;
    }
    if ((c >= 0x1F300 && c <= 0x1F64F) || (c >= 0x1F680 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD))
        return 2;
    for (const auto& [from, to] : kWide) {
        if (c >= from && c <= to) return 2;
    }
    return 1;
}

std::string percent_encoded(std::string_view path) {
    std::string encoded;
    for (const char c : path) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("/._-~").contains(c);
        if (plain)
            encoded += c;
        else
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

}  // namespace

ScreenStyle screen_style(int fd) {
    ScreenStyle style;
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        style.width = std::max<std::size_t>(size.ws_col, 20);
    const bool is_terminal = ::isatty(fd) != 0;
    const std::string_view terminal = variable("TERM");
    const bool is_dumb = terminal.empty() || terminal == "dumb";
    style.plain_lines = variable("CULPRIT_SCREEN_READER") == "1";
    style.colour = is_terminal && !is_dumb && variable("NO_COLOR").empty();
    style.links = is_terminal && !is_dumb && !style.plain_lines && has_links();
    style.animated = is_terminal && !is_dumb && !style.plain_lines;
    style.unicode = !style.plain_lines && has_unicode();
    return style;
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const Letter letter = letter_at(text);
        width += columns_of(letter.point);
        text.remove_prefix(letter.bytes);
    }
    return width;
}

std::string_view fitting_columns(std::string_view text, std::size_t columns) {
    std::size_t bytes = 0, width = 0;
    while (bytes < text.size()) {
        const Letter letter = letter_at(text.substr(bytes));
        width += columns_of(letter.point);
        if (width > columns) break;
        bytes += letter.bytes;
    }
    return text.substr(0, bytes);
}

std::string inked(std::string_view text, Ink ink, const ScreenStyle& style) {
    if (!style.colour || ink == Ink::Plain || text.empty()) return std::string(text);
    return fmt::format("{}{}\x1b[0m", code_of(ink), text);
}

std::string linked(std::string_view text, std::string_view file, int line, const ScreenStyle& style) {
    if (!style.links || !style.locate) return std::string(text);
    const std::string path = style.locate(file);
    if (path.empty()) return std::string(text);
    return fmt::format("\x1b]8;;file://{}{}\x1b\\{}\x1b]8;;\x1b\\", percent_encoded(path),
                       line > 0 ? fmt::format("#{}", line) : "", text);
}

std::string linked_address(std::string_view text, std::string_view address, const ScreenStyle& style) {
    if (!style.links) return std::string(text);
    return fmt::format("\x1b]8;;{}\x1b\\{}\x1b]8;;\x1b\\", address, text);
}

}  // namespace culprit
