#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/text.h"
#include "tools/investigate/hypotheses.h"
#include "tools/investigate/kinds.h"
#include "tools/investigate/sides.h"

namespace culprit {
namespace {

constexpr std::size_t kLongestPath = 16;

Place place_of(const Json& symbol) {
    const std::string signature = text_at(symbol, "signature");
    const std::size_t bracket = signature.find('(');
    return {.symbol = text_at(symbol, "symbol"),
            .arguments = bracket == std::string::npos ? "" : signature.substr(bracket),
            .root = text_at(symbol, "root"),
            .file = text_at(symbol, "root") + "/" + text_at(symbol, "file"),
            .line = static_cast<int>(integer_at(symbol, "line")),
            .first_line = static_cast<int>(integer_at(symbol, "first_line")),
            .last_line = static_cast<int>(integer_at(symbol, "end_line"))};
}

// The definition of a member in one root ("" for any), with its text.
std::optional<Place> find_place(Inquiry& inquiry, const std::string& symbol, const std::string& root) {
    Json arguments = {{"name", symbol}, {"exact", true}};
    if (!root.empty()) arguments["in"] = root;
    for (const Json& each : member(inquiry.data("find_symbol", arguments), "symbols")) {
        Place place = place_of(each);
        const ToolResult* text = inquiry.ask(
            "read_file", {{"path", place.file}, {"first", place.first_line}, {"last", place.last_line}});
        if (text && text->fault.empty()) place.body = numbered_lines(text->text);
        return place;
    }
    return std::nullopt;
}

// The place that calls `place`: of several the surest.
std::optional<Step> caller_of(const Json& callers, const std::string& root) {
    const Json* best = nullptr;
    const auto rank = [](const Json& target) {
        const std::string certainty = text_at(target, "certainty");
        return certainty == "exact" ? 0 : certainty == "likely" ? 1 : 2;
    };
    for (const char* list : {"targets", "through_bases"}) {
        for (const Json& target : member(callers, list)) {
            if (text_at(target, "root") != root || text_at(target, "symbol").empty()) continue;
            if (!best || rank(target) < rank(*best)) best = &target;
        }
        if (best) break;
    }
    if (!best) return std::nullopt;
    return Step{.symbol = text_at(*best, "symbol"),
                .arguments = "",
                .file = root + "/" + text_at(*best, "file"),
                .line = static_cast<int>(integer_at(*best, "line"))};
}

// Walks from the suspect outwards, one answer at a time.
void walk_outwards(Inquiry& inquiry, Suspect& suspect) {
    std::string place = fmt::format("{}:{}", suspect.place->file, suspect.place->line);
    std::set<std::string> seen = {suspect.place->symbol};
    while (suspect.path.size() < kLongestPath) {
        const Json& callers = inquiry.data("callers", {{"name", place}});
        const Json& definitions = member(callers, "definitions");
        if (!suspect.path.empty() && definitions.is_array() && !definitions.empty()) {
            suspect.path.front().arguments = place_of(definitions.front()).arguments;
        }
        const auto step = caller_of(callers, suspect.place->root);
        if (!step || !seen.insert(step->symbol).second) return;
        suspect.path.insert(suspect.path.begin(), *step);
        place = fmt::format("{}:{}", step->file, step->line);
    }
}

bool is_code(std::string_view line) {
    line = trim(line);
    return !line.empty() && line.find_first_not_of("{}();") != std::string_view::npos &&
           !line.starts_with("//");
}

// The words in the text of a line that call, or otherwise lead to, what is named so: "Enter_Slowpath" of
// Monitor is a lock, "Concat" of String a plus sign.
bool leads_to(std::string_view line, std::string_view leaf) {
    const std::string symbol = plain_symbol(leaf);
    const std::size_t dot = symbol.rfind('.');
    if (dot == std::string::npos) return line.find(symbol + "(") != std::string_view::npos;
    const std::string_view method = std::string_view(symbol).substr(dot + 1);
    const std::string_view owner = std::string_view(symbol).substr(0, dot);
    const std::string_view type = owner.substr(owner.rfind('.') + 1);
    if (type == "Monitor" && contains_word(line, "lock")) return true;
    if (type == "Lock" && contains_word(line, "lock")) return true;
    if (type == "String" && method == "Concat") {
        return line.find("+=") != std::string_view::npos || line.find("\" +") != std::string_view::npos ||
               line.find("+ \"") != std::string_view::npos;
    }
    if (method == "ctor" || method == ".ctor" || method == "Ctor") {
        return line.find("new " + std::string(type)) != std::string_view::npos;
    }
    return contains_word(line, method) && line.find('(') != std::string_view::npos;
}

// C#'s own names of types: an array of System.Byte is made by "new byte[".
std::string_view keyword_of(std::string_view type) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kKeywords = {{
        {"Byte", "byte"},
        {"SByte", "sbyte"},
        {"Int16", "short"},
        {"UInt16", "ushort"},
        {"Int32", "int"},
        {"UInt32", "uint"},
        {"Int64", "long"},
        {"UInt64", "ulong"},
        {"Single", "float"},
        {"Double", "double"},
        {"Char", "char"},
        {"Boolean", "bool"},
        {"Decimal", "decimal"},
    }};
    const auto found =
        std::ranges::find(kKeywords, type, &std::pair<std::string_view, std::string_view>::first);
    return found == kKeywords.end() ? type : found->second;
}

// Whether the text of a line makes objects of a type, as the runtime names it: "System.Byte[]", "Shop.Cart".
bool makes(std::string_view line, std::string_view type) {
    const bool is_array = type.ends_with("[]");
    if (is_array) type.remove_suffix(2);
    type = type.substr(0, type.find_first_of("`<["));
    const std::string_view simple = type.substr(type.rfind('.') + 1);
    if (!is_array && type == "System.String") {
        return line.find("$\"") != std::string_view::npos || line.find("+=") != std::string_view::npos ||
               line.find("string.") != std::string_view::npos || contains_word(line, "ToString");
    }
    const std::string made = fmt::format("new {}", keyword_of(simple));
    const std::size_t at = line.find(made);
    if (at == std::string_view::npos) return false;
    const std::string_view behind = line.substr(at + made.size());
    return is_array == behind.starts_with('[') || behind.starts_with('<');
}

bool begins_loop(std::string_view line) {
    line = trim(line);
    return line.starts_with("for ") || line.starts_with("for(") || line.starts_with("foreach") ||
           line.starts_with("while") || line.starts_with("do ") || line == "do";
}

// Which costs of find_patterns fit what a suspect spends.
bool fits(const Suspect& suspect, std::string_view pattern_cost) {
    return std::ranges::any_of(suspect.costs, [&](const Cost& cost) {
        return contains_word(cost.dimension->patterns, pattern_cost);
    });
}

// The patterns in the suspect's text.
void read_findings(Inquiry& inquiry, Suspect& suspect) {
    const std::string where = fmt::format("{}:{}", suspect.place->file, suspect.place->line);
    const ToolResult* result = inquiry.ask("find_patterns", {{"in", Json::array({where})}});
    if (!result || !result->fault.empty()) return;
    for (const Json& hit : member(result->data, "hits")) {
        if (!fits(suspect, text_at(hit, "cost"))) continue;
        suspect.findings_evidence = result->evidence;
        suspect.findings.push_back({.file = text_at(hit, "root") + "/" + text_at(hit, "file"),
                                    .line = static_cast<int>(integer_at(hit, "line")),
                                    .title = text_at(hit, "title"),
                                    .why = text_at(hit, "why"),
                                    .fix = text_at(hit, "fix")});
    }
}

// The kinds of cost that a suspect has, as rules name them.
std::vector<std::string> kinds_of(const Suspect& suspect) {
    std::vector<std::string> kinds;
    for (const Cost& cost : suspect.costs) {
        const std::string_view metric = cost.dimension->metric;
        if (!metric.empty()) kinds.emplace_back(metric == "allocations" ? "allocation" : metric);
    }
    if (const CostKind* kind = cost_kind(suspect)) {
        kinds.emplace_back(kind->cause);
        if (kind->what == "builds strings") kinds.emplace_back("strings");
        if (kind->what == "copies memory") kinds.emplace_back("copies");
        if (kind->what == "matches regular expressions") kinds.emplace_back("regex");
    }
    for (const Finding& finding : suspect.findings) {
        if (contains_word(finding.title, "LINQ")) kinds.emplace_back("linq");
        if (contains_ignoring_case(finding.title, "blocking on")) kinds.emplace_back("starvation");
    }
    return kinds;
}

// Whether nothing in its text has changed since the state before.
bool is_as_before(const Suspect& suspect) {
    if (!suspect.place || !suspect.baseline || suspect.baseline->body.empty()) return false;
    return new_lines(suspect.place->body, suspect.baseline->body).empty() &&
           new_lines(suspect.baseline->body, suspect.place->body).empty();
}

// What costs more though its text is the same suffers from an edit elsewhere: it counts half beside those
// that were edited. Costs of other kinds stay behind each other as they are.
void put_edited_first(std::vector<Suspect>& suspects) {
    const auto order = [](const Suspect& suspect) {
        if (suspect.costs.empty()) return std::pair(std::ptrdiff_t{0}, 0.0);
        const Cost& cost = suspect.costs.front();
        const double explains = cost.sum().explains;
        return std::pair(cost.dimension - dimensions().data(),
                         is_as_before(suspect) ? -explains / 2 : -explains);
    };
    std::ranges::stable_sort(suspects, {}, order);
}

}  // namespace

