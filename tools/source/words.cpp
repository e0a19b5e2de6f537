#include "tools/source/words.h"

#include <algorithm>
#include <string>

#include "tools/source/segment.h"

namespace culprit {

std::vector<std::uint32_t> word_hashes(std::string_view text) {
    std::vector<std::uint32_t> hashes;
    each_word(text, [&](std::string_view word) { hashes.push_back(word_hash(word)); });
    std::ranges::sort(hashes);
    hashes.erase(std::ranges::unique(hashes).begin(), hashes.end());
    return hashes;
}

namespace {

// The end of the literal that begins at `i` with a quote.
std::size_t literal_end(std::string_view text, std::size_t i) {
    const char quote = text[i];
    if (text.substr(i).starts_with("\"\"\"")) {
        const auto end = text.find("\"\"\"", i + 3);
        return end == text.npos ? text.size() : end + 3;
    }
    const bool is_verbatim =
        quote == '"' && i > 0 && (text[i - 1] == '@' || (text[i - 1] == '$' && i > 1 && text[i - 2] == '@'));
    for (std::size_t end = i + 1; end < text.size(); ++end) {
        if (is_verbatim && text[end] == '"' && end + 1 < text.size() && text[end + 1] == '"')
            ++end;
        else if (text[end] == quote)
            return end + 1;
        else if (!is_verbatim && text[end] == '\\')
            ++end;
        else if (!is_verbatim && text[end] == '\n' && quote != '`')
            return end;
    }
    return text.size();
}

}  // namespace

std::string code_only(std::string_view text, bool hash_comments) {
    std::string code(text);
    const auto blank = [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < std::min(end, code.size()); ++i) {
            if (code[i] != '\n') code[i] = ' ';
        }
        return std::max(end, begin + 1);
    };
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = text.substr(i);
        if (rest.starts_with("//") || (hash_comments && rest.front() == '#')) {
            i = blank(i, std::min(text.find('\n', i), text.size()));
        } else if (rest.starts_with("/*")) {
            const auto end = text.find("*/", i + 2);
            i = blank(i, end == text.npos ? text.size() : end + 2);
        } else if (rest.front() == '"' || rest.front() == '\'' || rest.front() == '`') {
            i = blank(i, literal_end(text, i));
        } else {
            ++i;
        }
    }
    return code;
}

}  // namespace culprit
