// The words of a source text: what may be a name in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

constexpr bool starts_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool is_in_word(char c) { return starts_word(c) || (c >= '0' && c <= '9'); }

template <class Visit>  // visit(word)
void each_word(std::string_view text, Visit visit) {
    for (std::size_t i = 0; i < text.size();) {
        if (!is_in_word(text[i])) {
            ++i;
            continue;
        }
        const std::size_t begin = i;
        while (i < text.size() && is_in_word(text[i])) ++i;
        if (starts_word(text[begin])) visit(text.substr(begin, i - begin));
    }
}

// The hashes (word_hash) of the words of a text, sorted, each once.
std::vector<std::uint32_t> word_hashes(std::string_view text);

// `text` with the bytes of comments and of string and character literals as blanks; lines stay where they
// are. Good for the languages that write them as C does, with Python's and shell's '#' where `hash_comments`;
// what is interpolated into a string goes with it.
std::string code_only(std::string_view text, bool hash_comments);

}  // namespace culprit
