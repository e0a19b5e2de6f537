#include "tools/source/types.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace culprit {

using facts::kNone;

namespace {

constexpr int kDeepest = 12;

// The keywords of C# that name types, and what they stand for.
std::string_view clr_name(std::string_view keyword) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 19> kNames{{
        {"int", "Int32"},   {"string", "String"}, {"bool", "Boolean"},   {"object", "Object"},
        {"byte", "Byte"},   {"long", "Int64"},    {"double", "Double"},  {"void", "Void"},
        {"char", "Char"},   {"float", "Single"},  {"uint", "UInt32"},    {"ulong", "UInt64"},
        {"short", "Int16"}, {"ushort", "UInt16"}, {"sbyte", "SByte"},    {"decimal", "Decimal"},
        {"nint", "IntPtr"}, {"nuint", "UIntPtr"}, {"dynamic", "Object"},
    }};
    const auto found =
        std::ranges::find(kNames, keyword, &std::pair<std::string_view, std::string_view>::first);
    return found == kNames.end() ? std::string_view() : found->second;
}

std::size_t shared_prefix(std::string_view a, std::string_view b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

std::string joined(std::string_view scope, std::string_view name, std::size_t arity = 0) {
    std::string text(scope);
    if (!text.empty()) text += '.';
    text += name;
    if (arity) text += '`' + std::to_string(arity);
    return text;
}

}  // namespace

Types::Types(std::vector<Tier> tiers) : tiers_(std::move(tiers)), project_folders_(tiers_.size()) {
    for (std::size_t i = 0; i < tiers_.size(); ++i) {
        for (const LiveSegment* live : tiers_[i].segments) {
            for (const facts::Index file : live->projects) {
                const std::string_view path = live->segment.text(live->segment.file(file).path);
                if (!live->live[file] || path.find('/') == path.npos) continue;
                project_folders_[i].emplace_back(path.substr(0, path.rfind('/') + 1));
            }
        }
    }
}

std::size_t Types::tier_of(const LiveSegment* segment) const {
    for (std::size_t i = 0; i < tiers_.size(); ++i) {
        if (std::ranges::find(tiers_[i].segments, segment) != tiers_[i].segments.end()) return i;
    }
    return 0;
}

TypeRef Types::make(Type type) { return &arena_.emplace_back(std::move(type)); }

Context Types::context_of(const DefinitionRef& definition) const {
    return {definition.segment, definition.index, definition.get().file, definition.get().name_byte};
}

// ---- what is declared where

const Symbol* Types::find(std::string_view scope, std::string_view name, std::size_t arity,
                          const Context& context) {
    const std::size_t home = tier_of(context.segment);
    const std::string key = joined(scope, name, arity) + '#' + std::to_string(home);
    if (const auto known = found_.find(key); known != found_.end()) return known->second;

    Symbol symbol{.scope = joined(scope, name, arity)};
    const std::string_view here =
        context.segment->segment.text(context.segment->segment.file(context.file).path);
    for (std::size_t step = 0; step < tiers_.size() && symbol.parts.empty(); ++step) {
        const std::size_t tier = step == 0 ? home : step <= home ? step - 1 : step;
        std::vector<DefinitionRef> all;
        for (const LiveSegment* live : tiers_[tier].segments) {
            const auto text = live->segment.find_text(name), outer = live->segment.find_text(scope);
            if (!text || !outer) continue;
            for (const facts::Index index : live->segment.definitions_named(*text)) {
                const facts::Definition& d = live->segment.definition(index);
                if (d.scope != *outer || d.arity != arity || !facts::is_type(d.kind)) continue;
                if (d.file < live->live.size() && live->live[d.file]) all.push_back({live, index});
            }
        }
        if (all.empty()) continue;
        symbol.tier = tier;
        // A listing repeats what the sources declare; of what is not partial, one is meant: the nearest.
        const auto is_listing = [](const DefinitionRef& d) {
            return d.segment->segment.file(d.get().file).flags & facts::Listing;
        };
        if (!std::ranges::all_of(all, is_listing)) std::erase_if(all, is_listing);
        const auto is_inactive = [](const DefinitionRef& d) { return d.get().flags & facts::Inactive; };
        if (!std::ranges::all_of(all, is_inactive)) std::erase_if(all, is_inactive);
        const auto nearness = [&](const DefinitionRef& d) {
            return shared_prefix(here, d.segment->segment.text(d.segment->segment.file(d.get().file).path));
        };
        const auto nearest = std::ranges::max_element(all, {}, nearness);
        if (nearest->get().flags & facts::Partial) {
            const auto folder = [&](const DefinitionRef& d) {
                const std::string_view path =
                    d.segment->segment.text(d.segment->segment.file(d.get().file).path);
                return path.substr(0, path.find('/'));
            };
            const std::string_view own = folder(*nearest);
            std::iter_swap(all.begin(), nearest);
            std::erase_if(all, [&](const DefinitionRef& d) {
                return !(d.get().flags & facts::Partial) || folder(d) != own;
            });
            symbol.parts = all;
        } else {
            symbol.parts = {*nearest};
        }
    }
    const Symbol* result = nullptr;
    if (!symbol.parts.empty()) {
        symbol.name = symbol.parts[0].name();
        symbol.kind = symbol.parts[0].get().kind;
        const std::string_view parameters = symbol.parts[0].text(symbol.parts[0].get().type_parameters);
        for (const std::string_view parameter : split(parameters, ',')) {
            const std::string_view clean = trim(parameter);
            if (!clean.empty())
                symbol.parameters.push_back(
                    clean.substr(clean.rfind(' ') == clean.npos ? 0 : clean.rfind(' ') + 1));
        }
        result = kept(std::move(symbol));
    }
    return found_[key] = result;
}

