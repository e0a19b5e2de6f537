#include "tools/source/csharp/rewrite.h"

#include <algorithm>

#include "tools/source/words.h"

namespace culprit::csharp {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

char next_sign(std::string_view text, std::size_t place) {
    while (place < text.size() && is_blank(text[place])) ++place;
    return place < text.size() ? text[place] : '\0';
}

// The place of the last byte before `place` that is no blank.
std::size_t before(std::string_view text, std::size_t place) {
    while (place > 0 && is_blank(text[place - 1])) --place;
    return place == 0 ? std::string_view::npos : place - 1;
}

constexpr std::string_view kAsync = "async", kAllows = "allows ref struct", kAllowed = "struct           ";
static_assert(kAllows.size() == kAllowed.size());

// A word or a bracket stands behind the modifier `async`; a sign only behind the name.
bool is_name(std::string_view text, std::size_t place) {
    const std::size_t end = place + kAsync.size();
    if (place > 0 && is_in_word(text[place - 1])) return false;
    if (end < text.size() && is_in_word(text[end])) return false;
    return std::string_view(",);=:.?&|!]}+").find(next_sign(text, end)) != std::string_view::npos;
}

// "a?[i] = x", "a?.B = x": the sign behind what is accessed, up to the "=".
bool is_assigned(std::string_view text, std::size_t question) {
    std::size_t end = question + 1;
    int depth = 0;
    for (; end < text.size() && end - question < 200; ++end) {
        const char c = text[end];
        if (c == '[' || c == '(') ++depth;
        if (c == ']' || c == ')') --depth;
        if (depth < 0) return false;
        if (depth == 0 && !is_in_word(c) && c != '.' && c != ']' && c != ')' && !is_blank(c)) break;
    }
    const std::string_view rest = text.substr(std::min(end, text.size()));
    if (rest.starts_with("+=") || rest.starts_with("-=") || rest.starts_with("|=") ||
        rest.starts_with("?"
                         "?="))
        return true;
    return rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>");
}

// "$@\"\"\"a\"\"\"": what looks like the quotes of a raw string are escaped quotes here. `place` is behind
// the opening one; the escaped ones become apostrophes.
void rewrite_escaped_quotes(std::string& text, std::size_t place) {
    int depth = 0;  // in how many holes: {a}
    for (; place < text.size(); ++place) {
        const char c = text[place], next = place + 1 < text.size() ? text[place + 1] : '\0';
        if (depth > 0) {
            depth += (c == '{') - (c == '}');
        } else if (c == '{' || c == '"') {
            if (next == c) {
                if (c == '"') text[place] = text[place + 1] = '\'';
                ++place;
            } else if (c == '"') {
                return;
            } else {
                ++depth;
            }
        }
    }
}

}  // namespace

bool rewrite_words(std::string_view text, std::string& out) {
    bool changed = false;
    const auto put = [&](std::size_t place, std::string_view words) {
        if (!changed) out = text;
        changed = true;
        out.replace(place, words.size(), words);
    };
    for (auto i = text.find(kAsync); i != text.npos; i = text.find(kAsync, i + 1)) {
        if (is_name(text, i)) put(i, "asynk");
    }
    for (auto i = text.find(kAllows); i != text.npos; i = text.find(kAllows, i + 1)) put(i, kAllowed);
    for (const std::string_view verbatim : {"$@\"\"\"", "@$\"\"\""}) {
        for (auto i = text.find(verbatim); i != text.npos; i = text.find(verbatim, i + 1)) {
            put(i, verbatim.substr(0, 3));
            rewrite_escaped_quotes(out, i + 3);
        }
    }
    for (auto i = text.find('?'); i != text.npos; i = text.find('?', i + 1)) {
        if (i + 1 >= text.size() || i == 0 || (text[i + 1] != '.' && text[i + 1] != '[')) continue;
        const bool follows_value = is_in_word(text[i - 1]) || text[i - 1] == ']' || text[i - 1] == ')';
        if (follows_value && next_sign(text, i + 2) != ']' && is_assigned(text, i)) put(i, " ");
    }
    return changed;
}

