// A tree-sitter query, owned. For the queries of languages; patterns are matched by pattern_query.h.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <tree_sitter/api.h>

#include "base/result.h"

namespace culprit {

struct Capture {
    std::uint32_t number;
    TSNode node;
};

class Query {
  public:
    // Fails with Invalid, naming the line of `text` and what is wrong there. `what` names the text in
    // messages.
    static Result<Query> compile(const TSLanguage* language, std::string_view text, std::string_view what);

    std::string_view capture_name(std::uint32_t capture) const;

    // Calls visit(captures) for each match, in the order of the tree. Predicates are not looked at.
    template <class Visit>
    void each_match(TSNode root, Visit visit) const {
        const std::unique_ptr<TSQueryCursor, void (*)(TSQueryCursor*)> cursor(ts_query_cursor_new(),
                                                                              ts_query_cursor_delete);
        ts_query_cursor_exec(cursor.get(), query_.get(), root);
        TSQueryMatch match;
        std::vector<Capture> captures;
        while (ts_query_cursor_next_match(cursor.get(), &match)) {
            captures.clear();
            for (std::uint16_t i = 0; i < match.capture_count; ++i)
                captures.push_back({match.captures[i].index, match.captures[i].node});
            visit(captures);
        }
    }

  private:
    explicit Query(TSQuery* query) : query_(query, ts_query_delete) {}
    std::unique_ptr<TSQuery, void (*)(TSQuery*)> query_;
};

}  // namespace culprit