// One type found from two tiers is one symbol.
const Symbol* Types::kept(Symbol symbol) {
    const auto first = std::ranges::min_element(
        symbol.parts, {}, [](const DefinitionRef& d) { return std::pair(d.segment, d.index); });
    const auto [place, is_new] = by_part_.try_emplace({first->segment, first->index}, nullptr);
    if (is_new) place->second = &symbols_.emplace_back(std::move(symbol));
    return place->second;
}

const Symbol* Types::symbol_of(const DefinitionRef& type) {
    const facts::Definition& d = type.get();
    const Symbol* found = find(type.text(d.scope), type.text(d.name), d.arity, context_of(type));
    if (found && std::ranges::find(found->parts, type) != found->parts.end()) return found;
    // Another type of the same name is nearer to everybody but itself.
    const std::string key = "@" + std::to_string(type.index) + '#' +
                            std::to_string(reinterpret_cast<std::uintptr_t>(type.segment));
    if (const auto known = found_.find(key); known != found_.end()) return known->second;
    Symbol symbol{.scope = joined(type.text(d.scope), type.text(d.name), d.arity),
                  .name = type.name(),
                  .kind = d.kind,
                  .parts = {type},
                  .parameters = {},
                  .tier = tier_of(type.segment)};
    for (const std::string_view parameter : split(type.text(d.type_parameters), ',')) {
        if (!trim(parameter).empty()) symbol.parameters.push_back(trim(parameter));
    }
    return found_[key] = &symbols_.emplace_back(std::move(symbol));
}

std::vector<const Symbol*> Types::enclosing(const Context& context) {
    std::vector<const Symbol*> result;
    facts::Index index = context.definition;
    for (int depth = 0; index != kNone && depth < 50; ++depth) {
        const DefinitionRef definition{context.segment, index};
        if (facts::is_type(definition.get().kind)) result.push_back(symbol_of(definition));
        index = definition.get().container;
    }
    return result;
}

bool Types::is_type_parameter(std::string_view name, const Context& context) const {
    facts::Index index = context.definition;
    for (int depth = 0; index != kNone && depth < 50; ++depth) {
        const facts::Definition& definition = context.segment->segment.definition(index);
        const std::string_view parameters = context.segment->segment.text(definition.type_parameters);
        if (!parameters.empty() && contains_word(parameters, name)) return true;
        index = definition.container;
    }
    return false;
}

const Symbol* Types::nested(const Symbol* outer, std::string_view name, std::size_t arity,
                            const Context& context, int depth) {
    if (const Symbol* found = find(outer->scope, name, arity, context)) return found;
    if (depth > kDeepest) return nullptr;
    for (const TypeRef base : bases(instance(outer))) {
        if (!base || !base->symbol || base->symbol->kind == facts::Kind::Interface) continue;
        if (const Symbol* found = nested(base->symbol, name, arity, context, depth + 1)) return found;
    }
    return nullptr;
}