std::vector<SourceLine> numbered_lines(std::string_view text) {
    std::vector<SourceLine> lines;
    for (const std::string_view line : split_lines(text)) {
        const std::string_view from = line.substr(std::min(line.find_first_not_of(' '), line.size()));
        int number = 0;
        const auto [end, error] = std::from_chars(from.data(), from.data() + from.size(), number);
        const std::string_view rest(end, static_cast<std::size_t>(from.data() + from.size() - end));
        if (error == std::errc() && rest.starts_with("  "))
            lines.push_back({number, std::string(rest.substr(2))});
    }
    return lines;
}

CostLine find_cost_line(const std::vector<SourceLine>& body, const std::vector<Leaf>& leaves,
                        const std::vector<Finding>& findings) {
    int best = 0;
    double most = 0;
    // The head of the member comes first; what costs stands behind it, unless it is all there is.
    const std::size_t first = body.size() > 1 ? 1 : 0;
    for (std::size_t i = first; i < body.size(); ++i) {
        if (!is_code(body[i].text)) continue;
        double weight = 0;
        for (const Leaf& leaf : leaves) {
            if (leads_to(body[i].text, leaf.name) || makes(body[i].text, leaf.name)) weight += leaf.share;
        }
        if (weight > most) {
            most = weight;
            best = body[i].number;
        }
    }
    if (best != 0) return {best};
    for (const Finding& finding : findings) {
        if (std::ranges::find(body, finding.line, &SourceLine::number) != body.end()) return {finding.line};
    }
    for (std::size_t i = first; i < body.size(); ++i) {
        if (begins_loop(body[i].text)) return {body[i].number, true};
    }
    for (std::size_t i = first; i < body.size(); ++i) {
        if (is_code(body[i].text)) return {body[i].number, true};
    }
    return {body.empty() ? 0 : body.front().number, true};
}

