#include "tools/source/pattern_query.h"

#include <algorithm>
#include <cctype>
#include <span>
#include <utility>

#include "tools/source/pattern_tests.h"

namespace culprit {

using Capturing = std::vector<Capture>;

// ---- reading

class PatternReader {
  public:
    PatternReader(const TSLanguage* language, std::string_view text, std::string_view what, PatternQuery& out)
        : language_(language), text_(text), what_(what), out_(out) {}

    Result<> read() {
        while (skip(), place_ < text_.size()) {
            PatternQuery::Whole whole;
            TRY_OK(read_whole(whole));
            out_.patterns_.push_back(std::move(whole));
        }
        return {};
    }

  private:
    using Node = PatternQuery::Node;

    std::unexpected<Error> wrong(std::string_view why) const {
        const auto line = 1 + std::ranges::count(text_.substr(0, place_), '\n');
        return fail(Fault::Invalid, "{}, line {}: {}, at '{}'", what_, line, why, text_.substr(place_, 30));
    }
    void skip() {
        while (place_ < text_.size()) {
            if (text_[place_] == ';')
                place_ = std::min(text_.find('\n', place_), text_.size());
            else if (std::isspace(static_cast<unsigned char>(text_[place_])))
                ++place_;
            else
                return;
        }
    }
    bool take(char c) {
        skip();
        if (place_ >= text_.size() || text_[place_] != c) return false;
        ++place_;
        return true;
    }
    bool sees(char c) {
        skip();
        return place_ < text_.size() && text_[place_] == c;
    }
    std::string word() {
        skip();
        const std::size_t begin = place_;
        const auto is_part = [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '?' ||
                   c == '.';
        };
        while (place_ < text_.size() && is_part(text_[place_])) ++place_;
        return std::string(text_.substr(begin, place_ - begin));
    }
    std::string quoted() {
        std::string value;
        ++place_;
        for (; place_ < text_.size() && text_[place_] != '"'; ++place_) {
            if (text_[place_] == '\\' && place_ + 1 < text_.size()) ++place_;
            value += text_[place_];
        }
        ++place_;
        return value;
    }
    std::uint32_t capture_number(const std::string& name) {
        const auto known = std::ranges::find(out_.captures_, name);
        if (known != out_.captures_.end()) return static_cast<std::uint32_t>(known - out_.captures_.begin());
        out_.captures_.push_back(name);
        return static_cast<std::uint32_t>(out_.captures_.size() - 1);
    }

    // A node with predicates behind it in parentheses, or a node alone.
    Result<> read_whole(PatternQuery::Whole& whole) {
        const std::size_t begin = place_;
        if (take('(') && (sees('(') || sees('['))) {
            TRY(whole.node, read_node(0));
            while (!take(')')) {
                if (!take('(') || !take('#')) return wrong("a predicate is expected");
                TRY(PatternQuery::Predicate predicate, read_predicate());
                whole.predicates.push_back(std::move(predicate));
            }
            return {};
        }
        place_ = begin;
        TRY(whole.node, read_node(0));
        return {};
    }

    Result<PatternQuery::Predicate> read_predicate() {
        std::string name = word();
        PatternQuery::Predicate predicate;
        if (name.starts_with("not-")) {
            predicate.wanted = false;
            name = name.substr(4);
        }
        if (name == "eq?")
            predicate.test = PatternQuery::Test::Equal;
        else if (name == "match?")
            predicate.test = PatternQuery::Test::Match;
        else if (name == "any-of?")
            predicate.test = PatternQuery::Test::AnyOf;
        else if (name == "inside?")
            predicate.test = PatternQuery::Test::Inside;
        else if (name == "declared?")
            predicate.test = PatternQuery::Test::Declared;
        else if (name == "has?")
            predicate.test = PatternQuery::Test::Has;
        else if (name == "closure?")
            predicate.test = PatternQuery::Test::Closure;
        else
            return wrong("there is no such predicate");
        if (!take('@')) return wrong("a predicate takes a capture first");
        predicate.capture = capture_number(word());
        while (!take(')')) {
            if (sees('"'))
                predicate.values.push_back(quoted());
            else if (take('@'))
                predicate.other = capture_number(word());
            else if (std::string value = word(); !value.empty())
                predicate.values.push_back(std::move(value));
            else
                return wrong("a predicate that does not end");
        }
        const bool takes_value = predicate.test != PatternQuery::Test::Closure;
        if (takes_value && predicate.values.empty() && !predicate.other)
            return wrong("a predicate compares with something");
        const bool takes_regex =
            predicate.test == PatternQuery::Test::Match || predicate.test == PatternQuery::Test::Declared;
        if (takes_regex) {
            predicate.regex =
                std::make_unique<RE2>(predicate.values.empty() ? "" : predicate.values[0], RE2::Quiet);
            if (!predicate.regex->ok()) return wrong(predicate.regex->error());
        }
        return predicate;
    }

