#include "tools/source/tagged.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/text.h"

namespace culprit {
namespace {

using facts::Kind;
using facts::kNone;

struct Match {
    std::string_view what;  // the capture of the whole
    TSNode whole{}, name{}, parameters{}, result{}, callee{}, receiver{}, arguments{}, type{};
    std::vector<TSNode> bases;
    TSNode scope{};

    std::uint32_t begin() const { return ts_node_start_byte(whole); }
    std::uint32_t end() const { return ts_node_end_byte(whole); }
};

std::optional<Kind> kind_of(std::string_view capture) {
    static constexpr std::array<std::pair<std::string_view, Kind>, 14> kKinds{{
        {"namespace", Kind::Namespace},
        {"extend", Kind::Namespace},
        {"class", Kind::Class},
        {"struct", Kind::Struct},
        {"interface", Kind::Interface},
        {"enum", Kind::Enum},
        {"record", Kind::Record},
        {"method", Kind::Method},
        {"constructor", Kind::Constructor},
        {"function", Kind::Function},
        {"declared", Kind::Function},
        {"field", Kind::Field},
        {"property", Kind::Property},
        {"enum_member", Kind::EnumMember},
    }};
    const auto found = std::ranges::find(kKinds, capture, &std::pair<std::string_view, Kind>::first);
    if (found == kKinds.end()) return std::nullopt;
    return found->second;
}

class Tagger {
  public:
    Tagger(const Query& query, std::string_view text, SegmentBuilder& out)
        : query_(query), text_(text), out_(out) {}

    void run(TSNode root) {
        query_.each_match(root, [&](const std::vector<Capture>& captures) { read(captures); });
        std::ranges::stable_sort(matches_, [](const Match& a, const Match& b) {
            return std::pair(a.begin(), b.end()) < std::pair(b.begin(), a.end());
        });
        for (const Match& match : matches_) {
            if (kind_of(match.what)) define(match);
        }
        for (const Match& match : matches_) {
            if (match.what == "call" || match.what == "create")
                add_call(match);
            else if (match.what == "local")
                add_local(match);
        }
    }

  private:
    struct Open {
        std::uint32_t end;
        facts::Index definition;  // kNone: an @extend or a namespace
        std::string scope;        // of what it holds
    };

    std::string_view text(TSNode node) const {
        if (ts_node_is_null(node)) return {};
        const std::uint32_t begin = ts_node_start_byte(node), end = ts_node_end_byte(node);
        return begin <= end && end <= text_.size() ? text_.substr(begin, end - begin) : std::string_view();
    }

    void read(const std::vector<Capture>& captures) {
        Match match;
        for (const auto& [number, node] : captures) {
            const std::string_view name = query_.capture_name(number);
            if (name == "name" || name == "local.name")
                match.name = node;
            else if (name == "parameters")
                match.parameters = node;
            else if (name == "result")
                match.result = node;
            else if (name == "callee")
                match.callee = node;
            else if (name == "receiver")
                match.receiver = node;
            else if (name == "arguments")
                match.arguments = node;
            else if (name == "local.type")
                match.type = node;
            else if (name == "base")
                match.bases.push_back(node);
            else if (name == "scope")
                match.scope = node;
            else
                match.what = name, match.whole = node;
        }
        if (match.what == "package")
            package_ = replace_all(std::string(text(match.name)), "::", ".");
        else if (!match.what.empty())
            merge(std::move(match));
    }

    // A pattern with a repeated part matches once for each: the same node again adds its bases.
    void merge(Match match) {
        if (kind_of(match.what) && !matches_.empty()) {
            for (auto known = matches_.rbegin(); known != matches_.rend() && known - matches_.rbegin() < 8;
                 ++known) {
                if (!kind_of(known->what) || !ts_node_eq(known->whole, match.whole) ||
                    !ts_node_eq(known->name, match.name))
                    continue;
                for (const TSNode base : match.bases) {
                    const bool is_known = std::ranges::any_of(
                        known->bases, [&](TSNode other) { return ts_node_eq(other, base); });
                    if (!is_known) known->bases.push_back(base);
                }
                return;
            }
        }
        matches_.push_back(std::move(match));
    }

