// What one source file says, as flat records: definitions, calls, the expressions that calls are made of,
// locals. Records hold no pointers, so an array of them is written to disk and mapped back as it is
// (segment.h). Text is kept once, by number; places are byte offsets and lines (first line 1). What a name
// means is decided later (resolve.h).
#pragma once

#include <cstdint>

namespace culprit::facts {

using Text = std::uint32_t;  // a number in the segment's pool of texts; 0 is ""
using Index = std::uint32_t;
inline constexpr Index kNone = ~Index{0};

struct Range {
    Index begin = 0, end = 0;
};

enum class Kind : std::uint8_t {
    Namespace,
    Class,
    Struct,
    Interface,
    Record,
    Enum,
    Delegate,  // types up to here, but for Namespace
    Method,
    Constructor,
    Destructor,
    Operator,
    Property,
    Indexer,
    Event,
    Field,
    EnumMember,
    LocalFunction,
    Function,
};
constexpr bool is_type(Kind kind) { return kind >= Kind::Class && kind <= Kind::Delegate; }
constexpr bool is_callable(Kind kind) {
    return (kind >= Kind::Method && kind <= Kind::Operator) || kind == Kind::LocalFunction ||
           kind == Kind::Function;
}

enum Flag : std::uint32_t {
    Static = 1,
    Abstract = 2,
    Virtual = 4,
    Override = 8,
    Async = 16,
    Partial = 32,
    Extension = 64,
    Sealed = 128,
    Private = 256,
    HasBody = 512,
    Inactive = 1024,            // in a branch of #if that is not compiled
    PrimaryConstructor = 2048,  // a type whose header has a parameter list
    New = 4096,
    Public = 8192,  // or internal or protected: can be named from outside of its type
    Iterator = 16384,
};

struct Definition {
    Text name = 0;
    Text scope = 0;            // the type or namespace it stands in: "Ns.Outer.Inner`1"
    Text type = 0;             // what it returns or holds, as written without blanks; of an enum nothing
    Text type_parameters = 0;  // "TKey,TValue"
    Text constraints = 0;      // "TKey:IKey,new();TValue:class"
    Text interface = 0;        // of an explicit implementation: the interface as written
    Index container = kNone;   // the definition it stands in, same file
    Index file = 0;
    Range parameters;
    Range bases;  // in texts: types as written
    std::uint32_t flags = 0;
    std::uint32_t line = 0, first_line = 0, last_line = 0;                     // of the name; of the whole
    std::uint32_t name_byte = 0, first_byte = 0, body_byte = 0, end_byte = 0;  // body_byte 0: no body
    std::uint16_t arity = 0;
    Kind kind = Kind::Method;
    std::uint8_t unused = 0;
};

enum ParameterFlag : std::uint32_t { Ref = 1, Out = 2, In = 4, Params = 8, This = 16, Optional = 32 };

struct Parameter {
    Text name = 0;
    Text type = 0;
    std::uint32_t flags = 0;
};

enum class Op : std::uint8_t {
    Unknown,
    Name,       // text, arguments of type in `list` as Text
    Member,     // target.text, likewise
    Call,       // target(arguments); text is the called name
    New,        // new text(arguments)
    TargetNew,  // new(arguments); the type is that of `target` if it has one, else what the context asks for
    ThisCall,   // : this(arguments)
    BaseCall,   // : base(arguments)
    This,
    Base,
    Literal,    // text is its type
    Typed,      // a cast, `as`, `default(T)`, an array creation: text is the type
    Await,      // of target
    Subscript,  // target[arguments]
    Element,    // one of what target holds, as foreach takes it
    Either,     // one of the arguments: conditional, ??, switch
    Binary,     // target text right; `list` is the right side
    Lambda,     // target is the body if it is an expression; `count` parameters; `list` is its last byte
    Same,       // the type of target: assignment, ++, ...
    Tuple,      // of the arguments
    Array,      // new[] { arguments }: of the first
};

struct Expression {
    Op op = Op::Unknown;
    std::uint8_t flags = 0;   // Conditional: after "?."
    std::uint16_t count = 0;  // of arguments
    Text text = 0;
    Index target = kNone;
    Index list = 0;  // where the arguments start in `lists`; for Name and Member the Text of "<A,B>"
};
inline constexpr std::uint8_t kConditional = 1;

// The argument of a call that a lambda or a TargetNew is.
struct Argument {
    Index expression = kNone;
    Index call = kNone;
    std::uint32_t position = 0;
    Text name = 0;  // if it was given by name
};

struct Call {
    Index expression = kNone;
    Index member = kNone;  // the definition it stands in
    Text name = 0;         // simple name of what is called; of a constructor the type's
    std::uint32_t line = 0, column = 0, byte = 0;
    Index file = 0;
    std::uint32_t flags = 0;  // Inactive
};

enum class How : std::uint32_t {
    Typed,            // type
    Value,            // of `value`
    Element,          // one of the elements of `value`
    Out,              // argument `position` of the call `value`
    LambdaParameter,  // parameter `position` of the lambda `value`
    Part,             // part `position` of the tuple `value`
};

struct Local {
    Text name = 0;
    Text type = 0;
    Index value = kNone;
    Index member = kNone;
    How how = How::Typed;
    std::uint32_t position = 0;
    std::uint32_t begin_byte = 0, end_byte = 0;  // where it can be seen
};

enum class UsingKind : std::uint32_t { Namespace, Static, Alias };

struct Using {
    Text name = 0;  // of an alias
    Text target = 0;
    UsingKind kind = UsingKind::Namespace;
    std::uint32_t global = 0;
};

enum FileFlag : std::uint32_t {
    Generated = 1,  // written by a program: its name or its head says so
    Listing = 2,    // an API listing: signatures alone, every body throws
    Broken = 4,     // some part could not be parsed
    Test = 8,       // under a folder of tests
};

struct File {
    Text path = 0;  // below the root
    std::uint32_t language = 0;
    std::uint32_t flags = 0;
    std::uint32_t lines = 0;
    std::int64_t modified_ns = 0;
    std::uint64_t size = 0;
    std::uint64_t hash = 0;
    Range definitions, parameters, texts, expressions, lists, arguments, calls, locals, usings, words;
};

}  // namespace culprit::facts
