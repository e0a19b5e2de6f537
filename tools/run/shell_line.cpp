#include "tools/run/shell_line.h"

#include <algorithm>
#include <array>

namespace culprit {
namespace {

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::unexpected<Error> opaque(std::string_view what) {
    return fail(Fault::Invalid, "{} in the line could run anything", what);
}

struct Word {
    std::string text;
    bool literal = true;  // it stands for just itself
    bool quoted = false;  // some of it was in quotes or escaped
};

class Parser {
  public:
    explicit Parser(std::string_view line) : line_(line) {}

    Result<std::vector<ShellCommand>> parse() {
        const auto is_control = [](char c) {
            return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n';
        };
        if (std::ranges::any_of(line_, is_control)) return opaque("a control character");
        while (at_ < line_.size()) TRY_OK(step());
        TRY_OK(end_command(false));
        return std::move(commands_);
    }

  private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < line_.size() ? line_[at_ + ahead] : '\0'; }

    bool take(std::string_view text) {
        if (!line_.substr(at_).starts_with(text)) return false;
        at_ += text.size();
        return true;
    }

    Result<> step() {
        if (is_blank(peek()) || take("\\\n")) {
            at_ += is_blank(peek()) ? 1 : 0;
            return {};
        }
        if (peek() == '#') {
            at_ = std::min(line_.find('\n', at_), line_.size());
            return {};
        }
        if (take(";;") || take(";&")) return opaque("';;'");
        if (take("&&")) return end_command(true);
        if (line_.substr(at_).starts_with("&>")) return redirect();
        for (const std::string_view end : {"||", "|&", "|", ";", "&", "\n"})
            if (take(end)) return end_command(false);
        if (peek() == '<' || peek() == '>') return redirect();
        TRY(Word word, take_word());
        const bool is_number = !word.quoted && std::ranges::all_of(word.text, is_digit);
        if (is_number && (peek() == '<' || peek() == '>')) return redirect();
        return add(std::move(word));
    }

    Result<> add(Word word) {
        if (command_.words.empty()) {
            if (is_assignment(word)) {
                command_.assignments.push_back(std::move(word.text));
                return {};
            }
            if (is_keyword(word.text)) return opaque(fmt::format("'{}'", word.text));
        }
        if (word.literal && command_.literal == command_.words.size()) ++command_.literal;
        command_.words.push_back(std::move(word.text));
        return {};
    }

    static bool is_assignment(const Word& word) {
        const std::size_t equals = word.text.find('=');
        if (equals == std::string::npos || equals == 0 || !is_name_start(word.text.front())) return false;
        std::string_view name = std::string_view(word.text).substr(0, equals);
        if (name.ends_with('+')) name.remove_suffix(1);
        return std::ranges::all_of(name, [](char c) { return is_name_start(c) || is_digit(c); });
    }

    static bool is_keyword(std::string_view word) {
        static constexpr std::array<std::string_view, 19> kKeywords = {
            "if",    "then", "else",   "elif",     "fi", "do", "done", "case", "esac",  "while",
            "until", "for",  "select", "function", "{",  "}",  "!",    "[[",   "coproc"};
        return std::ranges::find(kKeywords, word) != kKeywords.end();
    }

    Result<> end_command(bool next_follows) {
        const bool is_empty = command_.words.empty() && command_.assignments.empty();
        if (is_empty && !command_.writes_to.empty()) command_.words.emplace_back(":");
        if (!is_empty || !command_.words.empty()) commands_.push_back(std::move(command_));
        command_ = {};
        command_.follows = next_follows;
        return {};
    }

    // At "<", ">" or "&>", after the number of the descriptor if there is one.
    Result<> redirect() {
        if (take("<<")) return opaque("a here-document");
        if (peek(1) == '(') return opaque("a process substitution");
        const bool writes = take("&>>") || take("&>") || take(">>") || take(">|") || take("<>");
        const bool copies = !writes && (take(">&") || take("<&"));
        const bool reads = !writes && !copies && peek() == '<';
        if (!writes && !copies) ++at_;
        while (is_blank(peek())) ++at_;
        TRY(const Word target, take_word());
        if (target.text.empty()) return opaque("a redirection to nowhere");
        const bool is_descriptor =
            copies && std::ranges::all_of(target.text, [](char c) { return is_digit(c) || c == '-'; });
        if (is_descriptor || reads) return {};
        if (!target.literal) return opaque("a redirection to a file that is not named outright");
        if (target.text != "/dev/null") command_.writes_to.push_back(target.text);
        return {};
    }

