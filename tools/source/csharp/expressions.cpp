// Expressions of C#, as far as they help to tell what a call calls.
#include <algorithm>

#include "base/text.h"
#include "tools/source/csharp/walker.h"

namespace culprit::csharp {

using facts::kNone;
using facts::Op;

facts::Index Walker::add(facts::Expression expression) {
    out_.tables.expressions.push_back(expression);
    return static_cast<Index>(out_.tables.expressions.size() - 1);
}

facts::Index Walker::set_list(Index expression, const std::vector<Index>& list) {
    facts::Expression& made = out_.tables.expressions[expression];
    made.list = static_cast<Index>(out_.tables.lists.size());
    made.count = static_cast<std::uint16_t>(std::min<std::size_t>(list.size(), UINT16_MAX));
    out_.tables.lists.insert(out_.tables.lists.end(), list.begin(), list.end());
    return expression;
}

// Visits all children; the value is that of the last one that has one.
facts::Index Walker::only_child(Expected expected) {
    Index result = kNone;
    cursor_.children([&](TSFieldId) {
        if (const Index found = visit(expected); found != kNone) result = found;
    });
    return result;
}

facts::Index Walker::child_of(TSFieldId wanted, Expected expected) {
    Index result = kNone;
    cursor_.children([&](TSFieldId field) {
        if (field == wanted) result = visit(expected);
    });
    return result;
}

// `node` is an identifier, a type's keyword or a generic name.
facts::Index Walker::name(Index target, TSNode node, std::uint8_t flags) {
    std::string_view text = cursor_.text(node);
    facts::Text arguments = 0;
    if (ts_node_symbol(node) == is_.generic_name) {
        const auto open = text.find('<');
        if (open != std::string_view::npos) {
            arguments = type_text(text.substr(open));
            text = trim(text.substr(0, open));
        }
    }
    return add({.op = target == kNone && flags == 0 ? Op::Name : Op::Member,
                .flags = flags,
                .text = out_.text(text),
                .target = target,
                .list = arguments});
}

facts::Index Walker::qualified(std::string_view text) {
    Index result = kNone;
    for (const std::string_view part : split(text, '.')) {
        const std::string_view word = trim(part);
        result =
            add({.op = result == kNone ? Op::Name : Op::Member, .text = out_.text(word), .target = result});
    }
    return result;
}

facts::Index Walker::member_access() {
    const Index target = child_of(is_.field.expression);
    // "something that is not understood.Name" is still a member of something
    const Index known = target == kNone ? add({}) : target;
    return name(known, ts_node_child_by_field_id(cursor_.node(), is_.field.name), 0);
}

// "a?.B" and "a?[i]"
facts::Index Walker::conditional_access() {
    const Index found = child_of(is_.field.condition);
    const Index target = found == kNone ? add({}) : found;
    Index result = kNone;
    cursor_.children([&](TSFieldId field) {
        const TSNode node = cursor_.node();
        if (field == is_.field.condition || !ts_node_is_named(node)) return;
        if (ts_node_symbol(node) == is_.member_binding) {
            result = name(target, ts_node_child_by_field_id(node, is_.field.name), facts::kConditional);
        } else {
            result =
                arguments_here(add({.op = Op::Subscript, .flags = facts::kConditional, .target = target}));
        }
    });
    return result;
}

facts::Index Walker::element_access() {
    const Index call = add({.op = Op::Subscript, .target = child_of(is_.field.expression)});
    cursor_.children([&](TSFieldId) {
        if (ts_node_symbol(cursor_.node()) == is_.bracketed_arguments) arguments_here(call);
    });
    return call;
}

facts::Index Walker::binary() {
    const Index left = child_of(is_.field.left);
    const TSNode op = ts_node_child_by_field_id(cursor_.node(), is_.field.op);
    const std::string_view sign = cursor_.text(op);
    const Index right = child_of(is_.field.right, {.like = left});
    if (sign == "??") return set_list(add({.op = Op::Either}), {left, right});
    static constexpr std::string_view kComparisons[] = {"==", "!=", "<", ">", "<=", ">=", "&&", "||"};
    if (std::ranges::find(kComparisons, sign) != std::end(kComparisons)) return literal("bool");
    return add({.op = Op::Binary, .text = out_.text(sign), .target = left, .list = right});
}

facts::Index Walker::assignment() {
    const TSNode left_node = ts_node_child_by_field_id(cursor_.node(), is_.field.left);
    if (ts_node_symbol(left_node) == is_.declaration_expression ||
        ts_node_symbol(left_node) == is_.tuple_expression) {
        const Index right =
            child_of(is_.field.right);  // "(var a, var b) = f()": the parts of what is assigned
        std::uint32_t position = 0;
        cursor_.children([&](TSFieldId field) {
            if (field != is_.field.left) return;
            cursor_.children([&](TSFieldId) {
                if (ts_node_symbol(cursor_.node()) != is_.argument) return;
                cursor_.children([&](TSFieldId) {
                    const TSNode node = cursor_.node();
                    if (ts_node_symbol(node) != is_.declaration_expression) return void(visit());
                    const TextId type = type_text(ts_node_child_by_field_id(node, is_.field.type));
                    add_local(ts_node_child_by_field_id(node, is_.field.name),
                              {.type = type,
                               .value = right,
                               .how = type ? facts::How::Typed : facts::How::Part,
                               .position = position});
                });
                ++position;
            });
        });
        return right;
    }
    const Index left = child_of(is_.field.left);
    const Index right = child_of(is_.field.right, {.like = left});
    return left == kNone ? right : add({.op = Op::Same, .target = left});
}

facts::Index Walker::conditional(Expected expected) {
    std::vector<Index> values;
    cursor_.children([&](TSFieldId field) {
        const bool is_value = field == is_.field.consequence || field == is_.field.alternative;
        const Index found = visit(is_value ? expected : Expected{});
        if (is_value) values.push_back(found);
    });
    return set_list(add({.op = Op::Either}), values);
}

facts::Index Walker::lambda() {
    const Index made = add({.op = Op::Lambda});
    Index body = kNone;
    std::uint32_t count = 0;
    const std::uint32_t outer_end = scope_end_;
    const TextId outer_returns = at_.returns;
    scope_end_ = ts_node_end_byte(cursor_.node());
    at_.returns = 0;
    const auto parameter = [&](TSNode name, TextId type) {
        add_local(name, {.type = type,
                         .value = made,
                         .how = type ? facts::How::Typed : facts::How::LambdaParameter,
                         .position = count});
        ++count;
    };
    cursor_.children([&](TSFieldId field) {
        const TSNode node = cursor_.node();
        if (ts_node_symbol(node) == is_.implicit_parameter) {
            parameter(node, 0);
        } else if (ts_node_symbol(node) == is_.parameter_list) {
            cursor_.children([&](TSFieldId) {
                const TSNode child = cursor_.node();
                if (ts_node_symbol(child) != is_.parameter) return;
                parameter(ts_node_child_by_field_id(child, is_.field.name),
                          type_text(ts_node_child_by_field_id(child, is_.field.type)));
            });
        } else if (field == is_.field.body || ts_node_symbol(node) == is_.block) {
            body = visit();
        }
    });
    scope_end_ = outer_end;
    at_.returns = outer_returns;
    out_.tables.expressions[made].target = body;
    out_.tables.expressions[made].count = static_cast<std::uint16_t>(count);
    out_.tables.expressions[made].list = ts_node_end_byte(cursor_.node()) - 1;
    return made;
}

// "T[]" gives "T", "X<T>" gives "T".
facts::Text Walker::element_type(TextId collection) {
    const std::string text(out_.view(collection));
    if (text.ends_with("[]")) return out_.text(text.substr(0, text.size() - 2));
    const auto open = text.find('<');
    if (open == std::string::npos || !text.ends_with('>') || text.find(',', open) != std::string::npos)
        return 0;
    return out_.text(text.substr(open + 1, text.size() - open - 2));
}

facts::Index Walker::array_creation() {
    const TSNode type = ts_node_child_by_field_id(cursor_.node(), is_.field.type);
    std::string text(cursor_.text(type));
    if (const auto open = text.find('['); open != std::string::npos && text.find(',') == std::string::npos) {
        // "byte[16]" is a byte[], "byte[16][]" a byte[][]
        const auto close = text.find(']', open);
        if (close != std::string::npos) text = text.substr(0, open + 1) + text.substr(close);
    }
    const TextId made = type_text(text);
    cursor_.children([&](TSFieldId) { visit({.type = element_type(made)}); });
    return typed(made);
}

// The values among the children, in order: a tuple, an array without a type, the elements of a collection.
facts::Index Walker::sequence(Op op, Expected expected) {
    std::vector<Index> values;
    const auto take = [&](auto& self) -> void {
        cursor_.children([&](TSFieldId field) {
            const TSNode node = cursor_.node();
            const TSSymbol kind = ts_node_symbol(node);
            if (!ts_node_is_named(node) || field == is_.field.name) return;
            if (kind == is_.argument || kind == is_.initializer_expression) return self(self);
            values.push_back(visit(expected));
        });
    };
    take(take);
    return set_list(add({.op = op}), values);
}

}  // namespace culprit::csharp