const Symbol* Types::lookup(std::string_view name, std::size_t arity, const Context& context) {
    const std::vector<const Symbol*> types = enclosing(context);
    for (const Symbol* type : types) {
        if (type->name == name && type->parameters.size() == arity) return type;
        // The bases of a type are looked up outside of it: "class A : B" must not look for B in A.
        const bool in_header = types.front() == type && context.definition != kNone &&
                               facts::is_type(context.segment->segment.definition(context.definition).kind);
        const Symbol* found =
            in_header ? find(type->scope, name, arity, context) : nested(type, name, arity, context, 0);
        if (found) return found;
    }
    std::string_view space;
    if (context.definition != kNone) {
        facts::Index outermost = context.definition;
        for (int depth = 0; depth < 50; ++depth) {
            const facts::Index container = context.segment->segment.definition(outermost).container;
            if (container == kNone) break;
            outermost = container;
        }
        space = context.segment->segment.text(context.segment->segment.definition(outermost).scope);
    }
    while (true) {
        if (const Symbol* found = find(space, name, arity, context)) {
            if (!space.empty() || found->tier == tier_of(context.segment)) return found;
        }
        if (space.empty()) break;
        space = space.substr(0, space.rfind('.') == space.npos ? 0 : space.rfind('.'));
    }
    for (const std::string& opened : file_scope(context).namespaces) {
        if (const Symbol* found = find(opened, name, arity, context)) return found;
    }
    return context.segment->segment.file(context.file).language == 0 ? nullptr
                                                                     : lookup_anywhere(name, context);
}

// Imports of other languages than C# are not followed: any type of the name and language will do.
const Symbol* Types::lookup_anywhere(std::string_view name, const Context& context) {
    const std::uint32_t language = context.segment->segment.file(context.file).language;
    for (const LiveSegment* live : tiers_[tier_of(context.segment)].segments) {
        const auto text = live->segment.find_text(name);
        if (!text) continue;
        for (const facts::Index index : live->segment.definitions_named(*text)) {
            const facts::Definition& d = live->segment.definition(index);
            const bool is_live = d.file < live->live.size() && live->live[d.file];
            if (is_live && facts::is_type(d.kind) && live->segment.file(d.file).language == language)
                return symbol_of({live, index});
        }
    }
    return nullptr;
}

// ---- types as written

// type := "(" type [name] {"," type [name]} ")" | name ["<" types ">"] {"." name ["<" types ">"]}, then "?",
// "[]", "*"
class Types::Reader {
  public:
    Reader(Types& types, std::string_view text, const Context& context)
        : types_(types), rest_(text), context_(context) {}

    TypeRef type(int depth) {
        TypeRef result = nullptr;
        if (depth > kDeepest) return rest_ = {}, nullptr;
        skip_blanks();
        if (take('('))
            result = tuple(depth);
        else
            result = named(depth);
        while (true) {
            if (take('*')) continue;
            if (take('?')) {
                if (!result || result->is_nullable) continue;
                Type nullable = *result;
                nullable.is_nullable = true;
                result = types_.make(std::move(nullable));
                continue;
            }
            if (!rest_.starts_with('[')) return result;
            const auto close = rest_.find(']');
            rest_.remove_prefix(close == rest_.npos ? rest_.size() : close + 1);
            result = types_.make({.form = Type::Form::Array, .name = "[]", .arguments = {result}});
        }
    }