    Result<std::unique_ptr<Node>> read_node(int depth) {
        if (depth > 30) return wrong("it nests too deep");
        auto node = std::make_unique<Node>();
        if (take('[')) {
            node->form = Node::Form::Either;
            while (!take(']')) {
                PatternQuery::Child child;
                TRY(child.node, read_node(depth + 1));
                node->children.push_back(std::move(child));
            }
        } else if (sees('"')) {
            node->form = Node::Form::Kind;
            TRY(node->symbol, symbol(quoted(), false));
        } else if (take('(')) {
            TRY_OK(read_inside(*node, depth));
        } else if (word() == "_") {
            node->form = Node::Form::Any;
        } else {
            return wrong("a node is expected");
        }
        while (take('@')) node->captures.push_back(capture_number(word()));
        return node;
    }

    Result<> read_inside(Node& node, int depth) {
        const std::string kind = word();
        node.form = kind == "_" ? Node::Form::AnyNamed : Node::Form::Kind;
        if (kind != "_") {
            TRY(node.symbol, symbol(kind, true));
        }
        bool anchor = false;
        while (!take(')')) {
            if (take('.')) {
                anchor = true;
                continue;
            }
            PatternQuery::Child child;
            child.is_anchored = std::exchange(anchor, false);
            const std::size_t begin = place_;
            if (const std::string field = word(); !field.empty() && take(':')) {
                child.field = ts_language_field_id_for_name(language_, field.data(),
                                                            static_cast<std::uint32_t>(field.size()));
                if (!child.field) return wrong("the grammar has no field " + field);
            } else {
                place_ = begin;
            }
            TRY(child.node, read_node(depth + 1));
            node.children.push_back(std::move(child));
        }
        node.is_anchored_at_end = anchor;
        return {};
    }

    Result<TSSymbol> symbol(const std::string& name, bool is_named) {
        const TSSymbol found = ts_language_symbol_for_name(language_, name.data(),
                                                           static_cast<std::uint32_t>(name.size()), is_named);
        if (!found) return wrong("the grammar has no " + name);
        return found;
    }

    const TSLanguage* language_;
    std::string_view text_, what_;
    PatternQuery& out_;
    std::size_t place_ = 0;
};

// ---- matching

namespace {

struct Placed {
    TSNode node;
    TSFieldId field;
};

std::vector<Placed> children_of(TSNode node) {
    std::vector<Placed> children;
    TSTreeCursor cursor = ts_tree_cursor_new(node);
    for (bool more = ts_tree_cursor_goto_first_child(&cursor); more;
         more = ts_tree_cursor_goto_next_sibling(&cursor)) {
        const TSNode child = ts_tree_cursor_current_node(&cursor);
        if (!ts_node_is_extra(child)) children.push_back({child, ts_tree_cursor_current_field_id(&cursor)});
    }
    ts_tree_cursor_delete(&cursor);
    return children;
}

}  // namespace

// Tries every way to fit a pattern; what is found so far is in captures_, and `next` goes on with the rest.
class PatternMatcher {
  public:
    PatternMatcher(std::string_view source, std::string_view file, const PatternQuery::Whole& whole,
                   const PatternQuery::OnMatch& on_match)
        : source_(source), file_(file), whole_(whole), on_match_(on_match) {}

    void run(TSNode node) {
        match(*whole_.node, node, [this] {
            if (holds()) on_match_(captures_);
        });
    }

  private:
    using Node = PatternQuery::Node;
    using Next = std::function<void()>;

