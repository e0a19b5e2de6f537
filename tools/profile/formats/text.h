// Lines of text, and text of any of the encodings that tools on the way may have put it into.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace culprit {

// The text as UTF-8 if `bytes` are UTF-16 with or without a byte order mark, or UTF-8 with one; nothing if
// they are fine as they are.
std::optional<std::string> plain_text(std::string_view bytes);

// Takes the next line off `text`, without its end ("\n" or "\r\n"); false at the end.
inline bool next_line(std::string_view& text, std::string_view& line) {
    if (text.empty()) return false;
    const std::size_t end = text.find('\n');
    line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return true;
}

// The whole of `text` as a number; nothing if it is none.
template <class T>
std::optional<T> number_in(std::string_view text) {
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace culprit
