#include "base/text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace culprit {
namespace {

constexpr std::string_view kBlank = " \t\r\n\f\v";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The length of the well-formed UTF-8 sequence at the start of `text` (Unicode 15, table 3-7), 0 if there is
// none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](std::size_t i, unsigned from = 0x80, unsigned to = 0xBF) {
        return i < text.size() && byte(i) >= from && byte(i) <= to;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned from = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned to = first == 0xED ? 0x9F : 0xBF;
        return follows(1, from, to) && follows(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned from = first == 0xF0 ? 0x90 : 0x80;
        const unsigned to = first == 0xF4 ? 0x8F : 0xBF;
        return follows(1, from, to) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

std::uint32_t code_point(std::string_view sequence) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
    switch (sequence.size()) {
        case 1: return byte(0);
        case 2: return (byte(0) & 0x1Fu) << 6 | (byte(1) & 0x3Fu);
        case 3: return (byte(0) & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
        default:
            return (byte(0) & 0x07u) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 |
                   (byte(3) & 0x3Fu);
    }
}

// C0 and C1 controls, DEL, and the marks that reorder what follows (the "Trojan Source" set).
bool disturbs_terminal(std::uint32_t c) {
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c <= 0x9F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0x061C;
}

// Calls use(sequence) for each well-formed sequence and bad(byte) for each byte that belongs to none.
template <class Use, class Bad>
void each_sequence(std::string_view text, Use use, Bad bad) {
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        if (length == 0) {
            bad(static_cast<unsigned char>(text[0]));
            text.remove_prefix(1);
        } else {
            use(text.substr(0, length));
            text.remove_prefix(length);
        }
    }
}

std::string scaled(double value, const std::array<std::string_view, 5>& units, double step) {
    std::size_t unit = 0;
    // 999.95 would be shown as "1000.0": it belongs to the next unit.
    while (std::abs(value) >= step - step / 20000 && unit + 1 < units.size()) {
        value /= step;
        ++unit;
    }
    return unit == 0 ? fmt::format("{:.0f} {}", value, units[0])
                     : fmt::format("{:.1f} {}", value, units[unit]);
}

}  // namespace

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::vector<std::string_view> split_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    return fmt::format("{}", fmt::join(parts, separator));
}

std::string to_lower(std::string_view text) {
    std::string lowered(text);
    std::ranges::transform(lowered, lowered.begin(), lower);
    return lowered;
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
    return !std::ranges::search(text, part, {}, lower, lower).empty() || part.empty();
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
        text.replace(at, from.size(), to);
    }
    return text;
}

bool contains_word(std::string_view text, std::string_view part) {
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; ++at) {
        const std::size_t end = at + part.size();
        if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
    }
    return false;
}

std::string valid_utf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    each_sequence(
        text, [&](std::string_view s) { valid += s; }, [&](unsigned char) { valid += "\uFFFD"; });
    return valid;
}

std::string printable(std::string_view text) {
    std::string shown;
    shown.reserve(text.size());
    each_sequence(
        text,
        [&](std::string_view s) {
            const std::uint32_t c = code_point(s);
            if (!disturbs_terminal(c)) {
                shown += s;
            } else if (c != '\r') {  // a bare carriage return would overwrite the line; "\r\n" is just "\n"
                shown += c < 0x100 ? fmt::format("\\x{:02x}", c) : fmt::format("\\u{:04x}", c);
            }
        },
        [&](unsigned char) { shown += "\uFFFD"; });
    return shown;
}

std::string one_line(std::string_view text, std::size_t width) {
    std::string line;
    std::size_t points = 0;
    bool cut = false;
    each_sequence(
        text,
        [&](std::string_view s) {
            if (points == width) cut = true;
            if (points++ < width) line += s == "\n" || s == "\r" || s == "\t" ? " " : s;
        },
        [&](unsigned char) {
            if (points == width) cut = true;
            if (points++ < width) line += "\uFFFD";
        });
    if (!cut || width == 0) return line;
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0) == 0x80) line.pop_back();
    line.pop_back();
    return line + "…";
}

std::string_view first_sentence(std::string_view text) {
    const std::size_t end = text.find(". ");
    return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

std::size_t count_of_code_points(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

std::string percent(double share) { return fmt::format("{:.1f} %", share * 100); }

std::string duration_text(double nanoseconds) {
    return scaled(nanoseconds, {"ns", "µs", "ms", "s", "ks"}, 1000);
}

std::string bytes_text(double bytes) { return scaled(bytes, {"B", "kB", "MB", "GB", "TB"}, 1000); }

}  // namespace culprit
