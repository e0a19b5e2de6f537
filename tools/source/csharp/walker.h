// One walk over the tree of a C# file that writes down its facts. Declarations, statements and expressions
// each have a file of their own; a part of the tree that did not parse is walked like any other, so that what
// can be had is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/source/segment.h"
#include "tools/source/syntax.h"

namespace culprit::csharp {

// What the walker does with a kind of node.
enum class Do : std::uint8_t {
    Children,
    Skip,
    // declarations
    NamespaceBlock,
    NamespaceFile,
    Using,
    Type,
    EnumType,
    Delegate,
    Method,
    Constructor,
    Destructor,
    Operator,
    Conversion,
    Property,
    Indexer,
    Event,
    Fields,
    EnumMember,
    LocalFunction,
    Accessor,
    Conditional,
    // statements
    Block,
    Scope,
    Variables,
    Foreach,
    Return,
    Yield,
    CatchVariable,
    QueryVariable,
    // patterns and declarations within expressions
    Declared,
    DeclaredPattern,
    IsPattern,
    SwitchStatement,
    SwitchExpression,
    // expressions
    Name,
    GenericName,
    AliasName,
    QualifiedName,
    MemberAccess,
    ConditionalAccess,
    Invocation,
    Creation,
    TargetCreation,
    Initializer,
    Text,
    TextWithParts,
    Character,
    Whole,
    Real,
    Truth,
    Null,
    Inner,
    This,
    Base,
    Cast,
    As,
    Is,
    Typeof,
    Sizeof,
    Default,
    Await,
    ElementAccess,
    ConditionalExpression,
    Binary,
    Prefix,
    Postfix,
    Assignment,
    Lambda,
    TupleValue,
    ArrayCreation,
    ImplicitArray,
    Collection,
    With,
    RangeValue,
};

struct Fields {
    TSFieldId name, type, returns, parameters, body, arguments, function, expression, condition, consequence,
        alternative, left, right, op, initializer, value, qualifier, accessors, rank;
};

struct Symbols {
    KindTable<Do> does;
    Fields field;
    TSSymbol type_parameter_list, parameter_list, bracketed_parameter_list, parameter, modifier, base_list,
        constraints, explicit_interface, implicit_type, tuple_pattern, argument_list, primary_base,
        constructor_initializer, identifier, generic_name, type_argument_list, argument, bracketed_arguments,
        attribute_list, member_binding, accessor_list, variable_declaration, variable_declarator, array_type,
        arrow, switch_arm, implicit_parameter, declaration_expression, discard, initializer_expression,
        constant_pattern, block, tuple_expression, qualified_name, preproc_else, preproc_elif, spread;
};
const Symbols& symbols();

// What the place that an expression stands in says of its type: a type as written, or an expression of the
// same type.
struct Expected {
    facts::Text type = 0;
    facts::Index like = facts::kNone;
};

class Walker {
  public:
    Walker(std::string_view text, TSNode root, SegmentBuilder& out)
        : out_(out),
          is_(symbols()),
          source_(text),
          cursor_(root, text),
          scope_end_(static_cast<std::uint32_t>(text.size())) {}
    void walk();

  private:
    using Index = facts::Index;
    using TextId = facts::Text;

    // The expression that the node at the cursor is, kNone for anything else.
    Index visit(Expected expected = {});
    Index act(Do what, Expected expected);
    void visit_children() {
        cursor_.children([&](TSFieldId) { visit(); });
    }

    // declarations (declarations.cpp)
    struct Header;
    Header read_header();
    void read_parameters();
    void read_bases(Header& header);
    Index declare(facts::Kind kind, const Header& header);
    void enter_namespace(bool to_the_end);
    void add_using();
    void declare_type(facts::Kind kind);
    void declare_member(facts::Kind kind);
    void declare_fields(facts::Kind kind);
    void conditional_region();
    void constructor_call(Index owner);
    bool is_compiled();

    // statements and the variables they declare (statements.cpp)
    void add_local(TSNode name, facts::Local local);
    void add_pattern_locals(TSNode pattern, Index value, TextId type);
    void tuple_locals(Index value);
    void in_scope(auto body) {
        const std::uint32_t outer = scope_end_;
        scope_end_ = ts_node_end_byte(cursor_.node());
        body();
        scope_end_ = outer;
    }
    void variables();
    void foreach_loop();
    void declared_in_pattern(Index value);
    void query_variable();
    Index switch_arms(Index value);

    // expressions (expressions.cpp, calls.cpp)
    Index add(facts::Expression expression);
    Index literal(std::string_view type) { return add({.op = facts::Op::Literal, .text = out_.text(type)}); }
    Index typed(TextId type) { return add({.op = facts::Op::Typed, .text = type}); }
    Index only_child(Expected expected = {});
    Index child_of(TSFieldId field, Expected expected = {});
    Index name(Index target, TSNode node, std::uint8_t flags);
    Index qualified(std::string_view text);
    Index member_access();
    Index conditional_access();
    Index invocation();
    Index creation();
    Index target_creation(Expected expected);
    void initializer(Index created, Expected element);
    Index arguments(facts::Expression call, TSNode place, std::string_view called);
    Index arguments_here(Index call);
    Index call_with_arguments(Index call);
    void record_call(Index expression, TSNode place, std::string_view called);
    Index element_access();
    Index binary();
    Index assignment();
    Index conditional(Expected expected);
    Index lambda();
    Index array_creation();
    Index sequence(facts::Op op, Expected expected);
    Index set_list(Index expression, const std::vector<Index>& list);

    TextId type_text(TSNode node);
    TextId type_text(std::string_view text);
    TextId element_type(TextId collection);

    struct Context {
        Index member = facts::kNone;     // the definition that calls belong to
        Index container = facts::kNone;  // the definition that holds what is declared
        TextId scope = 0;
        TextId returns = 0;       // what a return statement gives
        std::uint32_t flags = 0;  // Inactive
    };

    SegmentBuilder& out_;
    const Symbols& is_;
    std::string_view source_;
    Cursor cursor_;
    Context at_;
    std::uint32_t scope_end_;
    int depth_ = 0;
    Index tested_ = facts::kNone;  // the value that the patterns at the cursor are matched with
};

}  // namespace culprit::csharp
