#include "agent/render/markdown_stream.h"

#include <algorithm>
#include <array>

#include <re2/re2.h>

#include "agent/render/table.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostHeld = 2000;  // lines of a table or a stack; then what there is gets written

re2::StringPiece piece_of(std::string_view text) { return {text.data(), text.size()}; }

// Whether a line that begins so may be anything but plain text, so that it has to be waited for.
bool may_be_special(std::string_view begin) {
    const std::string_view text = trim(begin);
    if (text.empty()) return true;
    if (std::string_view("#|>`-*+=_").contains(text.front()) || (text.front() >= '0' && text.front() <= '9'))
        return true;
    return std::string_view("at ").starts_with(text) || text.starts_with("at ");
}

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

// "- ", "* ", "12. ": the length of what marks an item of a list; 0 if the line is none.
std::size_t item_mark(std::string_view text) {
    if (text.starts_with("- ") || text.starts_with("* ") || text.starts_with("+ ")) return 2;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const bool is_number = digits > 0 && digits <= 4 &&
                           (text.substr(digits).starts_with(". ") || text.substr(digits).starts_with(") "));
    return is_number ? digits + 2 : 0;
}

bool is_rule(std::string_view text) {
    return text.size() >= 3 && (text.find_first_not_of('-') == std::string_view::npos ||
                                text.find_first_not_of('*') == std::string_view::npos);
}

std::string joined(const std::vector<std::string>& lines, std::string_view indent) {
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i)
        text += (i == 0 ? "" : std::string(indent)) + lines[i] + "\n";
    return text;
}

}  // namespace

std::optional<ShownFrame> shown_frame(std::string_view line) {
    static const RE2 kFrame(R"(^\s*at (.+) \(([^()]+):line (\d+)\)(?:\s+-\s+(.*)|\s*(.*))$)");
    ShownFrame frame;
    std::string rest;
    if (!RE2::FullMatch(piece_of(line), kFrame, &frame.symbol, &frame.file, &frame.line, &frame.note, &rest))
        return std::nullopt;
    if (frame.note.empty()) frame.note = trim(rest);
    return frame;
}

std::string inked_code(std::string_view line, const ScreenStyle& style) {
    if (!style.colour) return std::string(line);
    static const RE2 kToken(
        R"re((//.*|#.*|--.*)|("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|(\b\d[\w.]*)|(\b[A-Za-z_]\w*)|([\s\S]))re");
    static constexpr std::array<std::string_view, 44> kKeywords = {
        "async",   "await",  "bool",   "break",  "case",    "catch",  "class",     "const",   "continue",
        "def",     "else",   "enum",   "false",  "finally", "fn",     "for",       "foreach", "func",
        "if",      "import", "in",     "int",    "let",     "lock",   "namespace", "new",     "null",
        "private", "public", "return", "static", "string",  "struct", "switch",    "this",    "throw",
        "true",    "try",    "using",  "var",    "void",    "while",  "with",      "yield"};
    std::string out;
    re2::StringPiece rest = piece_of(line);
    std::string comment, text, number, word, other;
    while (!rest.empty() && RE2::Consume(&rest, kToken, &comment, &text, &number, &word, &other)) {
        const bool is_keyword = std::ranges::binary_search(kKeywords, std::string_view(word));
        // '#' and "--" begin a comment in some languages alone: behind a blank or at the beginning.
        const bool is_comment =
            !comment.empty() && (comment.starts_with("//") || out.empty() || out.ends_with(' '));
        out += is_comment ? inked(comment, Ink::Dim, style) : comment;
        out += inked(text, Ink::Text, style) + inked(number, Ink::Number, style) +
               (is_keyword ? inked(word, Ink::Keyword, style) : word) + other;
    }
    return out + std::string(rest.data(), rest.size());
}

std::string MarkdownStream::feed(std::string_view piece) {
    std::string out;
    while (!piece.empty()) {
        const std::size_t end = piece.find('\n');
        const std::string_view part = piece.substr(0, end);
        if (text_) {
            out += text_->feed(part);
        } else {
            line_ += part;
            const bool is_known =
                !in_code_ && !line_.empty() && !may_be_special(line_) && trim(line_).size() > 3;
            if (is_known) {
                out += held();
                out += begin_text(std::exchange(line_, {}));
            }
        }
        if (!out.empty()) in_line_ = true;
        if (end == std::string_view::npos) break;
        if (text_) {
            out += text_->finish() + "\n";
            text_.reset();
        } else {
            out += line(std::exchange(line_, {}));
        }
        in_line_ = false;
        piece.remove_prefix(end + 1);
    }
    return out;
}

std::string MarkdownStream::begin_text(std::string_view text) {
    const std::size_t indent = std::min(indent_of(text), style_.width / 2);
    text_.emplace(style_, style_.width, indent, indent);
    return std::string(indent, ' ') + text_->feed(text.substr(indent_of(text)));
}

std::string MarkdownStream::finish() {
    std::string out;
    if (text_) {
        out = text_->finish() + "\n";
        text_.reset();
    } else if (!line_.empty()) {
        out = line(std::exchange(line_, {}));
    }
    out += held();
    in_line_ = false;
    in_code_ = false;
    return out;
}

std::string MarkdownStream::held() {
    std::string out = table_.empty() ? "" : render_table(std::exchange(table_, {}), style_);
    if (!frames_.empty()) out += frames();
    return out;
}

