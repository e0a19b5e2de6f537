// tree-sitter, owned: a parser for each language, a tree, a cursor. Nothing here knows what a node means.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <stop_token>
#include <string_view>
#include <utility>
#include <vector>

#include <tree_sitter/api.h>

#include "base/result.h"

namespace culprit {

class Tree {
  public:
    explicit Tree(TSTree* tree) : tree_(tree, ts_tree_delete) {}
    TSNode root() const { return ts_tree_root_node(tree_.get()); }

  private:
    std::unique_ptr<TSTree, void (*)(TSTree*)> tree_;
};

// For one thread. A file whose parse takes more than ten seconds is given up (TimedOut).
class Parser {
  public:
    explicit Parser(const TSLanguage* language);
    Result<Tree> parse(std::string_view text, std::stop_token stop = {});

  private:
    std::unique_ptr<TSParser, void (*)(TSParser*)> parser_;
};

// Walks a tree; at most one place is open at a time.
class Cursor {
  public:
    Cursor(TSNode root, std::string_view text) : cursor_(ts_tree_cursor_new(root)), text_(text) {}
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;
    ~Cursor() { ts_tree_cursor_delete(&cursor_); }

    TSNode node() const { return ts_tree_cursor_current_node(&cursor_); }
    TSFieldId field() const { return ts_tree_cursor_current_field_id(&cursor_); }
    std::string_view text() const { return text(node()); }
    std::string_view text(TSNode node) const {
        const std::uint32_t begin = ts_node_start_byte(node), end = ts_node_end_byte(node);
        return begin <= end && end <= text_.size() ? text_.substr(begin, end - begin) : std::string_view();
    }

    // Calls visit(field) with the cursor on each child in turn.
    template <class Visit>
    void children(Visit visit) {
        if (!ts_tree_cursor_goto_first_child(&cursor_)) return;
        do {
            visit(field());
        } while (ts_tree_cursor_goto_next_sibling(&cursor_));
        ts_tree_cursor_goto_parent(&cursor_);
    }

  private:
    TSTreeCursor cursor_;
    std::string_view text_;
};

// A value for each kind of node, found by the number of its kind: what a walker does with it.
template <class Value>
class KindTable {
  public:
    KindTable(const TSLanguage* language, std::initializer_list<std::pair<std::string_view, Value>> rows)
        : values_(ts_language_symbol_count(language)) {
        for (const auto& [name, value] : rows) {
            for (std::uint32_t symbol = 0; symbol < values_.size(); ++symbol) {
                const auto type = ts_language_symbol_type(language, static_cast<TSSymbol>(symbol));
                if (type <= TSSymbolTypeAnonymous &&
                    ts_language_symbol_name(language, static_cast<TSSymbol>(symbol)) == name) {
                    values_[symbol] = value;
                }
            }
        }
    }
    Value operator[](TSNode node) const {
        const TSSymbol symbol = ts_node_symbol(node);
        return symbol < values_.size() ? values_[symbol] : Value{};
    }

  private:
    std::vector<Value> values_;
};

inline TSFieldId field_id(const TSLanguage* language, std::string_view name) {
    return ts_language_field_id_for_name(language, name.data(), static_cast<std::uint32_t>(name.size()));
}

inline std::uint32_t line_of(TSNode node) { return ts_node_start_point(node).row + 1; }

}  // namespace culprit
