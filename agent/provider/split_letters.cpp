#include "agent/provider/split_letters.h"

#include <utility>

namespace culprit {
namespace {

constexpr std::size_t kEscape = 6;  // "\ud83c"

enum class Half { None, First, Second };

// What the escape that `text` begins with is half of.
Half half_at(std::string_view text) {
    if (text.size() < kEscape || (text[2] != 'd' && text[2] != 'D') || !text.starts_with("\\u"))
        return Half::None;
    switch (text[3]) {
        case '8':
        case '9':
        case 'a':
        case 'b':
        case 'A':
        case 'B': return Half::First;
        case 'c':
        case 'd':
        case 'e':
        case 'f':
        case 'C':
        case 'D':
        case 'E':
        case 'F': return Half::Second;
        default: return Half::None;
    }
}

}  // namespace

std::string SplitLetters::joined(std::string_view json) {
    std::string out;
    while (!json.empty()) {
        const std::size_t escape = json.find('\\');
        out += json.substr(0, escape);
        if (escape == std::string_view::npos) break;
        json.remove_prefix(escape);
        const Half half = half_at(json);
        const bool is_whole = half == Half::First && half_at(json.substr(kEscape)) == Half::Second;
        const std::size_t length = is_whole ? 2 * kEscape : half == Half::None ? 2 : kEscape;
        const std::string_view written = json.substr(0, length);
        if (half == Half::None || is_whole)
            out += written;
        else if (half == Half::First)
            first_half_ = written;
        else
            out += first_half_.empty() ? "\\ufffd" : std::exchange(first_half_, {}) + std::string(written);
        json.remove_prefix(written.size());
    }
    return out;
}

}  // namespace culprit