std::vector<SourceLine> new_lines(const std::vector<SourceLine>& now, const std::vector<SourceLine>& before) {
    std::set<std::string_view> known;
    for (const SourceLine& line : before) known.insert(trim(line.text));
    std::vector<SourceLine> added;
    for (const SourceLine& line : now) {
        if (is_code(line.text) && !known.contains(trim(line.text))) added.push_back(line);
    }
    return added;
}

bool locate(Inquiry& inquiry, std::vector<Suspect>& suspects) {
    const Sides sides = sides_of(inquiry.sources());
    for (Suspect& suspect : suspects) {
        const std::string symbol = plain_symbol(suspect.name);
        suspect.place = find_place(inquiry, symbol, sides.after);
        if (!sides.before.empty()) suspect.baseline = find_place(inquiry, symbol, sides.before);
        if (!suspect.place) continue;
        read_findings(inquiry, suspect);
        const CostLine line = find_cost_line(suspect.place->body, suspect.leaves, suspect.findings);
        suspect.cost_line = line.number;
        suspect.is_line_guessed = line.is_guessed;
        if (const auto kinds = kinds_of(suspect); !kinds.empty())
            suspect.broken = broken_by(rules_for(inquiry, suspect.place->file), kinds);
        walk_outwards(inquiry, suspect);
    }
    put_edited_first(suspects);
    return !inquiry.is_waiting();
}

}  // namespace culprit
