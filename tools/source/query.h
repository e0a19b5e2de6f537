// A tree-sitter query, owned, and its matches as (capture's number, node) lists.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <re2/re2.h>
#include <tree_sitter/api.h>

#include "base/result.h"

namespace culprit {

class Query {
  public:
    // Fails with Invalid, naming the line of `text` and what is wrong there. `what` names the text in
    // messages.
    static Result<Query> compile(const TSLanguage* language, std::string_view text, std::string_view what);

    std::size_t capture_count() const { return ts_query_capture_count(query_.get()); }
    std::string_view capture_name(std::uint32_t capture) const;
    const TSQuery* get() const { return query_.get(); }

    struct Capture {
        std::uint32_t number;
        TSNode node;
    };
    // Calls visit(captures) for each match whose predicates hold, in the order of the tree; within bytes
    // [begin, end) alone.
    template <class Visit>
    void each_match(TSNode root, std::string_view source, std::uint32_t begin, std::uint32_t end,
                    Visit visit) const {
        Cursor cursor(ts_query_cursor_new(), ts_query_cursor_delete);
        ts_query_cursor_set_byte_range(cursor.get(), begin, end);
        ts_query_cursor_exec(cursor.get(), query_.get(), root);
        TSQueryMatch match;
        std::vector<Capture> captures;
        while (ts_query_cursor_next_match(cursor.get(), &match)) {
            captures.clear();
            for (std::uint16_t i = 0; i < match.capture_count; ++i)
                captures.push_back({match.captures[i].index, match.captures[i].node});
            if (holds(match.pattern_index, captures, source)) visit(captures);
        }
    }

  private:
    using Cursor = std::unique_ptr<TSQueryCursor, void (*)(TSQueryCursor*)>;
    // #eq? #match? #any-of?, as tree-sitter's own tools have them, and #inside? @c KIND…: whether a node
    // around that of the capture, within the same member, is of one of the kinds. Each also as #not-….
    enum class Test { Equal, Match, AnyOf, Inside };
    struct Predicate {
        Test test = Test::Equal;
        bool wanted = true;
        std::uint32_t capture = 0;
        std::vector<std::string> values = {};
        std::optional<std::uint32_t> other = {};  // Equal: with another capture
        std::unique_ptr<re2::RE2> regex = {};
    };
    explicit Query(TSQuery* query) : query_(query, ts_query_delete) {}
    Result<> read_predicates(std::string_view what);
    Result<Predicate> read_predicate(const TSQueryPredicateStep* steps, std::size_t count,
                                     std::string_view what) const;
    std::string_view string_value(std::uint32_t number) const;
    static bool passes(const Predicate& predicate, TSNode node, const std::vector<Capture>& captures,
                       std::string_view source);
    bool holds(std::uint32_t pattern, const std::vector<Capture>& captures, std::string_view source) const;

    std::unique_ptr<TSQuery, void (*)(TSQuery*)> query_;
    std::vector<std::vector<Predicate>> predicates_;  // by pattern
};

}  // namespace culprit
