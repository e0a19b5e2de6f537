#include "tools/profile/formats/text.h"

#include "tools/profile/formats/byte_cursor.h"

namespace culprit {
namespace {

std::string swapped(std::string_view bytes) {
    std::string other(bytes);
    for (std::size_t i = 0; i + 1 < other.size(); i += 2) std::swap(other[i], other[i + 1]);
    return other;
}

// Text of ASCII letters in UTF-16 has a zero in every other byte.
bool has_zeros(std::string_view bytes, std::size_t first) {
    if (bytes.size() < 8 || bytes.starts_with("Nettrace")) return false;
    for (std::size_t i = 0; i < 8; ++i) {
        if ((bytes[i] == 0) != (i % 2 == first)) return false;
    }
    return true;
}

}  // namespace

std::optional<std::string> plain_text(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) return std::string(bytes.substr(3));
    if (bytes.starts_with("\xFF\xFE")) return utf8_of_utf16(bytes.substr(2));
    if (bytes.starts_with("\xFE\xFF")) return utf8_of_utf16(swapped(bytes.substr(2)));
    if (has_zeros(bytes, 1)) return utf8_of_utf16(bytes);
    if (has_zeros(bytes, 0)) return utf8_of_utf16(swapped(bytes));
    return std::nullopt;
}

}  // namespace culprit
