#include "agent/causes.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/grounding/cited_frames.h"
#include "base/text.h"

namespace culprit {
namespace {

// The kind of a cause by the words that it is told in; the first that is met counts.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kKinds = {{
    {"deadlock", "deadlock"},
    {"starv", "starvation"},
    {"blocks a thread", "starvation"},
    {"waits for a lock", "contention"},
    {"waiting for locks", "contention"},
    {"exceptions", "exceptions"},
    {"garbage collection", "gc"},
    {"reads or writes", "io"},
    {"grows with", "growth"},
    {"it allocates", "allocation"},
    {"waits", "wait"},
    {"", "cpu"},
}};

// The lines of the section, without its heading.
std::vector<std::string_view> analysis_of(std::string_view text) {
    std::vector<std::string_view> lines;
    bool is_inside = false;
    for (const std::string_view line : split_lines(text)) {
        if (line.starts_with('#')) {
            is_inside = contains_ignoring_case(line, "root cause");
            continue;
        }
        if (is_inside) lines.push_back(line);
    }
    return lines;
}

// "3. Shop.Cart.Add: …" or "3. **`Shop.Cart.Add`** …": the number and what is named.
bool begins_item(std::string_view line, RankedCause& cause) {
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), cause.rank);
    if (error != std::errc()) return false;
    std::string_view rest(end, static_cast<std::size_t>(line.data() + line.size() - end));
    if (!rest.starts_with(". ")) return false;
    rest.remove_prefix(std::min(rest.find_first_not_of(" .*`"), rest.size()));
    cause.symbol = rest.substr(0, rest.find_first_of(" `*(,"));  // "Shop::add:" too
    while (cause.symbol.ends_with('.') || cause.symbol.ends_with(':')) cause.symbol.pop_back();
    return !cause.symbol.empty();
}

// By the sentence that says what it does, else by all that is said of it.
std::string_view kind_in(std::string_view text) {
    std::string lowered = to_lower(text);
    for (const std::string_view line : split_lines(text)) {
        if (line.starts_with("It ")) lowered = to_lower(line.substr(0, line.find(". ")));
    }
    for (const auto& [word, kind] : kKinds) {
        if (lowered.find(word) != std::string::npos) return kind;
    }
    return "cpu";
}

double share_in(std::string_view line) {
    const std::size_t grew = line.find(" % of what grew");
    const std::size_t percent = grew == line.npos ? line.find(" % of ") : grew;
    if (percent == line.npos) return 0;
    std::size_t begin = percent;
    while (begin > 0 && (std::isdigit(static_cast<unsigned char>(line[begin - 1])) || line[begin - 1] == '.'))
        --begin;
    double share = 0;
    std::from_chars(line.data() + begin, line.data() + percent, share);
    return share / 100;
}

std::string first_citation(std::string_view text) {
    for (std::size_t at = text.find("[E"); at != text.npos; at = text.find("[E", at + 1)) {
        std::size_t end = at + 2;
        while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end]))) ++end;
        if (end > at + 2) return std::string(text.substr(at + 1, end - at - 1));
    }
    return {};
}

// "FILE:line N" or "FILE:N".
void read_place(std::string_view text, RankedCause& cause) {
    for (std::size_t colon = text.find(':'); colon != text.npos; colon = text.find(':', colon + 1)) {
        std::string_view behind = text.substr(colon + 1);
        if (behind.starts_with("line ")) behind.remove_prefix(5);
        int line = 0;
        if (std::from_chars(behind.data(), behind.data() + behind.size(), line).ec != std::errc()) continue;
        const std::size_t before = text.find_last_of(" (`[", colon);
        const std::string_view file =
            text.substr(before == text.npos ? 0 : before + 1, colon - (before == text.npos ? 0 : before + 1));
        if (file.find('.') == file.npos) continue;
        cause.file = file;
        cause.line = line;
        return;
    }
}

}  // namespace

std::vector<RankedCause> causes_of(std::string_view write_up) {
    std::vector<RankedCause> causes;
    std::vector<std::string> texts;  // of each item, all its lines
    for (const std::string_view line : analysis_of(write_up)) {
        RankedCause cause;
        if (begins_item(line, cause) && cause.rank == static_cast<int>(causes.size()) + 1) {
            cause.share = share_in(line);
            causes.push_back(std::move(cause));
            texts.emplace_back();
        }
        if (!texts.empty()) texts.back() += std::string(line) + '\n';
    }
    const std::vector<CitedStack> stacks = cited_stacks(write_up);
    for (std::size_t i = 0; i < causes.size(); ++i) {
        RankedCause& cause = causes[i];
        cause.kind = kind_in(texts[i]);
        cause.evidence = first_citation(texts[i]);
        read_place(texts[i], cause);
        for (const CitedStack& stack : stacks) {
            const CitedFrame& innermost = stack.back();
            if (innermost.symbol != replace_all(cause.symbol, "::", ".") || innermost.file.empty()) continue;
            cause.file = innermost.file;
            cause.line = innermost.line;
            break;
        }
    }
    return causes;
}

}  // namespace culprit