namespace {

// A value can stand where a bracket opens behind this byte, a declaration cannot.
bool expects_value(std::string_view text, std::size_t place) {
    const std::size_t last = before(text, place);
    if (last == text.npos || (text[last] == '?' && last + 1 == place)) return false;  // "a?[i]"
    if (std::string_view("(,=>?:{").find(text[last]) != std::string_view::npos) return true;
    return last >= 5 && text.substr(last - 5, 6) == "return";
}

std::size_t closing(std::string_view text, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < text.size() && i - open < 4000; ++i) {
        if (text[i] == '[') ++depth;
        if (text[i] == ']' && --depth == 0) return i;
        if (text[i] == ';' || text[i] == '"') break;
    }
    return text.npos;
}

}  // namespace

namespace {

// "*" in front of a pointer: "return *((Guid*)p);", "*p++ = 1;".
bool is_dereference(std::string_view text, std::size_t star) {
    const char next = next_sign(text, star + 1);
    if (next != '(' && !starts_word(next)) return false;
    const std::size_t last = before(text, star);
    if (last == text.npos || (text[last] == '/' && last + 1 == star)) return false;  // a comment begins
    if (std::string_view("=(,;{}:?|&<!+-[").find(text[last]) != std::string_view::npos) return true;
    return last >= 5 && text.substr(last - 5, 6) == "return";
}

// The "=" or "+=" of a statement that begins at `begin` and assigns.
std::size_t assignment(std::string_view text, std::size_t begin) {
    const std::size_t last = before(text, begin);
    if (last == text.npos || std::string_view(";{})").find(text[last]) == std::string_view::npos)
        return text.npos;
    int depth = 0;
    for (std::size_t i = begin; i + 1 < text.size() && i - begin < 300 && text[i] != ';' && text[i] != '"';
         ++i) {
        if (text[i] == '(' || text[i] == '[') ++depth;
        if (text[i] == ')' || text[i] == ']') --depth;
        if (depth != 0 || text[i] != '=') continue;
        if (text[i + 1] == '=' || text[i + 1] == '>') return text.npos;
        return std::string_view("+-|&^").find(text[i - 1]) != std::string_view::npos ? i - 1 : i;
    }
    return text.npos;
}

}  // namespace

std::string rewrite_brackets(std::string text) {
    for (std::size_t i = text.find('*'); i != text.npos; i = text.find('*', i + 1)) {
        if (!is_dereference(text, i)) continue;
        text[i] = ' ';
        const std::size_t sign = assignment(text, i);
        if (sign == text.npos) continue;
        std::fill(text.begin() + static_cast<std::ptrdiff_t>(i),
                  text.begin() + static_cast<std::ptrdiff_t>(sign), ' ');
        text[i] = '_';  // what is written to is no matter to the index
    }
    for (std::size_t i = text.find('['); i != text.npos; i = text.find('[', i + 1)) {
        if (!expects_value(text, i)) continue;
        const std::size_t close = closing(text, i);
        if (close == text.npos || close == i + 1) continue;
        const char next = next_sign(text, close + 1);
        if (std::string_view(",);.!?=").find(next) == std::string_view::npos) continue;
        text[i] = '(';
        text[close] = ')';
    }
    constexpr std::string_view kAndNot = " and not ";
    for (std::size_t i = text.find(kAndNot); i != text.npos; i = text.find(kAndNot, i + 1)) {
        std::size_t end = i + kAndNot.size();
        while (end < text.size() && (is_in_word(text[end]) || text[end] == '.')) ++end;
        std::fill(text.begin() + static_cast<std::ptrdiff_t>(i),
                  text.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    }
    return text;
}

}  // namespace culprit::csharp
