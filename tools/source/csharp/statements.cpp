// Variables of C# and where they can be seen: declarations, loops, patterns, out variables, queries.
#include "tools/source/csharp/walker.h"

namespace culprit::csharp {

using facts::How;
using facts::kNone;
using facts::Op;

void Walker::add_local(TSNode name, facts::Local local) {
    const std::string_view text = cursor_.text(name);
    if (text.empty() || text == "_") return;
    local.name = out_.text(text);
    local.member = at_.member;
    local.begin_byte = ts_node_start_byte(name);
    local.end_byte = scope_end_;
    out_.tables.locals.push_back(local);
}

// The names of "(a, (b, _), c)", the cursor on it: parts of the tuple `value`.
void Walker::tuple_locals(Index value) {
    std::uint32_t position = 0;
    cursor_.children([&](TSFieldId field) {
        const TSNode node = cursor_.node();
        if (!ts_node_is_named(node)) return;
        if (ts_node_symbol(node) == is_.tuple_pattern)
            tuple_locals(kNone);
        else if (field == is_.field.name)
            add_local(node, {.value = value, .how = How::Part, .position = position});
        ++position;
    });
}

// "T a = x, b = y" as a statement, in for, using and fixed.
void Walker::variables() {
    TextId type = 0;
    cursor_.children([&](TSFieldId field) {
        if (field == is_.field.type) {
            type = type_text(cursor_.node());
            return;
        }
        if (ts_node_symbol(cursor_.node()) != is_.variable_declarator) return;
        const TSNode declared = ts_node_child_by_field_id(cursor_.node(), is_.field.name);
        Index value = kNone;
        cursor_.children([&](TSFieldId part) {
            if (part == is_.field.name || !ts_node_is_named(cursor_.node())) return;
            if (ts_node_symbol(cursor_.node()) == is_.tuple_pattern) return;
            value = visit({.type = type});
        });
        if (!ts_node_is_null(declared)) {
            add_local(declared, {.type = type, .value = value, .how = type ? How::Typed : How::Value});
            return;
        }
        cursor_.children([&](TSFieldId) {
            if (ts_node_symbol(cursor_.node()) == is_.tuple_pattern) tuple_locals(value);
        });
    });
}

void Walker::foreach_loop() {
    in_scope([&] {
        const Index holder = child_of(is_.field.right);
        const TextId type = type_text(ts_node_child_by_field_id(cursor_.node(), is_.field.type));
        cursor_.children([&](TSFieldId field) {
            const TSNode node = cursor_.node();
            if (field == is_.field.left && ts_node_symbol(node) == is_.identifier) {
                add_local(node, {.type = type, .value = holder, .how = type ? How::Typed : How::Element});
            } else if (field == is_.field.left) {
                const Index element = add({.op = Op::Element, .target = holder});
                if (ts_node_symbol(node) == is_.tuple_pattern)
                    tuple_locals(element);
                else
                    visit({.like = element});
            } else if (field == is_.field.body) {
                visit();
            }
        });
    });
}

// A variable that a pattern, a catch or an `out` declares; `value` is what is matched, if the pattern says no
// type.
void Walker::declared_in_pattern(Index value) {
    const TSNode node = cursor_.node();
    const TSNode name = ts_node_child_by_field_id(node, is_.field.name);
    const TextId type = type_text(ts_node_child_by_field_id(node, is_.field.type));
    if (!ts_node_is_null(name)) {
        add_local(name, {.type = type, .value = value, .how = type ? How::Typed : How::Value});
    }
    const Index outer = tested_;
    tested_ = kNone;  // what a pattern within the pattern matches is not known
    cursor_.children([&](TSFieldId field) {
        if (field != is_.field.name && field != is_.field.type) visit();
    });
    tested_ = outer;
}

// "x is P", "switch (x) { case P: }", "x switch { P => a, ... }": the value, then patterns that are matched
// with it.
facts::Index Walker::switch_arms(Index) {
    Index value = kNone;
    const Index outer = tested_;
    std::vector<Index> results;
    cursor_.children([&](TSFieldId) {
        if (!ts_node_is_named(cursor_.node())) return;
        if (ts_node_symbol(cursor_.node()) == is_.switch_arm) {
            Index last = kNone;
            cursor_.children([&](TSFieldId) {
                if (ts_node_is_named(cursor_.node())) last = visit();
            });
            results.push_back(last);
        } else if (value == kNone) {
            value = visit();
            tested_ = value;
        } else {
            visit();
        }
    });
    tested_ = outer;
    return results.empty() ? kNone : set_list(add({.op = Op::Either}), results);
}

// "from x in xs", "join y in ys on ...", "let z = v".
void Walker::query_variable() {
    const bool is_let = cursor_.text().starts_with("let");
    TSNode name = ts_node_child_by_field_id(cursor_.node(), is_.field.name);
    Index value = kNone;
    cursor_.children([&](TSFieldId field) {
        const TSNode node = cursor_.node();
        if (!ts_node_is_named(node) || field == is_.field.type || field == is_.field.name) return;
        if (ts_node_is_null(name) && ts_node_symbol(node) == is_.identifier)
            name = node;
        else if (const Index found = visit(); value == kNone)
            value = found;
    });
    if (!ts_node_is_null(name)) add_local(name, {.value = value, .how = is_let ? How::Value : How::Element});
}

}  // namespace culprit::csharp