    static std::string joined(std::string_view scope, std::string_view name) {
        return scope.empty() ? std::string(name) : fmt::format("{}.{}", scope, name);
    }

    // A type as its simple name: without arguments, pointers and what stands before it.
    std::string plain_type(TSNode node) const {
        std::string_view type = text(node);
        type = trim(type.substr(0, type.find_first_of("<[({")));
        while (!type.empty() && (type.front() == '*' || type.front() == '&')) type.remove_prefix(1);
        if (const auto cut = type.find_last_of(".:"); cut != type.npos) type = type.substr(cut + 1);
        if (const auto blank = type.rfind(' '); blank != type.npos) type = type.substr(blank + 1);
        return std::string(type);
    }

    void define(const Match& match) {
        const Kind kind = *kind_of(match.what);
        while (!open_.empty() && open_.back().end <= match.begin()) open_.pop_back();
        std::string scope = open_.empty() ? package_ : open_.back().scope;
        std::string_view name = text(match.name);
        if (name.size() > 1 && (name.front() == '"' || name.front() == '\''))
            name = name.substr(1, name.size() - 2);
        if (!ts_node_is_null(match.scope))
            scope = joined(scope, replace_all(plain_scope(match.scope), "::", "."));
        if (kind == Kind::Namespace) {
            open_.push_back({match.end(), open_.empty() ? kNone : open_.back().definition,
                             joined(scope, replace_all(std::string(name), "::", "."))});
            extended(match, name);
            return;
        }
        if (name.empty() || is_known(match)) return;
        const facts::Index container = open_.empty() ? kNone : open_.back().definition;
        facts::Definition d{.name = out_.text(name),
                            .scope = out_.text(scope),
                            .container = container,
                            .file = out_.file_index()};
        d.kind = kind;
        const bool in_type = container != kNone && facts::is_type(out_.tables.definitions[container].kind);
        if (kind == Kind::Function && (in_type || !ts_node_is_null(match.scope) ||
                                       (!open_.empty() && open_.back().definition == kNone && is_extending_)))
            d.kind = Kind::Method;
        if (name == "__init__" || name == "constructor") d.kind = Kind::Constructor;
        d.type = out_.text(std::string(trim(text(match.result))));
        const TSNode body = ts_node_child_by_field_name(match.whole, "body", 4);
        if (match.what != "declared") d.flags |= facts::HasBody;
        if (!ts_node_is_null(body)) d.body_byte = ts_node_start_byte(body);
        d.line = line_of(match.name);
        d.first_line = line_of(match.whole);
        d.last_line = ts_node_end_point(match.whole).row + 1;
        d.name_byte = ts_node_start_byte(match.name);
        d.first_byte = match.begin();
        d.end_byte = match.end();
        d.parameters.begin = static_cast<facts::Index>(out_.tables.parameters.size());
        add_parameters(match.parameters);
        d.parameters.end = static_cast<facts::Index>(out_.tables.parameters.size());
        const auto index = static_cast<facts::Index>(out_.tables.definitions.size());
        d.bases.begin = static_cast<facts::Index>(out_.tables.texts.size());
        for (const TSNode base : match.bases) {
            const facts::Text plain = out_.text(plain_type(base));
            out_.tables.texts.push_back(plain);
            out_.tables.derived.push_back({plain, index});
        }
        d.bases.end = static_cast<facts::Index>(out_.tables.texts.size());
        out_.tables.definitions.push_back(d);
        open_.push_back({match.end(), index, joined(scope, name)});
    }

    std::string plain_scope(TSNode node) const {
        const std::string_view scope = text(node);
        return std::string(trim(scope.substr(0, scope.find('<'))));
    }