  private:
    void skip_blanks() {
        while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
    }
    bool take(char c) {
        skip_blanks();
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::string_view word() {
        skip_blanks();
        std::size_t end = 0;
        while (end < rest_.size() &&
               std::string_view(".<>,()[]?* ").find(rest_[end]) == std::string_view::npos)
            ++end;
        const std::string_view found = rest_.substr(0, end);
        rest_.remove_prefix(end);
        return found.starts_with('@') ? found.substr(1) : found;
    }
    TypeRef tuple(int depth) {
        Type made{.form = Type::Form::Tuple, .name = "ValueTuple"};
        do {
            made.arguments.push_back(type(depth + 1));
            made.names.push_back(word());
        } while (take(','));
        take(')');
        return types_.make(std::move(made));
    }
    TypeRef named(int depth) {
        std::vector<Part> parts;
        do {
            Part part{.name = word(), .arguments = {}};
            if (part.name.empty()) return nullptr;
            if (take('<')) {
                do part.arguments.push_back(type(depth + 1));
                while (take(','));
                take('>');
            }
            parts.push_back(std::move(part));
        } while (take('.'));
        return types_.named_type(parts, context_);
    }

    Types& types_;
    std::string_view rest_;
    const Context& context_;
};

TypeRef Types::parse(std::string_view text, const Context& context) {
    if (text.empty()) return nullptr;
    std::string key(text);
    key +=
        fmt::format("#{}#{}#{}", static_cast<const void*>(context.segment), context.file, context.definition);
    if (const auto known = parsed_.find(key); known != parsed_.end()) return known->second;
    parsed_[key] = nullptr;  // a type that is needed to know itself is not known
    const TypeRef type = Reader(*this, text, context).type(0);
    return parsed_[key] = type;
}

// Each way to cut "A.B.C" into a namespace and a type in it.
const Symbol* Types::qualified(std::span<const Part> parts, const Context& context) {
    std::string space;
    const std::vector<const Symbol*> around = enclosing(context);
    std::string_view here;
    if (!around.empty()) here = around.back()->scope;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        space = joined(space, parts[i].name);
        const Part& type = parts[i + 1];
        const Symbol* found = find(space, type.name, type.arguments.size(), context);
        for (std::string_view outer = here; !found && !outer.empty();) {
            outer = outer.substr(0, outer.rfind('.') == outer.npos ? 0 : outer.rfind('.'));
            if (!outer.empty()) found = find(joined(outer, space), type.name, type.arguments.size(), context);
        }
        for (std::size_t next = i + 2; found && next < parts.size(); ++next) {
            found = nested(found, parts[next].name, parts[next].arguments.size(), context, 0);
        }
        if (found) return found;
    }
    return nullptr;
}

namespace {

// Whether the type is declared in a type or a (named) namespace that stands around the context.
bool stands_around(const Symbol& symbol, const Context& context) {
    if (context.definition == kNone) return false;
    const Segment& segment = context.segment->segment;
    const std::string_view here = segment.text(segment.definition(context.definition).scope);
    const std::string_view outer =
        std::string_view(symbol.scope)
            .substr(0, symbol.scope.rfind('.') == std::string::npos ? 0 : symbol.scope.rfind('.'));
    return !outer.empty() && here.starts_with(outer) &&
           (here.size() == outer.size() || here[outer.size()] == '.');
}

}  // namespace

TypeRef Types::named_type(const std::vector<Part>& parts, const Context& context) {
    const Part& first = parts.front();
    std::vector<TypeRef> arguments;
    for (const Part& part : parts)
        arguments.insert(arguments.end(), part.arguments.begin(), part.arguments.end());
    if (parts.size() == 1 && arguments.empty()) {
        if (const std::string_view clr = clr_name(first.name); !clr.empty()) {
            return make({.symbol = find("System", clr, 0, context), .name = clr});
        }
        if (is_type_parameter(first.name, context))
            return make({.form = Type::Form::Parameter, .name = first.name});
    }
    const FileScope& scope = file_scope(context);
    const auto alias =
        std::ranges::find(scope.aliases, first.name, &std::pair<std::string, std::string>::first);
    const bool has_alias = alias != scope.aliases.end() && alias->second != first.name;
    const Symbol* symbol = lookup(first.name, first.arguments.size(), context);
    // An alias hides what other namespaces and the outermost one declare.
    if (symbol && has_alias && !stands_around(*symbol, context)) symbol = nullptr;
    for (std::size_t i = 1; symbol && i < parts.size(); ++i) {
        symbol = nested(symbol, parts[i].name, parts[i].arguments.size(), context, 0);
    }
    if (!symbol && has_alias) {
        std::string target = alias->second;
        for (std::size_t i = 1; i < parts.size(); ++i) target = joined(target, parts[i].name);
        Context outside = context;
        outside.definition = kNone;
        const TypeRef type = parse(keep(target), outside);
        if (!type || arguments.empty() || !type->symbol) return type;
        return make({.symbol = type->symbol, .name = type->name, .arguments = arguments});
    }
    if (!symbol && parts.size() > 1) symbol = qualified(parts, context);
    return make({.symbol = symbol,
                 .name = symbol ? symbol->name : parts.back().name,
                 .arguments = std::move(arguments)});
}

}  // namespace culprit