    void match(const Node& pattern, TSNode node, const Next& next) {
        if (++steps_ > 20000) return;  // a pattern that fits in too many ways
        if (pattern.form == Node::Form::Either) {
            for (const PatternQuery::Child& alternative : pattern.children) {
                with_captures(pattern, node, [&] { match(*alternative.node, node, next); });
            }
            return;
        }
        if (pattern.form == Node::Form::Kind && ts_node_symbol(node) != pattern.symbol) return;
        if (pattern.form == Node::Form::AnyNamed && !ts_node_is_named(node)) return;
        with_captures(pattern, node, [&] {
            if (pattern.children.empty()) return next();
            const std::vector<Placed> children = children_of(node);
            match_children(pattern, 0, children, 0, next);
        });
    }

    void match_children(const Node& pattern, std::size_t index, const std::vector<Placed>& children,
                        std::size_t from, const Next& next) {
        if (index == pattern.children.size()) {
            const auto rest = std::span(children).subspan(from);
            const bool has_more =
                std::ranges::any_of(rest, [](const Placed& c) { return ts_node_is_named(c.node); });
            if (!pattern.is_anchored_at_end || !has_more) next();
            return;
        }
        const PatternQuery::Child& wanted = pattern.children[index];
        for (std::size_t i = from; i < children.size(); ++i) {
            if (wanted.field == 0 || children[i].field == wanted.field) {
                match(*wanted.node, children[i].node,
                      [&] { match_children(pattern, index + 1, children, i + 1, next); });
            }
            if (wanted.is_anchored && ts_node_is_named(children[i].node)) return;
        }
    }

    void with_captures(const Node& pattern, TSNode node, const Next& inside) {
        for (const std::uint32_t number : pattern.captures) captures_.push_back({number, node});
        inside();
        captures_.resize(captures_.size() - pattern.captures.size());
    }

    bool holds() const {
        return std::ranges::all_of(whole_.predicates, [&](const PatternQuery::Predicate& predicate) {
            return std::ranges::all_of(captures_, [&](const Capture& c) {
                return c.number != predicate.capture || passes(predicate, c.node) == predicate.wanted;
            });
        });
    }

    bool passes(const PatternQuery::Predicate& predicate, TSNode node) const {
        const std::string_view text = text_of(node, source_);
        const auto is_value = [&](std::string_view value) {
            return std::ranges::find(predicate.values, value) != predicate.values.end();
        };
        switch (predicate.test) {
            case PatternQuery::Test::Equal:
                if (!predicate.other) return is_value(text);
                return std::ranges::any_of(captures_, [&](const Capture& c) {
                    return c.number == *predicate.other && text_of(c.node, source_) == text;
                });
            case PatternQuery::Test::AnyOf: return is_value(text);
            case PatternQuery::Test::Match:
                return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *predicate.regex);
            case PatternQuery::Test::Declared: return is_declared(file_, text, *predicate.regex);
            case PatternQuery::Test::Closure: return is_closure(node, source_);
            case PatternQuery::Test::Inside: return is_inside(node, predicate.values);
            case PatternQuery::Test::Has:
                return std::ranges::any_of(captures_, [&](const Capture& c) {
                    return c.number == predicate.other &&
                           std::ranges::any_of(predicate.values, [&](const auto& value) {
                               return text.find(std::string(text_of(c.node, source_)) + value) != text.npos;
                           });
                });
        }
        return false;
    }

    std::string_view source_, file_;
    const PatternQuery::Whole& whole_;
    const PatternQuery::OnMatch& on_match_;
    Capturing captures_;
    int steps_ = 0;
};

Result<PatternQuery> PatternQuery::parse(const TSLanguage* language, std::string_view text,
                                         std::string_view what) {
    PatternQuery query;
    TRY_OK(PatternReader(language, text, what, query).read());
    if (query.patterns_.empty()) return fail(Fault::Invalid, "{} has no pattern in it", what);
    return query;
}

void PatternQuery::match(TSNode node, std::string_view source, std::string_view file,
                         const OnMatch& on_match) const {
    for (const Whole& whole : patterns_) {
        // Most patterns ask for another kind of node: told apart before anything is set up.
        if (whole.node->form == Node::Form::Kind && whole.node->symbol != ts_node_symbol(node)) continue;
        PatternMatcher(source, file, whole, on_match).run(node);
    }
}

std::optional<std::uint32_t> PatternQuery::capture(std::string_view name) const {
    const auto found = std::ranges::find(captures_, name);
    if (found == captures_.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - captures_.begin());
}

}  // namespace culprit