std::string MarkdownStream::line(std::string_view text) {
    const std::string_view body = trim(text);
    if (body.starts_with("```")) {
        std::string out = held();
        in_code_ = !in_code_;
        if (!style_.colour) out += std::string(body) + "\n";
        return out;
    }
    if (in_code_) return code_line(text);
    if (is_table_line(text)) {
        std::string out = frames_.empty() ? "" : frames();
        table_.emplace_back(text);
        return table_.size() >= kMostHeld ? out + held() : out;
    }
    if (shown_frame(text)) {
        std::string out = table_.empty() ? "" : held();
        frames_.emplace_back(text);
        return frames_.size() >= kMostHeld ? out + held() : out;
    }
    std::string out = held();
    if (body.empty()) return out + "\n";
    const std::size_t level = std::min(body.find_first_not_of('#'), body.size());
    if (level > 0 && level <= 6 && body.size() > level && body[level] == ' ') {
        if (!style_.colour) return out + std::string(body) + "\n";
        return out + inked(without_marks(trim(body.substr(level))), Ink::Heading, style_) + "\n";
    }
    if (is_rule(body)) {
        std::string rule;
        for (std::size_t i = 0; i < std::min<std::size_t>(style_.width, 40); ++i)
            rule += style_.unicode ? "─" : "-";
        return out + (style_.plain_lines ? "\n" : inked(rule, Ink::Dim, style_) + "\n");
    }
    const std::size_t indent = std::min(indent_of(text), style_.width / 2);
    if (const std::size_t mark = item_mark(body); mark > 0) {
        const bool is_number = body.front() >= '0' && body.front() <= '9';
        const std::string shown = is_number                         ? std::string(body.substr(0, mark))
                                  : style_.unicode && style_.colour ? "• "
                                                                    : "- ";
        const std::string hanging(indent + display_width(shown), ' ');
        const std::size_t room =
            style_.width > hanging.size() + 8 ? style_.width - hanging.size() : style_.width;
        return out + std::string(indent, ' ') + shown +
               joined(wrapped_inline(trim(body.substr(mark)), room, style_), hanging);
    }
    if (body.starts_with(">")) {
        const std::string bar = style_.unicode ? "│ " : "> ";
        const std::size_t room = style_.width > 10 ? style_.width - 2 : style_.width;
        std::string quote;
        for (const std::string& each : wrapped_inline(trim(body.substr(1)), room, style_))
            quote += inked(bar, Ink::Dim, style_) + each + "\n";
        return out + quote;
    }
    const std::string hanging(indent, ' ');
    const std::size_t room = style_.width > indent + 8 ? style_.width - indent : style_.width;
    return out + hanging + joined(wrapped_inline(body, room, style_), hanging);
}

// As it is, so that it can be copied: the terminal wraps what is too long.
std::string MarkdownStream::code_line(std::string_view text) { return inked_code(text, style_) + "\n"; }

// Symbol, place and note of each frame below each other; on a narrow screen place and note on lines of their
// own.
std::string MarkdownStream::frames() {
    struct Row {
        ShownFrame frame;
        std::string mark;
    };
    std::vector<Row> rows;
    std::size_t widest = 0;
    for (const std::string& text : std::exchange(frames_, {})) {
        Row row{*shown_frame(text), {}};
        const auto checked = std::ranges::find_if(checked_, [&](const CheckedFrame& each) {
            return row.frame.symbol.starts_with(each.symbol) && each.file == row.frame.file &&
                   each.line == row.frame.line;
        });
        if (checked != checked_.end()) {
            const bool good = checked->status != CheckedFrame::Status::Unverified;
            row.mark = style_.plain_lines
                           ? (good ? "verified " : "unverified ")
                           : inked(good ? (style_.unicode ? "✓ " : "+ ") : (style_.unicode ? "✗ " : "! "),
                                   good ? Ink::Good : Ink::Bad, style_);
        }
        widest = std::max(widest, shown_width(row.mark) + 3 + display_width(row.frame.symbol));
        rows.push_back(std::move(row));
    }
    std::string out;
    for (const Row& row : rows) {
        const std::string place = fmt::format("({}:line {})", row.frame.file, row.frame.line);
        const std::string link =
            linked(inked(place, Ink::Dim, style_), row.frame.file, row.frame.line, style_);
        const std::string head = fmt::format("{}at {}", row.mark, row.frame.symbol);
        if (widest + 1 + display_width(place) <= style_.width && !style_.plain_lines) {
            out += fmt::format("{}{} {}\n", head, std::string(widest - shown_width(head), ' '), link);
        } else {
            // The mark is no part of the words, so that its colour counts no columns.
            const std::size_t room = std::max<std::size_t>(style_.width, 16) - 5;
            out +=
                row.mark +
                joined(wrapped_inline(fmt::format("{}{}", style_.width < 60 ? "" : "at ", row.frame.symbol),
                                      room, style_),
                       "     ");
            const auto places = wrapped_inline(place, room, style_);
            out += places.size() == 1 ? fmt::format("     {}\n", link) : "     " + joined(places, "     ");
        }
        if (!row.frame.note.empty())
            out += "     " +
                   joined(wrapped_inline(row.frame.note, std::max<std::size_t>(style_.width, 16) - 5, style_),
                          "     ");
    }
    return out;
}

}  // namespace culprit