    Result<Word> take_word() {
        Word word;
        while (at_ < line_.size()) {
            const char c = peek();
            if (is_blank(c) || std::string_view("\n;&|<>").contains(c)) break;
            if (c == '(' || c == ')') return opaque("a parenthesis");
            if (c == '`') return opaque("a command substitution");
            if (c == '\'') {
                TRY_OK(take_single(word));
            } else if (c == '"') {
                TRY_OK(take_double(word));
            } else if (c == '$') {
                TRY_OK(take_dollar(word, false));
            } else if (c == '\\') {
                take_escape(word);
            } else {
                const bool expands =
                    std::string_view("*?[]{}").contains(c) || (c == '~' && word.text.empty());
                if (expands) word.literal = false;
                word.text += c;
                ++at_;
            }
        }
        return word;
    }

    void take_escape(Word& word) {
        ++at_;
        word.quoted = true;
        if (at_ == line_.size()) word.literal = false;  // shells differ in what it means
        if (at_ < line_.size() && line_[at_] != '\n') word.text += line_[at_];
        if (at_ < line_.size()) ++at_;
    }

    Result<> take_single(Word& word) {
        const std::size_t end = line_.find('\'', at_ + 1);
        if (end == std::string_view::npos) return opaque("a quote without end");
        word.text += line_.substr(at_ + 1, end - at_ - 1);
        word.quoted = true;
        at_ = end + 1;
        return {};
    }

    Result<> take_double(Word& word) {
        word.quoted = true;
        ++at_;
        for (;;) {
            const char c = peek();
            if (at_ >= line_.size()) return opaque("a quote without end");
            if (c == '"') break;
            if (c == '`') return opaque("a command substitution");
            if (c == '$') {
                TRY_OK(take_dollar(word, true));
            } else if (c == '\\' && std::string_view("$`\"\\\n").contains(peek(1)) && peek(1) != '\0') {
                if (peek(1) != '\n') word.text += peek(1);
                at_ += 2;
            } else {
                word.text += c;
                ++at_;
            }
        }
        ++at_;
        return {};
    }

    // A variable is only its value; everything else after a "$" may run something.
    Result<> take_dollar(Word& word, bool in_quotes) {
        const std::size_t start = at_++;
        const char c = peek();
        if (c == '(' || c == '[') return opaque("a command substitution");
        if (!in_quotes && (c == '\'' || c == '"')) return opaque("a quote of the shell's own kind");
        const bool braced = take("{");
        const std::size_t name = at_;
        if (is_name_start(peek()))
            while (is_name_start(peek()) || is_digit(peek())) ++at_;
        else if (is_digit(peek()) || (peek() != '\0' && std::string_view("@*#?-$!").contains(peek())))
            ++at_;
        if (braced && (at_ == name || !take("}"))) return opaque("a parameter expansion");
        word.literal = word.literal && at_ == name;  // a lone "$" is itself
        word.text += line_.substr(start, at_ - start);
        return {};
    }

    std::string_view line_;
    std::size_t at_ = 0;
    ShellCommand command_;
    std::vector<ShellCommand> commands_;
};

}  // namespace

Result<std::vector<ShellCommand>> parse_shell_line(std::string_view line) { return Parser(line).parse(); }

std::vector<std::string> crude_words(std::string_view line) {
    std::vector<std::string> words(1);
    for (const char c : line) {
        if (std::string_view("'\"\\").contains(c)) continue;
        const bool ends = std::string_view(" \t\n\r;&|<>(){}`$=,").contains(c) || c == '\0';
        if (!ends)
            words.back() += c;
        else if (!words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

}  // namespace culprit
