// Types as the resolver sees them: what a type that is written somewhere means, its bases, what converts to
// what.
//
// Works on the segments of one question: those of the root where the question starts, of the other roots, and
// of the framework. Everything handed out lives as long as the Types. For one thread.
#pragma once

#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tools/source/root_index.h"

namespace culprit {

// The segments of one root. Names are looked for in the tier where they are written, then in the others in
// order.
struct Tier {
    std::vector<const LiveSegment*> segments;
    bool is_framework = false;  // its definitions give types, they are never the answer
};

struct DefinitionRef {
    const LiveSegment* segment = nullptr;
    facts::Index index = facts::kNone;

    const facts::Definition& get() const { return segment->segment.definition(index); }
    std::string_view text(facts::Text text) const { return segment->segment.text(text); }
    std::string_view name() const { return text(get().name); }
    explicit operator bool() const { return segment != nullptr; }
    bool operator==(const DefinitionRef&) const = default;
};

struct Symbol;
struct Type;
using TypeRef = const Type*;  // null: not known

struct Type {
    enum class Form {
        Named,      // symbol, or the name alone of a type that no tier has; arguments
        Array,      // of arguments[0]
        Parameter,  // of a type or method: name
        Tuple,      // arguments, names
        Lambda,     // parameter_count
        Group,      // a method's name as a value
        Null,
    };
    Form form = Form::Named;
    const Symbol* symbol = nullptr;
    std::string_view name = {};
    std::vector<TypeRef> arguments = {};
    std::vector<std::string_view> names = {};
    std::size_t parameter_count = 0;
    bool is_nullable = false;  // written with "?"
};

// A type declared in some tier, all parts of it.
struct Symbol {
    std::string scope;  // "Ns.Outer.Name`1": the scope of its members
    std::string_view name = {};
    facts::Kind kind = facts::Kind::Class;
    std::vector<DefinitionRef> parts = {};
    std::vector<std::string_view> parameters = {};  // names of its type parameters
    std::size_t tier = 0;
};

// Where a name is written: what is visible there.
struct Context {
    const LiveSegment* segment = nullptr;
    facts::Index definition = facts::kNone;  // the innermost definition around it
    facts::Index file = facts::kNone;
    std::uint32_t byte = 0;
};

using Bindings = std::vector<std::pair<std::string_view, TypeRef>>;

// How well a value fits where it is given.
enum class Fit { Not, Unknown, Weak, Converts, Same };

class Types {
  public:
    explicit Types(std::vector<Tier> tiers);

    std::span<const Tier> tiers() const { return tiers_; }
    std::size_t tier_of(const LiveSegment* segment) const;

    // The type written as `text` at `context`; a name that nothing declares gives a Named type without
    // symbol.
    TypeRef parse(std::string_view text, const Context& context);
    // The type called `name` with `arity` type parameters as seen from the context, null if there is none.
    const Symbol* lookup(std::string_view name, std::size_t arity, const Context& context);
    // The type in exactly this namespace or type.
    const Symbol* find(std::string_view scope, std::string_view name, std::size_t arity,
                       const Context& context);
    // Whether the members of `scope`, a static class's namespace, can be used at the context without naming
    // it.
    bool is_open(std::string_view name_space, const Context& context);
    std::vector<const Symbol*> static_usings(const Context& context);

    const Symbol* symbol_of(const DefinitionRef& type);
    // The type definitions around a context, innermost first.
    std::vector<const Symbol*> enclosing(const Context& context);
    TypeRef instance(const Symbol* symbol);  // with its own parameters as arguments

    TypeRef make(Type type);
    TypeRef substitute(TypeRef type, const Bindings& bindings);
    Bindings bindings(TypeRef type);  // of a type's parameters to its arguments
    std::vector<TypeRef> bases(TypeRef type);
    // The type and all that it derives from: itself, base classes, then interfaces, Object last.
    const std::vector<TypeRef>& lineage(TypeRef type);
    // Finds what `parameter` must bind to so that `argument` fits, adding to `bindings`.
    void infer(TypeRef parameter, TypeRef argument, Bindings& bindings, int depth = 0);
    Fit fit(TypeRef from, TypeRef to, int depth = 0);
    bool is_delegate(TypeRef type) const;
    // Of a delegate type: parameter types, and the result (null: none or unknown).
    std::vector<TypeRef> delegate_parameters(TypeRef type);
    TypeRef delegate_result(TypeRef type);
    TypeRef element(TypeRef collection);  // what foreach yields
    TypeRef awaited(TypeRef task);

    // The folder of the project that a file belongs to; empty if no project file lies above it.
    const std::string& project_of(const LiveSegment* segment, facts::Index file);
    Context context_of(const DefinitionRef& definition) const;
    template <class Visit>  // visit(DefinitionRef); false ends it
    void each_named(std::string_view name, Visit visit) const;

  private:
    class Reader;
    struct FileScope {
        std::vector<std::string> namespaces;
        std::vector<std::pair<std::string, std::string>> aliases;
        std::vector<std::string> statics;
    };
    const Symbol* kept(Symbol symbol);
    const FileScope& file_scope(const Context& context);
    const Symbol* lookup_anywhere(std::string_view name, const Context& context);
    struct Part {
        std::string_view name;
        std::vector<TypeRef> arguments;
    };
    bool is_type_parameter(std::string_view name, const Context& context) const;
    const Symbol* nested(const Symbol* outer, std::string_view name, std::size_t arity,
                         const Context& context, int depth);
    const Symbol* qualified(std::span<const Part> parts, const Context& context);
    TypeRef named_type(const std::vector<Part>& parts, const Context& context);
    bool user_conversion(TypeRef from, TypeRef to);
    Fit fit_plain(TypeRef from, TypeRef to, int depth);
    std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

    std::vector<Tier> tiers_;
    std::deque<Type> arena_;
    std::deque<Symbol> symbols_;
    std::deque<std::string> texts_;
    std::unordered_map<std::string, const Symbol*> found_;
    std::map<std::pair<const LiveSegment*, facts::Index>, const Symbol*> by_part_;
    std::unordered_map<std::string, TypeRef> parsed_;
    std::unordered_map<TypeRef, std::vector<TypeRef>> lineages_;
    std::unordered_map<const facts::File*, FileScope> scopes_;
    std::unordered_map<const facts::File*, std::string> projects_;
    std::vector<std::vector<std::string>> project_folders_;  // by tier, each ending in "/"
};

template <class Visit>
void Types::each_named(std::string_view name, Visit visit) const {
    for (const Tier& tier : tiers_) {
        for (const LiveSegment* live : tier.segments) {
            const auto text = live->segment.find_text(name);
            if (!text) continue;
            for (const facts::Index index : live->segment.definitions_named(*text)) {
                const facts::Index file = live->segment.definition(index).file;
                if (file >= live->live.size() || !live->live[file]) continue;
                if (!visit(DefinitionRef{live, index})) return;
            }
        }
    }
}

}  // namespace culprit
