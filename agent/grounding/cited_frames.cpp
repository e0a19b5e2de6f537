#include "agent/grounding/cited_frames.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kLongestLine = 4000;

// The line without indentation, list mark and code mark.
std::string_view without_marks(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.starts_with("- ") || line.starts_with("* ")) line.remove_prefix(2);
    const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
    if (digits > 0 && line.substr(digits).starts_with(". ")) line.remove_prefix(digits + 2);
    line.remove_prefix(std::min(line.find_first_not_of(" `"), line.size()));
    return line;
}

// "path/File.cs:line 12" or "path/File.cs:12" at the end of `text`; the file may hold no blank.
struct Place {
    std::string_view file, number;
};
std::optional<Place> place_at_end(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view number = text.substr(colon + 1);
    if (number.starts_with("line ")) number.remove_prefix(5);
    const std::string_view before = text.substr(0, colon);
    const std::size_t blank = before.find_last_of(" (");
    const std::string_view file = blank == std::string_view::npos ? before : before.substr(blank + 1);
    const bool is_number = !number.empty() && number.size() < 9 &&
                           std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number || file.find('.') == std::string_view::npos) return std::nullopt;
    return Place{file, number};
}

// The place in the first bracket of the line that holds one, or after " in ".
struct Found {
    Place place;
    std::size_t begin;  // of what belongs to the place, in the line
};
std::optional<Found> find_place(std::string_view line) {
    for (std::size_t open = line.find('('); open != std::string_view::npos; open = line.find('(', open + 1)) {
        const std::size_t close = line.find_first_of("()", open + 1);
        if (close == std::string_view::npos || line[close] == '(') continue;
        if (const auto place = place_at_end(line.substr(open + 1, close - open - 1)))
            return Found{*place, open};
    }
    const std::size_t in = line.find(" in ");
    if (in == std::string_view::npos) return std::nullopt;
    const std::size_t number = line.find(":line ", in);
    if (number == std::string_view::npos) return std::nullopt;
    const std::size_t end = std::min(line.find_first_not_of("0123456789", number + 6), line.size());
    if (const auto place = place_at_end(line.substr(in + 4, end - in - 4))) return Found{*place, in};
    return std::nullopt;
}

// The symbol of "Ns.Type.Method(int, string) …": up to the bracket of its arguments. "<Main>b__0()" has none
// before.
std::string_view symbol_of(std::string_view text) {
    text = text.substr(0, text.find('('));
    text = trim(text.substr(0, text.find(" - ")));
    while (text.starts_with('`')) text.remove_prefix(1);
    while (text.ends_with('`')) text.remove_suffix(1);
    return text;
}

// "(string sku, int)" of "Ns.Type.Method(string sku, int) …".
std::string_view arguments_of(std::string_view text) {
    const std::size_t open = text.find('(');
    int depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')' && --depth == 0) return text.substr(open, i + 1 - open);
    }
    return {};
}

std::optional<CitedFrame> parse_frame(std::string_view text, std::size_t begin, std::size_t end) {
    if (end - begin > kLongestLine) return std::nullopt;
    const std::string_view line = without_marks(text.substr(begin, end - begin));
    if (!line.starts_with("at ")) return std::nullopt;
    const std::string_view rest = line.substr(3);
    CitedFrame frame{.symbol = std::string(symbol_of(rest)), .line_begin = begin, .line_end = end};
    if (const auto found = find_place(rest)) {
        frame.symbol = symbol_of(rest.substr(0, found->begin));
        frame.arguments = arguments_of(rest.substr(0, found->begin));
        frame.file = found->place.file;
        std::from_chars(found->place.number.data(), found->place.number.data() + found->place.number.size(),
                        frame.line);
        frame.number_begin = static_cast<std::size_t>(found->place.number.data() - text.data());
        frame.number_end = frame.number_begin + found->place.number.size();
    } else if (rest.find('(') == std::string_view::npos || frame.symbol.find(' ') != std::string::npos) {
        return std::nullopt;  // prose: "at most five (5) of them"
    } else {
        frame.arguments = arguments_of(rest);
    }
    if (frame.symbol.empty()) return std::nullopt;
    return frame;
}

}  // namespace

std::vector<CitedStack> cited_stacks(std::string_view text) {
    std::vector<CitedStack> stacks;
    CitedStack stack;
    const auto close = [&] {
        if (std::ranges::any_of(stack, [](const CitedFrame& frame) { return !frame.file.empty(); })) {
            stacks.push_back(std::move(stack));
        }
        stack.clear();
    };
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        if (auto frame = parse_frame(text, begin, end))
            stack.push_back(*std::move(frame));
        else
            close();
        begin = end + 1;
    }
    close();
    return stacks;
}

bool cites_frame(std::string_view line) {
    const auto frame = parse_frame(line, 0, line.size());
    return frame && !frame->file.empty();
}

bool could_cite_frame(std::string_view partial_line) {
    const std::string_view rest = without_marks(partial_line);
    return rest.starts_with("at ") || std::string_view("at ").starts_with(rest) ||
           rest.find_first_not_of("-*0123456789. ") == std::string_view::npos;
}

}  // namespace culprit
