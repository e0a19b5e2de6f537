// Queries in tree-sitter's syntax, matched by our own walk: tree-sitter prepares a query for a grammar as
// large as C#'s in about 10 ms, which for fifty patterns is half a second before the first method is looked
// at; this needs microseconds.
//
// Takes of the syntax: nodes with fields, "_" and "(_)", alternatives in [], captures, anchors (.), strings
// for words and signs, comments; and predicates, each also as #not-…. No quantifiers.
//   #eq? #match? #any-of?     as tree-sitter's
//   #inside? @c KIND…         a node around that of the capture, within the same member, is of one of the
//   kinds #declared? @c "REGEX"     the file declares the captured name with a type that the regular
//   expression names #has? @c @d "TEXT"…       the text of @c holds that of @d with one of the texts behind
//   it #closure? @c              the captured lambda uses variables that are not its own
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <re2/re2.h>

#include "base/result.h"
#include "tools/source/query.h"

namespace culprit {

class PatternQuery {
  public:
    // Fails with Invalid, naming line and cause; `what` names the text.
    static Result<PatternQuery> parse(const TSLanguage* language, std::string_view text,
                                      std::string_view what);

    using OnMatch = std::function<void(const std::vector<Capture>&)>;
    // Every way in which some pattern fits `node` itself, in the tree of `source`, which is (a part of)
    // `file`.
    void match(TSNode node, std::string_view source, std::string_view file, const OnMatch& on_match) const;

    std::optional<std::uint32_t> capture(std::string_view name) const;

  private:
    friend class PatternReader;
    friend class PatternMatcher;

    struct Node;
    struct Child {
        TSFieldId field = 0;       // 0: any
        bool is_anchored = false;  // follows the child before it at once (or is the first)
        std::unique_ptr<Node> node;
    };
    struct Node {
        enum class Form { Kind, AnyNamed, Any, Either } form = Form::Any;
        TSSymbol symbol = 0;
        std::vector<Child> children;  // of Either: the alternatives
        bool is_anchored_at_end = false;
        std::vector<std::uint32_t> captures;
    };
    enum class Test { Equal, Match, AnyOf, Inside, Declared, Has, Closure };
    struct Predicate {
        Test test = Test::Equal;
        bool wanted = true;
        std::uint32_t capture = 0;
        std::vector<std::string> values = {};
        std::optional<std::uint32_t> other = {};  // Equal, Has: another capture
        std::unique_ptr<RE2> regex = {};
    };
    struct Whole {
        std::unique_ptr<Node> node;
        std::vector<Predicate> predicates;
    };

    std::vector<Whole> patterns_;
    std::vector<std::string> captures_;
};

}  // namespace culprit