    // "impl Trait for Type": the type that this file declares has the trait as a base.
    void extended(const Match& match, std::string_view name) {
        is_extending_ = match.what == "extend";
        if (!is_extending_ || match.bases.empty()) return;
        const auto file = out_.tables.files.back().definitions.begin;
        for (facts::Index i = file; i < out_.tables.definitions.size(); ++i) {
            const facts::Definition& d = out_.tables.definitions[i];
            if (facts::is_type(d.kind) && out_.view(d.name) == name)
                out_.tables.derived.push_back({out_.text(plain_type(match.bases[0])), i});
        }
    }

    // Two patterns may find one definition: the first, more special one stays.
    bool is_known(const Match& match) const {
        const auto begin = out_.tables.files.back().definitions.begin;
        for (auto i = static_cast<facts::Index>(out_.tables.definitions.size()); i-- > begin;) {
            if (out_.tables.definitions[i].name_byte == ts_node_start_byte(match.name)) return true;
            if (out_.tables.definitions.size() - i > 16) break;
        }
        return false;
    }

    void add_parameters(TSNode list) {
        if (ts_node_is_null(list)) return;
        if (ts_node_named_child_count(list) == 0 && ts_node_is_named(list) &&
            std::string_view(ts_node_type(list)) == "identifier") {
            out_.tables.parameters.push_back({.name = out_.text(text(list))});  // x => ...
            return;
        }
        for (std::uint32_t i = 0; i < ts_node_named_child_count(list); ++i) {
            const TSNode child = ts_node_named_child(list, i);
            const std::string_view kind = ts_node_type(child);
            if (kind.find("comment") != kind.npos || kind.find("separator") != kind.npos ||
                kind == "type_parameter")
                continue;
            add_parameter(child, kind);
        }
    }

    void add_parameter(TSNode node, std::string_view kind) {
        facts::Parameter parameter;
        const auto field = [](TSNode of, std::string_view name) {
            return ts_node_child_by_field_name(of, name.data(), static_cast<std::uint32_t>(name.size()));
        };
        std::string_view type = trim(text(field(node, "type")));
        if (type.starts_with(':')) type = trim(type.substr(1));  // TypeScript's annotation
        parameter.type = out_.text(type);
        TSNode name = field(node, "name");
        if (ts_node_is_null(name)) name = field(node, "pattern");
        for (TSNode inner = field(node, "declarator"); !ts_node_is_null(inner);
             inner = field(inner, "declarator"))
            name = inner;
        if (ts_node_is_null(name))
            name = ts_node_named_child_count(node) ? ts_node_named_child(node, 0) : node;
        if (!ts_node_is_null(field(node, "type")) && ts_node_eq(name, field(node, "type"))) name = TSNode{};
        const std::string_view word = text(name);
        if (kind == "self_parameter" ||
            ((word == "self" || word == "cls" || word == "this") && out_.view(parameter.type).empty()))
            return;
        if (text(node) == "void") return;
        parameter.name = out_.text(word);
        for (const std::string_view many : {"variadic", "spread", "rest", "splat"}) {
            if (kind.find(many) != kind.npos) parameter.flags |= facts::Params;
        }
        const bool may_lack = kind.find("default") != kind.npos || kind.find("optional") != kind.npos ||
                              kind == "assignment_pattern" || !ts_node_is_null(field(node, "value")) ||
                              !ts_node_is_null(field(node, "default_value"));
        if (may_lack) parameter.flags |= facts::Optional;
        out_.tables.parameters.push_back(parameter);
        // Go: "a, b int" is one declaration of two
        if (kind == "parameter_declaration") {
            for (std::uint32_t i = 1; i < ts_node_child_count(node); ++i) {
                const char* of = ts_node_field_name_for_child(node, i);
                if (!of || std::string_view(of) != "name") continue;
                parameter.name = out_.text(text(ts_node_child(node, i)));
                out_.tables.parameters.push_back(parameter);
            }
        }
    }

    // The innermost member that holds the byte.
    facts::Index member_at(std::uint32_t byte) const {
        facts::Index best = kNone;
        const auto& all = out_.tables.definitions;
        const auto begin = all.begin() + out_.tables.files.back().definitions.begin;
        auto last = std::upper_bound(begin, all.end(), byte, [](std::uint32_t b, const facts::Definition& d) {
            return b < d.first_byte;
        });
        while (last != begin) {
            --last;
            if (byte < last->end_byte) {
                best = static_cast<facts::Index>(last - all.begin());
                break;
            }
        }
        return best;
    }

