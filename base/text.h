// Text: cutting, joining, cleaning and the one way numbers are shown to people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

std::string_view trim(std::string_view text);  // blanks, tabs and line ends off both ends

// The lines of `text` without their ends ("\n" or "\r\n"); a last line without an end counts, an empty one
// does not.
std::vector<std::string_view> split_lines(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

std::string to_lower(std::string_view text);  // ASCII only
bool contains_ignoring_case(std::string_view text, std::string_view part);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

// True if `part` stands in `text` as a whole word: no letter, digit or '_' on either side of it.
bool contains_word(std::string_view text, std::string_view part);

// `text` as valid UTF-8: each byte that is none becomes U+FFFD.
std::string valid_utf8(std::string_view text);

// What may be written to a terminal: valid UTF-8 in which control characters other than "\n" and "\t" (ESC,
// C1 and the bidirectional overrides among them) are shown as an escape such as "\x1b".
std::string printable(std::string_view text);

// At most `width` code points of `text`, the last an ellipsis if something was cut; newlines become spaces.
std::string one_line(std::string_view text, std::size_t width);

std::string_view first_sentence(std::string_view text);  // up to the first ". ", with the stop

std::size_t count_of_code_points(std::string_view utf8);

// "1,234,567"
std::string grouped(std::int64_t number);
// A share from 0 to 1 as "12.3 %"
std::string percent(double share);
// Nanoseconds as "850 ns", "12.3 ms", "4.2 s"; bytes as "512 B", "4.2 MB" (1 MB = 1,000,000 B)
std::string duration_text(double nanoseconds);
std::string bytes_text(double bytes);

}  // namespace culprit
