#include "tools/source/patterns.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "prompts/prompts.h"

namespace culprit {
namespace {

constexpr std::string_view kFolder = "patterns/";

Pattern read_pattern(std::string_view name) {
    Pattern pattern{.text = prompt_text(name)};
    name.remove_prefix(kFolder.size());
    const auto slash = name.find('/');
    pattern.language = name.substr(0, slash);
    pattern.id = name.substr(slash + 1, name.rfind('.') - slash - 1);
    for (const std::string_view line : split_lines(pattern.text)) {
        if (!line.starts_with("; ")) break;
        const auto colon = line.find(':');
        if (colon == line.npos) continue;
        const std::string_view key = line.substr(2, colon - 2), value = trim(line.substr(colon + 1));
        if (key == "title") pattern.title = value;
        if (key == "why") pattern.why = value;
        if (key == "fix") pattern.fix = value;
        if (key == "cost") pattern.cost = value;
        if (key == "bad") pattern.bad.push_back(value);
        if (key == "good") pattern.good.push_back(value);
    }
    return pattern;
}

}  // namespace

const std::vector<Pattern>& all_patterns() {
    static const std::vector<Pattern> all = [] {
        std::vector<Pattern> read;
        for (const std::string_view name : prompt_names(kFolder)) read.push_back(read_pattern(name));
        return read;
    }();
    return all;
}

bool PatternFilter::takes(const Pattern& pattern) const {
    return (ids.empty() || std::ranges::find(ids, pattern.id) != ids.end()) &&
           (cost.empty() || cost == pattern.cost);
}

Result<const std::vector<PatternFinder::Compiled>*> PatternFinder::queries(const Language& language) {
    const auto known =
        std::ranges::find(compiled_, &language, &std::pair<const Language*, std::vector<Compiled>>::first);
    if (known != compiled_.end()) return &known->second;
    std::vector<Compiled> made;
    for (const Pattern& pattern : all_patterns()) {
        if (pattern.language != language.name || !filter_.takes(pattern)) continue;
        const std::string what = fmt::format("the pattern {}", pattern.id);
        TRY(PatternQuery query, PatternQuery::parse(language.grammar(), pattern.text, what));
        const auto hit = query.capture("hit");
        if (!hit) return fail(Fault::Invalid, "{} captures nothing as @hit", what);
        made.push_back({&pattern, std::move(query), *hit});
    }
    return &compiled_.emplace_back(&language, std::move(made)).second;
}

namespace {

template <class Visit>
void each_node(TSTreeCursor& cursor, Visit visit) {
    bool more = true;
    while (more) {
        visit(ts_tree_cursor_current_node(&cursor));
        more = ts_tree_cursor_goto_first_child(&cursor);
        while (!more && !(more = ts_tree_cursor_goto_next_sibling(&cursor))) {
            if (!ts_tree_cursor_goto_parent(&cursor)) return;
        }
    }
}

}  // namespace

Result<std::vector<PatternHit>> PatternFinder::find_in_text(const Language& language, std::string_view text,
                                                            std::string_view file) {
    TRY(const std::vector<Compiled>* patterns, queries(language));
    std::vector<PatternHit> hits;
    if (patterns->empty()) return hits;
    Parser parser(language.grammar());
    TRY(const Tree tree, parser.parse(text));
    TSTreeCursor cursor = ts_tree_cursor_new(tree.root());
    each_node(cursor, [&](TSNode node) {
        if (!ts_node_is_named(node)) return;
        for (const Compiled& each : *patterns) {
            each.query.match(node, text, file.empty() ? text : file,
                             [&](const std::vector<Capture>& captures) {
                                 for (const auto& [number, found] : captures) {
                                     if (number != each.hit) continue;
                                     const std::string_view rest = text.substr(ts_node_start_byte(found));
                                     hits.push_back({each.pattern,
                                                     {},
                                                     static_cast<int>(line_of(found)),
                                                     one_line(rest.substr(0, rest.find('\n')), 120),
                                                     {}});
                                 }
                             });
        }
    });
    ts_tree_cursor_delete(&cursor);
    const auto key = [](const PatternHit& hit) { return std::pair(hit.line, hit.pattern->id); };
    std::ranges::stable_sort(hits, {}, key);
    const auto repeated = std::ranges::unique(hits, {}, key);  // a line is shown once for a pattern
    hits.erase(repeated.begin(), repeated.end());
    return hits;
}

namespace {

// A member is parsed alone, which is quick; in C# and Java it needs a type around it to be one.
std::pair<std::string_view, std::string_view> wrapping(const Language& language, const Definition& d) {
    const bool is_member =
        !facts::is_type(d.kind) && (language.family == Family::CSharp || language.family == Family::Java);
    if (!is_member) return {"", ""};
    if (d.kind == SymbolKind::LocalFunction) return {"class _ { void _() {", "}}"};
    return {"class _ {", "}"};
}

}  // namespace

Result<std::vector<PatternHit>> PatternFinder::find_in(const Definition& definition) {
    const Language* language = language_of(definition.file.native());
    if (!language)
        return fail(Fault::Invalid, "{} is of no language that has patterns", definition.file.string());
    TRY(const std::string text, read_file(definition.file, 64u << 20));
    const auto lines = split_lines(text);
    const auto first = static_cast<std::size_t>(definition.first_line),
               last = static_cast<std::size_t>(definition.last_line);
    if (first < 1 || last > lines.size())
        return fail(Fault::Invalid, "{} has changed; ask again", definition.file.string());
    const char* begin = lines[first - 1].data();
    const char* end = lines[last - 1].data() + lines[last - 1].size();
    const auto [before, after] = wrapping(*language, definition);
    // A constructor needs a type of its own name around it.
    std::string head(before);
    if (definition.kind == SymbolKind::Constructor && !head.empty()) head = "class " + definition.name + " {";
    TRY(std::vector<PatternHit> hits,
        find_in_text(*language, head + std::string(begin, end) + std::string(after), text));
    for (PatternHit& hit : hits) {
        hit.file = definition.file;
        hit.line += definition.first_line - 1;
        hit.symbol = definition.qualified;
    }
    return hits;
}

Result<std::vector<PatternHit>> PatternFinder::find_in(const fs::path& file, SourceIndex& index) {
    const Language* language = language_of(file.native());
    if (!language) return std::vector<PatternHit>{};
    TRY(const std::string text, read_file(file, 64u << 20));
    TRY(std::vector<PatternHit> hits, find_in_text(*language, text));
    for (PatternHit& hit : hits) {
        hit.file = file;
        if (const auto around = index.definition_at(file, hit.line)) hit.symbol = around->qualified;
    }
    return hits;
}

}  // namespace culprit
