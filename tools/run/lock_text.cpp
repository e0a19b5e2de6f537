#include "tools/run/lock_text.h"

#include <algorithm>

namespace culprit {
namespace {

// The text with comments and literals made blank, so that positions and lines stay.
std::string code_of(std::string_view text) {
    enum class In { Code, LineComment, BlockComment, String, Verbatim, Char } in = In::Code;
    std::string code(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i], next = i + 1 < text.size() ? text[i + 1] : '\0';
        const In before = in;
        std::size_t length = 1;
        switch (in) {
            case In::Code:
                if (c == '/' && next == '/') in = In::LineComment;
                if (c == '/' && next == '*') in = In::BlockComment, length = 2;
                if (c == '"')
                    in = i > 0 && (text[i - 1] == '@' || (i > 1 && text[i - 2] == '@')) ? In::Verbatim
                                                                                        : In::String;
                if (c == '\'') in = In::Char;
                break;
            case In::LineComment:
                if (c == '\n') in = In::Code;
                break;
            case In::BlockComment:
                if (c == '*' && next == '/') in = In::Code, length = 2;
                break;
            case In::String:
            case In::Char:
                if (c == '\\') length = 2;
                if (c == (in == In::String ? '"' : '\'') || c == '\n') in = In::Code;
                break;
            case In::Verbatim:
                if (c == '"' && next == '"')
                    length = 2;
                else if (c == '"')
                    in = In::Code;
                break;
        }
        if (before == In::Code && in == In::Code) continue;
        for (std::size_t end = std::min(i + length, text.size()), at = i; at < end; ++at) {
            if (code[at] != '\n') code[at] = ' ';
        }
        i += length - 1;
    }
    return code;
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

// The position behind the bracket that closes the one at `open`, or the end.
std::size_t behind_closing(std::string_view code, std::size_t open, char opening, char closing) {
    int depth = 0;
    for (std::size_t i = open; i < code.size(); ++i) {
        if (code[i] == opening) ++depth;
        if (code[i] == closing && --depth == 0) return i + 1;
    }
    return code.size();
}

std::string object_of(std::string_view expression) {
    std::string object;
    for (const char c : expression) {
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') object += c;
    }
    object = object.substr(0, object.find(','));  // Monitor.Enter(x, ref taken)
    return object.starts_with("this.") ? object.substr(5) : object;
}

int line_at(std::string_view code, std::size_t position, int first_line) {
    return first_line + static_cast<int>(std::count(
                            code.begin(), code.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
}

// The last position of what the statement behind a closed parenthesis guards.
std::size_t end_of_guarded(std::string_view code, std::size_t from) {
    const std::size_t start = code.find_first_not_of(" \t\r\n", from);
    if (start == std::string_view::npos) return code.size();
    if (code[start] == '{') return behind_closing(code, start, '{', '}');
    return std::min(code.find(';', start), code.size());
}

std::size_t end_of_monitor(std::string_view code, std::size_t from, const std::string& object) {
    for (std::size_t at = code.find("Monitor.Exit", from); at != std::string_view::npos;
         at = code.find("Monitor.Exit", at + 1)) {
        const std::size_t open = code.find('(', at);
        if (open == std::string_view::npos) break;
        const std::size_t end = behind_closing(code, open, '(', ')');
        if (object_of(code.substr(open + 1, end - open - 2)) == object) return at;
    }
    return code.size();
}

}  // namespace

std::vector<LockStatement> lock_statements(std::string_view text, int first_line) {
    const std::string code = code_of(text);
    const std::string_view view = code;
    std::vector<LockStatement> found;
    for (const std::string_view word : {"lock", "Monitor.Enter"}) {
        for (std::size_t at = view.find(word); at != std::string_view::npos;
             at = view.find(word, at + word.size())) {
            const std::size_t open = view.find_first_not_of(" \t\r\n", at + word.size());
            const bool is_call =
                (at == 0 || !is_word(view[at - 1])) && open != std::string_view::npos && view[open] == '(';
            if (!is_call) continue;
            const std::size_t end = behind_closing(view, open, '(', ')');
            if (end <= open + 1) continue;
            LockStatement statement{.object = object_of(view.substr(open + 1, end - open - 2)),
                                    .line = line_at(view, at, first_line),
                                    .begin = at};
            statement.end = std::min(
                word == "lock" ? end_of_guarded(view, end) : end_of_monitor(view, end, statement.object),
                view.size());
            statement.last_line = line_at(view, statement.end, first_line);
            if (!statement.object.empty()) found.push_back(std::move(statement));
        }
    }
    std::ranges::sort(found, {}, &LockStatement::begin);
    return found;
}

}  // namespace culprit
