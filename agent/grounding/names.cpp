#include "agent/grounding/names.h"

#include <algorithm>
#include <array>

namespace culprit {
namespace {

constexpr std::array<std::string_view, 24> kSuffixes = {
    ".cs",  ".cpp", ".cc", ".c",    ".h",          ".hpp",      ".java",   ".go",
    ".rs",  ".py",  ".js", ".ts",   ".tsx",        ".nettrace", ".json",   ".txt",
    ".zst", ".gz",  ".md", ".toml", ".cpuprofile", ".xml",      ".csproj", ".data"};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_letter(char c) { return is_upper(c) || is_lower(c) || c == '_'; }
bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }
bool is_joint(char c) { return c == '.' || c == '/' || c == '-' || c == '+'; }

// The end of the word at `at`: identifiers with what joins them. A joint counts if an identifier follows.
std::size_t word_end(std::string_view text, std::size_t at) {
    std::size_t i = at;
    while (i < text.size()) {
        if (is_word(text[i])) {
            ++i;
            continue;
        }
        const std::string_view rest = text.substr(i);
        const std::size_t joint = rest.starts_with("::") || rest.starts_with("..") ? 2
                                  : is_joint(text[i])                              ? 1
                                                                                   : 0;
        if (joint == 0 || joint >= rest.size() || !is_word(rest[joint])) break;
        i += joint;
    }
    return i;
}

bool is_file(std::string_view word) {
    return std::ranges::any_of(kSuffixes, [&](std::string_view suffix) {
        return word.size() > suffix.size() && word.ends_with(suffix);
    });
}

bool has_humps(std::string_view word) {
    for (std::size_t i = 1; i + 1 < word.size(); ++i) {
        if (is_upper(word[i]) && is_lower(word[i - 1]) && is_lower(word[i + 1])) return true;
    }
    return false;
}

// "Cart.Add", "std::sort"; not "e.g", "and/or", "build-time", "read.write".
bool is_qualified(std::string_view word) {
    if (word.find("::") != std::string_view::npos) return true;
    if (word.find('/') != std::string_view::npos || word.find('-') != std::string_view::npos) return false;
    const std::size_t dot = word.find('.');
    if (dot == std::string_view::npos || dot + 1 >= word.size()) return false;
    return is_upper(word.front()) &&
           (is_upper(word[dot + 1]) || word[dot + 1] == '_' || word[dot + 1] == '.');
}

}  // namespace

std::string_view NameMention::last_part() const {
    const std::size_t joint = name.find_last_of(kind == Kind::File ? "/" : ".:+/");
    return std::string_view(name).substr(joint == std::string::npos ? 0 : joint + 1);
}

std::vector<NameMention> names_in(std::string_view text) {
    std::vector<NameMention> names;
    for (std::size_t i = 0; i < text.size();) {
        if (!is_letter(text[i]) || (i > 0 && is_word(text[i - 1]))) {
            ++i;
            continue;
        }
        const std::size_t end = word_end(text, i);
        const std::string_view word = text.substr(i, end - i);
        const bool quoted = i > 0 && text[i - 1] == '`' && end < text.size() &&
                            (text[end] == '`' || text[end] == '(' || text[end] == '<') && word.size() > 2;
        const bool called = text.substr(end).starts_with("()") && word.size() > 2;
        if (is_file(word))
            names.push_back({NameMention::Kind::File, std::string(word), i, end});
        else if (is_qualified(word) || quoted || called || has_humps(word))
            names.push_back({NameMention::Kind::Code, std::string(word), i, end});
        i = std::max(end, i + 1);
    }
    return names;
}

std::vector<Citation> citations_in(std::string_view text) {
    std::vector<Citation> citations;
    for (std::size_t open = text.find("[E"); open != std::string_view::npos;
         open = text.find("[E", open + 1)) {
        const std::size_t close = text.find(']', open);
        if (close == std::string_view::npos) break;
        std::vector<Citation> group;
        std::size_t i = open + 1;
        while (i < close && text[i] == 'E') {
            const std::size_t end = std::min(text.find_first_not_of("0123456789", i + 1), close);
            if (end == i + 1) break;
            group.push_back({std::string(text.substr(i, end - i)), open, close + 1});
            i = text.find_first_not_of(", ", end);
        }
        if (i == close) citations.insert(citations.end(), group.begin(), group.end());
    }
    return citations;
}

}  // namespace culprit
