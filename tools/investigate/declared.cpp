#include "tools/investigate/declared.h"

#include <algorithm>

#include "tools/source/languages.h"

namespace culprit {
namespace {

// What stands in a declaration: its bytes, and where its parameters and locals are collected.
struct Span {
    std::uint32_t begin = 0, end = 0;
    std::size_t index = 0;  // in the list of definitions
};

// Members of an enum are its text; a namespace is no more than a place.
bool is_counted(facts::Kind kind) {
    return kind != facts::Kind::Namespace && kind != facts::Kind::EnumMember;
}

// The facts of a text, before they are packed: spans and locals need the bytes.
struct Facts {
    std::vector<Span> spans;                       // outer ones before inner ones
    std::vector<std::vector<std::string>> locals;  // by definition
};

Result<Facts> read_facts(const Language& language, std::string_view path, std::string_view text,
                         std::stop_token stop) {
    SegmentBuilder builder;
    builder.begin_file(path);
    Parser parser(language.grammar());
    TRY_OK(extract(language, parser, text, builder, std::move(stop)));
    Facts facts;
    facts.locals.resize(builder.tables.definitions.size());
    for (std::size_t i = 0; i < builder.tables.definitions.size(); ++i) {
        const facts::Definition& d = builder.tables.definitions[i];
        if (is_counted(d.kind)) facts.spans.push_back({d.first_byte, d.end_byte, i});
    }
    for (const facts::Local& local : builder.tables.locals) {
        if (local.member < facts.locals.size())
            facts.locals[local.member].emplace_back(builder.view(local.name));
    }
    std::ranges::stable_sort(facts.spans, [](const Span& a, const Span& b) {
        return std::pair(a.begin, b.end) < std::pair(b.begin, a.end);
    });
    return facts;
}

// Calls visit(node) for the leaves of a tree, in order, comments left out.
template <class Visit>
void each_leaf(TSNode root, Visit visit) {
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    bool is_done = false;
    while (!is_done) {
        const TSNode node = ts_tree_cursor_current_node(&cursor);
        const bool is_comment =
            std::string_view(ts_node_type(node)).find("comment") != std::string_view::npos;
        if (!is_comment && ts_tree_cursor_goto_first_child(&cursor)) continue;
        if (!is_comment && ts_node_end_byte(node) > ts_node_start_byte(node)) visit(node);
        while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
            if (!ts_tree_cursor_goto_parent(&cursor)) {
                is_done = true;
                break;
            }
        }
    }
    ts_tree_cursor_delete(&cursor);
}

}  // namespace

Result<std::vector<Declared>> read_declared(std::string_view path, std::string_view text, StringTable& texts,
                                            std::stop_token stop) {
    std::vector<Declared> all;
    const Language* language = language_of(path);
    if (!language || !language->grammar) return all;
    TRY(std::vector<Definition> definitions, definitions_in_text(path, text, stop));
    if (definitions.empty()) return all;
    TRY(const Facts said, read_facts(*language, path, text, stop));
    Parser parser(language->grammar());
    TRY(const Tree tree, parser.parse(text, stop));

    for (Definition& d : definitions) all.push_back({std::move(d), std::string(path), {}, {}});
    std::vector<const Span*> open;
    auto next = said.spans.begin();
    each_leaf(tree.root(), [&](TSNode node) {
        const std::uint32_t at = ts_node_start_byte(node), end = ts_node_end_byte(node);
        for (; next != said.spans.end() && next->begin <= at; ++next) {
            while (!open.empty() && open.back()->end <= next->begin) open.pop_back();
            open.push_back(&*next);
        }
        while (!open.empty() && open.back()->end <= at) open.pop_back();
        if (open.empty() || open.back()->index >= all.size() || end > text.size()) return;
        const bool is_name =
            std::string_view(ts_node_type(node)).find("identifier") != std::string_view::npos;
        all[open.back()->index].tokens.push_back({texts.intern(text.substr(at, end - at)), is_name});
    });
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (const SourceParameter& p : all[i].definition.parameters)
            all[i].locals.push_back(texts.intern(p.name));
        for (const std::string& name : said.locals[i]) all[i].locals.push_back(texts.intern(name));
        std::ranges::sort(all[i].locals);
    }
    std::erase_if(all, [](const Declared& d) { return !is_counted(d.definition.kind); });
    return all;
}

}  // namespace culprit
