#include "tools/source/csharp/walker.h"

extern "C" const TSLanguage* tree_sitter_c_sharp();

namespace culprit::csharp {
namespace {

constexpr int kDeepest = 1000;  // expressions nest deeper only where a program wrote them

TSSymbol symbol(std::string_view name) {
    return ts_language_symbol_for_name(tree_sitter_c_sharp(), name.data(),
                                       static_cast<std::uint32_t>(name.size()), true);
}

TSFieldId field(std::string_view name) { return field_id(tree_sitter_c_sharp(), name); }

Symbols make_symbols() {
    return {
        .does = {tree_sitter_c_sharp(),
                 {{"attribute_list", Do::Skip},
                  {"global_attribute", Do::Skip},
                  {"comment", Do::Skip},
                  {"preproc_region", Do::Skip},
                  {"preproc_pragma", Do::Skip},
                  {"preproc_nullable", Do::Skip},
                  {"namespace_declaration", Do::NamespaceBlock},
                  {"file_scoped_namespace_declaration", Do::NamespaceFile},
                  {"using_directive", Do::Using},
                  {"class_declaration", Do::Type},
                  {"struct_declaration", Do::Type},
                  {"interface_declaration", Do::Type},
                  {"record_declaration", Do::Type},
                  {"enum_declaration", Do::EnumType},
                  {"delegate_declaration", Do::Delegate},
                  {"method_declaration", Do::Method},
                  {"constructor_declaration", Do::Constructor},
                  {"destructor_declaration", Do::Destructor},
                  {"operator_declaration", Do::Operator},
                  {"conversion_operator_declaration", Do::Conversion},
                  {"property_declaration", Do::Property},
                  {"indexer_declaration", Do::Indexer},
                  {"event_declaration", Do::Event},
                  {"event_field_declaration", Do::Event},
                  {"field_declaration", Do::Fields},
                  {"enum_member_declaration", Do::EnumMember},
                  {"local_function_statement", Do::LocalFunction},
                  {"preproc_if", Do::Conditional},
                  {"block", Do::Block},
                  {"for_statement", Do::Scope},
                  {"using_statement", Do::Scope},
                  {"fixed_statement", Do::Scope},
                  {"while_statement", Do::Scope},
                  {"switch_section", Do::Scope},
                  {"catch_clause", Do::Scope},
                  {"variable_declaration", Do::Variables},
                  {"foreach_statement", Do::Foreach},
                  {"return_statement", Do::Return},
                  {"yield_statement", Do::Yield},
                  {"arrow_expression_clause", Do::Return},
                  {"catch_declaration", Do::CatchVariable},
                  {"from_clause", Do::QueryVariable},
                  {"let_clause", Do::QueryVariable},
                  {"join_clause", Do::QueryVariable},
                  {"declaration_expression", Do::Declared},
                  {"declaration_pattern", Do::DeclaredPattern},
                  {"var_pattern", Do::DeclaredPattern},
                  {"recursive_pattern", Do::DeclaredPattern},
                  {"list_pattern", Do::DeclaredPattern},
                  {"is_pattern_expression", Do::IsPattern},
                  {"switch_statement", Do::SwitchStatement},
                  {"switch_expression", Do::SwitchExpression},
                  {"identifier", Do::Name},
                  {"predefined_type", Do::Name},
                  {"generic_name", Do::GenericName},
                  {"alias_qualified_name", Do::AliasName},
                  {"qualified_name", Do::QualifiedName},
                  {"member_access_expression", Do::MemberAccess},
                  {"conditional_access_expression", Do::ConditionalAccess},
                  {"invocation_expression", Do::Invocation},
                  {"object_creation_expression", Do::Creation},
                  {"implicit_object_creation_expression", Do::TargetCreation},
                  {"initializer_expression", Do::Initializer},
                  {"string_literal", Do::Text},
                  {"verbatim_string_literal", Do::Text},
                  {"raw_string_literal", Do::Text},
                  {"interpolated_string_expression", Do::TextWithParts},
                  {"character_literal", Do::Character},
                  {"integer_literal", Do::Whole},
                  {"real_literal", Do::Real},
                  {"boolean_literal", Do::Truth},
                  {"null_literal", Do::Null},
                  {"parenthesized_expression", Do::Inner},
                  {"checked_expression", Do::Inner},
                  {"ref_expression", Do::Inner},
                  {"this", Do::This},
                  {"base", Do::Base},
                  {"cast_expression", Do::Cast},
                  {"as_expression", Do::As},
                  {"is_expression", Do::Is},
                  {"typeof_expression", Do::Typeof},
                  {"sizeof_expression", Do::Sizeof},
                  {"default_expression", Do::Default},
                  {"await_expression", Do::Await},
                  {"element_access_expression", Do::ElementAccess},
                  {"conditional_expression", Do::ConditionalExpression},
                  {"binary_expression", Do::Binary},
                  {"prefix_unary_expression", Do::Prefix},
                  {"postfix_unary_expression", Do::Postfix},
                  {"assignment_expression", Do::Assignment},
                  {"lambda_expression", Do::Lambda},
                  {"anonymous_method_expression", Do::Lambda},
                  {"tuple_expression", Do::TupleValue},
                  {"array_creation_expression", Do::ArrayCreation},
                  {"stackalloc_expression", Do::ArrayCreation},
                  {"implicit_array_creation_expression", Do::ImplicitArray},
                  {"implicit_stackalloc_expression", Do::ImplicitArray},
                  {"collection_expression", Do::Collection},
                  {"with_expression", Do::With},
                  {"range_expression", Do::RangeValue}}},
        .field = {.name = field("name"),
                  .type = field("type"),
                  .returns = field("returns"),
                  .parameters = field("parameters"),
                  .body = field("body"),
                  .arguments = field("arguments"),
                  .function = field("function"),
                  .expression = field("expression"),
                  .condition = field("condition"),
                  .consequence = field("consequence"),
                  .alternative = field("alternative"),
                  .left = field("left"),
                  .right = field("right"),
                  .op = field("operator"),
                  .initializer = field("initializer"),
                  .value = field("value"),
                  .qualifier = field("qualifier"),
                  .accessors = field("accessors"),
                  .rank = field("rank")},
        .type_parameter_list = symbol("type_parameter_list"),
        .parameter_list = symbol("parameter_list"),
        .bracketed_parameter_list = symbol("bracketed_parameter_list"),
        .parameter = symbol("parameter"),
        .modifier = symbol("modifier"),
        .base_list = symbol("base_list"),
        .constraints = symbol("type_parameter_constraints_clause"),
        .explicit_interface = symbol("explicit_interface_specifier"),
        .implicit_type = symbol("implicit_type"),
        .tuple_pattern = symbol("tuple_pattern"),
        .argument_list = symbol("argument_list"),
        .primary_base = symbol("primary_constructor_base_type"),
        .constructor_initializer = symbol("constructor_initializer"),
        .identifier = symbol("identifier"),
        .generic_name = symbol("generic_name"),
        .type_argument_list = symbol("type_argument_list"),
        .argument = symbol("argument"),
        .bracketed_arguments = symbol("bracketed_argument_list"),
        .attribute_list = symbol("attribute_list"),
        .member_binding = symbol("member_binding_expression"),
        .accessor_list = symbol("accessor_list"),
        .variable_declaration = symbol("variable_declaration"),
        .variable_declarator = symbol("variable_declarator"),
        .array_type = symbol("array_type"),
        .arrow = symbol("arrow_expression_clause"),
        .switch_arm = symbol("switch_expression_arm"),
        .implicit_parameter = symbol("implicit_parameter"),
        .declaration_expression = symbol("declaration_expression"),
        .discard = symbol("discard"),
        .initializer_expression = symbol("initializer_expression"),
        .constant_pattern = symbol("constant_pattern"),
        .block = symbol("block"),
        .tuple_expression = symbol("tuple_expression"),
        .qualified_name = symbol("qualified_name"),
        .preproc_else = symbol("preproc_else"),
        .preproc_elif = symbol("preproc_elif"),
        .spread = symbol("spread_element"),
    };
}

}  // namespace

const Symbols& symbols() {
    static const Symbols all = make_symbols();
    return all;
}

void Walker::walk() { visit(); }

facts::Index Walker::visit(Expected expected) {
    if (depth_ >= kDeepest) return facts::kNone;
    ++depth_;
    const Index result = act(is_.does[cursor_.node()], expected);
    --depth_;
    return result;
}

facts::Index Walker::act(Do what, Expected expected) {
    using facts::Kind;
    switch (what) {
        case Do::Skip: return facts::kNone;
        case Do::Children: visit_children(); return facts::kNone;

        case Do::NamespaceBlock: enter_namespace(false); return facts::kNone;
        case Do::NamespaceFile: enter_namespace(true); return facts::kNone;
        case Do::Using: add_using(); return facts::kNone;
        case Do::Type: declare_type(Kind::Class); return facts::kNone;
        case Do::EnumType: declare_type(Kind::Enum); return facts::kNone;
        case Do::Delegate: declare_type(Kind::Delegate); return facts::kNone;
        case Do::Method: declare_member(Kind::Method); return facts::kNone;
        case Do::Constructor: declare_member(Kind::Constructor); return facts::kNone;
        case Do::Destructor: declare_member(Kind::Destructor); return facts::kNone;
        case Do::Operator:
        case Do::Conversion: declare_member(Kind::Operator); return facts::kNone;
        case Do::Property: declare_member(Kind::Property); return facts::kNone;
        case Do::Indexer: declare_member(Kind::Indexer); return facts::kNone;
        case Do::Event: declare_fields(Kind::Event); return facts::kNone;
        case Do::Fields: declare_fields(Kind::Field); return facts::kNone;
        case Do::EnumMember: declare_member(Kind::EnumMember); return facts::kNone;
        case Do::LocalFunction: declare_member(Kind::LocalFunction); return facts::kNone;
        case Do::Accessor: visit_children(); return facts::kNone;
        case Do::Conditional: conditional_region(); return facts::kNone;

        case Do::Block:
        case Do::Scope: in_scope([&] { visit_children(); }); return facts::kNone;
        case Do::Variables: variables(); return facts::kNone;
        case Do::Foreach: foreach_loop(); return facts::kNone;
        case Do::Return: return only_child({.type = at_.returns});
        case Do::Yield:
            if (at_.member != facts::kNone) out_.tables.definitions[at_.member].flags |= facts::Iterator;
            only_child();
            return facts::kNone;
        case Do::CatchVariable:
        case Do::DeclaredPattern: declared_in_pattern(tested_); return facts::kNone;
        case Do::Declared: declared_in_pattern(expected.like); return facts::kNone;
        case Do::QueryVariable: query_variable(); return facts::kNone;
        case Do::IsPattern: return switch_arms(facts::kNone), literal("bool");
        case Do::SwitchStatement: switch_arms(facts::kNone); return facts::kNone;
        case Do::SwitchExpression: return switch_arms(facts::kNone);

        case Do::Name:
        case Do::GenericName: return name(facts::kNone, cursor_.node(), 0);
        case Do::AliasName:
            return name(facts::kNone, ts_node_child_by_field_id(cursor_.node(), is_.field.name), 0);
        case Do::QualifiedName: return qualified(cursor_.text());
        case Do::MemberAccess: return member_access();
        case Do::ConditionalAccess: return conditional_access();
        case Do::Invocation: return invocation();
        case Do::Creation: return creation();
        case Do::TargetCreation: return target_creation(expected);
        case Do::Initializer: initializer(facts::kNone, expected); return facts::kNone;
        case Do::Text: return literal("string");
        case Do::TextWithParts: visit_children(); return literal("string");
        case Do::Character: return literal("char");
        case Do::Whole: {
            const std::string_view text = cursor_.text();
            const bool is_long = text.ends_with('L') || text.ends_with('l');
            const bool is_unsigned = text.find_first_of("uU") != std::string_view::npos;
            return literal(is_long ? (is_unsigned ? "ulong" : "long") : is_unsigned ? "uint" : "int");
        }
        case Do::Real: {
            const char last = cursor_.text().empty() ? ' ' : cursor_.text().back();
            return literal(last == 'f' || last == 'F'   ? "float"
                           : last == 'm' || last == 'M' ? "decimal"
                                                        : "double");
        }
        case Do::Truth: return literal("bool");
        case Do::Null: return literal("null");
        case Do::Inner: return only_child(expected);
        case Do::This: return add({.op = facts::Op::This});
        case Do::Base: return add({.op = facts::Op::Base});
        case Do::Cast: {
            child_of(is_.field.value);
            return typed(type_text(ts_node_child_by_field_id(cursor_.node(), is_.field.type)));
        }
        case Do::As: {
            child_of(is_.field.left);
            return typed(type_text(ts_node_child_by_field_id(cursor_.node(), is_.field.right)));
        }
        case Do::Is: child_of(is_.field.left); return literal("bool");
        case Do::Typeof: return literal("System.Type");
        case Do::Sizeof: return literal("int");
        case Do::Default: {
            const TSNode type = ts_node_child_by_field_id(cursor_.node(), is_.field.type);
            return ts_node_is_null(type) ? literal("null") : typed(type_text(type));
        }
        case Do::Await: return add({.op = facts::Op::Await, .target = only_child()});
        case Do::ElementAccess: return element_access();
        case Do::ConditionalExpression: return conditional(expected);
        case Do::Binary: return binary();
        case Do::Prefix: {
            const char first = cursor_.text().empty() ? ' ' : cursor_.text().front();
            const Index inner = only_child();
            if (first == '!') return literal("bool");
            if (first == '^') return literal("System.Index");
            return first == '&' || first == '*' ? facts::kNone : inner;
        }
        case Do::Postfix: return only_child(expected);
        case Do::Assignment: return assignment();
        case Do::Lambda: return lambda();
        case Do::TupleValue: return sequence(facts::Op::Tuple, {});
        case Do::ArrayCreation: return array_creation();
        case Do::ImplicitArray: return sequence(facts::Op::Array, {});
        case Do::Collection:
            sequence(facts::Op::Array, {.type = element_type(expected.type)});
            return expected.type ? typed(expected.type) : facts::kNone;
        case Do::With: return only_child();
        case Do::RangeValue: visit_children(); return literal("System.Range");
    }
    return facts::kNone;
}

}  // namespace culprit::csharp
