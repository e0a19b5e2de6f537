// Calls of C#: invocations and object creations with their arguments.
#include "base/text.h"
#include "tools/source/csharp/walker.h"

namespace culprit::csharp {

using facts::kNone;
using facts::Op;

void Walker::record_call(Index expression, TSNode place, std::string_view called) {
    const TSPoint point = ts_node_start_point(place);
    out_.tables.calls.push_back({.expression = expression,
                                 .member = at_.member,
                                 .name = out_.text(called),
                                 .line = point.row + 1,
                                 .column = point.column + 1,
                                 .byte = ts_node_start_byte(place),
                                 .file = out_.file_index(),
                                 .flags = at_.flags});
}

// Visits the arguments at the cursor and makes them those of `call`.
facts::Index Walker::arguments_here(Index call) {
    std::vector<Index> values;
    cursor_.children([&](TSFieldId) {
        if (ts_node_symbol(cursor_.node()) != is_.argument) return;
        facts::Argument argument{.call = call, .position = static_cast<std::uint32_t>(values.size())};
        Index value = kNone;
        cursor_.children([&](TSFieldId field) {
            const TSNode node = cursor_.node();
            if (field == is_.field.name) {
                argument.name = out_.text(cursor_.text(node));
            } else if (ts_node_symbol(node) == is_.declaration_expression) {
                const TextId type = type_text(ts_node_child_by_field_id(node, is_.field.type));
                add_local(ts_node_child_by_field_id(node, is_.field.name),
                          {.type = type,
                           .value = call,
                           .how = type ? facts::How::Typed : facts::How::Out,
                           .position = argument.position});
                if (type) value = typed(type);
            } else if (ts_node_is_named(node)) {
                value = visit();
            }
        });
        const Op op = value == kNone ? Op::Unknown : out_.tables.expressions[value].op;
        if (argument.name || op == Op::Lambda || op == Op::TargetNew) {
            argument.expression = value;
            out_.tables.arguments.push_back(argument);
        }
        values.push_back(value);
    });
    return set_list(call, values);
}

facts::Index Walker::call_with_arguments(Index call) {
    cursor_.children([&](TSFieldId) {
        if (ts_node_symbol(cursor_.node()) == is_.argument_list) arguments_here(call);
    });
    return call;
}

facts::Index Walker::invocation() {
    const TSNode function = ts_node_child_by_field_id(cursor_.node(), is_.field.function);
    if (cursor_.text(function) == "nameof") return literal("string");
    const Index target = child_of(is_.field.function);
    const Op op = target == kNone ? Op::Unknown : out_.tables.expressions[target].op;
    facts::Text called = 0;
    if (op == Op::Name || op == Op::Member) called = out_.tables.expressions[target].text;
    const Index call = add({.op = Op::Call, .text = called, .target = target});
    if (called) {
        TSNode place = function;  // of "a.b?.Name<T>" the name
        for (TSNode child = place; !ts_node_is_null(child);) {
            place = child;
            child = ts_node_child_by_field_id(place, is_.field.name);
            if (ts_node_is_null(child) && ts_node_symbol(place) != is_.identifier &&
                ts_node_symbol(place) != is_.generic_name) {
                const std::uint32_t count = ts_node_named_child_count(place);
                child = count ? ts_node_named_child(place, count - 1) : child;
            }
        }
        record_call(call, place, std::string(out_.view(called)));
    }
    return call_with_arguments(call);
}

namespace {

std::string_view simple_name(std::string_view type) {
    type = type.substr(0, type.find('<'));
    if (const auto dot = type.rfind('.'); dot != std::string_view::npos) type = type.substr(dot + 1);
    return type.substr(0, type.find_first_of("?["));
}

}  // namespace

facts::Index Walker::creation() {
    TSNode type = ts_node_child_by_field_id(cursor_.node(), is_.field.type);
    const Index made = add({.op = Op::New, .text = type_text(type)});
    if (ts_node_symbol(type) == is_.qualified_name) {
        const TSNode last = ts_node_child_by_field_id(type, is_.field.name);
        if (!ts_node_is_null(last)) type = last;
    }
    record_call(made, type, std::string(simple_name(out_.view(out_.tables.expressions[made].text))));
    call_with_arguments(made);
    cursor_.children([&](TSFieldId field) {
        if (field == is_.field.initializer) initializer(made, {});
    });
    return made;
}

// "new(...)": where the place says the type it is like "new T(...)".
facts::Index Walker::target_creation(Expected expected) {
    std::string type(out_.view(expected.type));
    if (type.ends_with('?')) type.pop_back();
    const Index made =
        add({.op = type.empty() ? Op::TargetNew : Op::New, .text = out_.text(type), .target = expected.like});
    record_call(made, cursor_.node(), type.empty() ? "new" : std::string(simple_name(type)));
    call_with_arguments(made);
    cursor_.children([&](TSFieldId) {
        if (ts_node_symbol(cursor_.node()) == is_.initializer_expression) initializer(made, {});
    });
    return made;
}

// "{ A = x, [k] = v, y }": what is assigned is a member of `created`.
void Walker::initializer(Index created, Expected element) {
    cursor_.children([&](TSFieldId) {
        if (!ts_node_is_named(cursor_.node())) return;
        const TSNode left = ts_node_child_by_field_id(cursor_.node(), is_.field.left);
        if (created == kNone || ts_node_is_null(left) || ts_node_symbol(left) != is_.identifier)
            return void(visit(element));
        const Index member =
            add({.op = Op::Member, .text = out_.text(cursor_.text(left)), .target = created});
        const TSNode right = ts_node_child_by_field_id(cursor_.node(), is_.field.right);
        if (!ts_node_is_null(right) && ts_node_symbol(right) == is_.initializer_expression) {
            cursor_.children([&](TSFieldId field) {
                if (field == is_.field.right) initializer(member, {});
            });
        } else {
            child_of(is_.field.right, {.like = member});
        }
    });
}

}  // namespace culprit::csharp