    facts::Index add(facts::Expression e) {
        out_.tables.expressions.push_back(e);
        return static_cast<facts::Index>(out_.tables.expressions.size() - 1);
    }

    facts::Index receiver_of(const Match& match) {
        if (ts_node_is_null(match.receiver)) return kNone;
        std::string_view word = text(match.receiver);
        if (word == "this" || word == "self" || word == "cls" || word == "Self" || word == "super()")
            return add({.op = facts::Op::This});
        if (word == "super") return add({.op = facts::Op::Base});
        // "new Cache().get()", "Cache().get()": the type is what is made
        const std::string_view kind = ts_node_type(match.receiver);
        if (kind.find("creation") != kind.npos || kind == "new_expression") {
            const TSNode type = ts_node_child_by_field_name(match.receiver, "type", 4);
            if (!ts_node_is_null(type))
                return add({.op = facts::Op::Typed, .text = out_.text(plain_type(type))});
        }
        if (word.find_first_of("([{\"'") != word.npos) return add({});
        const auto cut = word.find_last_of(".:>");
        const bool is_member = cut != word.npos && word.find('<') == word.npos;
        return add(
            {.op = is_member ? facts::Op::Member : facts::Op::Name, .text = out_.text(plain_name(word))});
    }

    static std::string plain_name(std::string_view word) {
        word = trim(word.substr(0, word.find('<')));
        const auto cut = word.find_last_of(".:>");
        return std::string(cut == word.npos ? word : word.substr(cut + 1));
    }

    void add_call(const Match& match) {
        const std::string name =
            match.what == "create" ? plain_type(match.callee) : std::string(text(match.callee));
        if (name.empty()) return;
        const facts::Index target = receiver_of(match);
        std::uint32_t count = 0;
        if (!ts_node_is_null(match.arguments)) {
            for (std::uint32_t i = 0; i < ts_node_named_child_count(match.arguments); ++i) {
                count +=
                    std::string_view(ts_node_type(ts_node_named_child(match.arguments, i))).find("comment") ==
                    std::string_view::npos;
            }
        }
        const facts::Index call = add({.op = match.what == "create" ? facts::Op::New : facts::Op::Call,
                                       .count = static_cast<std::uint16_t>(std::min(count, 65535u)),
                                       .text = out_.text(name),
                                       .target = target});
        const TSPoint point = ts_node_start_point(match.callee);
        out_.tables.calls.push_back({.expression = call,
                                     .member = member_at(ts_node_start_byte(match.callee)),
                                     .name = out_.text(name),
                                     .line = point.row + 1,
                                     .column = point.column + 1,
                                     .byte = ts_node_start_byte(match.callee),
                                     .file = out_.file_index()});
    }

    void add_local(const Match& match) {
        const facts::Index member = member_at(ts_node_start_byte(match.name));
        const std::uint32_t end = member == kNone ? static_cast<std::uint32_t>(text_.size())
                                                  : out_.tables.definitions[member].end_byte;
        out_.tables.locals.push_back({.name = out_.text(text(match.name)),
                                      .type = out_.text(plain_type(match.type)),
                                      .member = member,
                                      .begin_byte = ts_node_start_byte(match.name),
                                      .end_byte = end});
    }

    const Query& query_;
    std::string_view text_;
    SegmentBuilder& out_;
    std::string package_;
    std::vector<Match> matches_;
    std::vector<Open> open_;
    bool is_extending_ = false;
};

}  // namespace

Result<> extract_tagged(Parser& parser, const Query& query, std::string_view text, SegmentBuilder& out,
                        std::stop_token stop) {
    TRY(const Tree tree, parser.parse(text, std::move(stop)));
    if (ts_node_has_error(tree.root())) out.tables.files.back().flags |= facts::Broken;
    Tagger(query, text, out).run(tree.root());
    return {};
}

}  // namespace culprit
