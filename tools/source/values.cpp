// Resolver: the types of expressions.
#include <algorithm>

#include "base/text.h"
#include "tools/source/resolve.h"

namespace culprit {

using facts::How;
using facts::kNone;
using facts::Op;
using Form = Type::Form;

namespace {

constexpr int kDeepest = 60;  // chains of locals and calls that are followed

std::uint64_t key_of(std::unordered_map<const LiveSegment*, std::uint64_t>& numbers,
                     const LiveSegment* segment, facts::Index index) {
    return (numbers.try_emplace(segment, numbers.size()).first->second << 32) | index;
}

}  // namespace

Resolver::Value Resolver::value_of(const At& at, facts::Index expression) {
    if (expression == kNone || depth_ > kDeepest) return {};
    const std::uint64_t key = key_of(numbers_, at.segment, expression);
    if (const auto known = values_.find(key); known != values_.end()) return known->second;
    values_[key] = {};  // what depends on itself is not known
    ++depth_;
    const Value value = compute(at, expression);
    --depth_;
    return values_[key] = value;
}

Resolver::Value Resolver::compute(const At& at, facts::Index expression) {
    const Segment& segment = at.segment->segment;
    const facts::Expression& e = segment.expression(expression);
    const auto first_known = [&]() -> TypeRef {
        for (std::uint32_t i = 0; i < e.count; ++i) {
            const TypeRef type = type_of(at, segment.list(e.list + i));
            if (type && type->form != Form::Null) return type;
        }
        return nullptr;
    };
    switch (e.op) {
        case Op::Unknown: return {};
        case Op::Name: return name_value(at, e);
        case Op::Member: return member_value(at, e);
        case Op::Call:
        case Op::New:
        case Op::TargetNew: return {.type = call_type(at, expression, e)};
        case Op::ThisCall:
        case Op::BaseCall: return {};
        case Op::This: {
            const auto around = types_.enclosing(at.context);
            return around.empty() ? Value{} : Value{.type = types_.instance(around[0])};
        }
        case Op::Base: {
            const auto around = types_.enclosing(at.context);
            return around.empty() ? Value{} : Value{.type = types_.instance(around[0]), .is_base = true};
        }
        case Op::Literal:
            if (segment.text(e.text) == "null") return {.type = types_.make({.form = Form::Null})};
            return {.type = text_type(at, e.text)};
        case Op::Typed: return {.type = text_type(at, e.text)};
        case Op::Await: return {.type = types_.awaited(type_of(at, e.target))};
        case Op::Subscript: {
            const TypeRef type = type_of(at, e.target);
            if (!type) return {};
            if (type->form == Form::Array) return {.type = type->arguments[0]};
            const auto found = members(type, "this[]", false);
            if (!found.empty()) {
                const bool is_range = e.count == 1 && [&] {
                    const TypeRef index = type_of(at, segment.list(e.list));
                    return index && index->name == "Range";
                }();
                if (is_range) return {.type = type};
                const Bound bound = choose(at, e, found, type, 0);
                const Candidate& chosen = bound.candidate ? *bound.candidate : found[0];
                return {.type = type_of_member(chosen.definition, chosen.owner)};
            }
            if (type->name == "String") return {.type = types_.element(type)};
            return {.type = type->symbol || type->arguments.empty() ? nullptr : type->arguments.back()};
        }
        case Op::Element: return {.type = types_.element(type_of(at, e.target))};
        case Op::Either:
        case Op::Same: return {.type = e.op == Op::Same ? type_of(at, e.target) : first_known()};
        case Op::Binary: return {.type = binary_type(at, e)};
        case Op::Lambda: return {.type = types_.make({.form = Form::Lambda, .parameter_count = e.count})};
        case Op::Tuple: {
            Type made{.form = Form::Tuple, .name = "ValueTuple"};
            for (std::uint32_t i = 0; i < e.count; ++i) {
                made.arguments.push_back(type_of(at, segment.list(e.list + i)));
                made.names.emplace_back();
            }
            return {.type = types_.make(std::move(made))};
        }
        case Op::Array: {
            const TypeRef first = first_known();
            return {.type = first ? types_.make({.form = Form::Array, .name = "[]", .arguments = {first}})
                                  : nullptr};
        }
    }
    return {};
}

TypeRef Resolver::binary_type(const At& at, const facts::Expression& e) {
    const TypeRef left = type_of(at, e.target), right = type_of(at, e.list);
    for (const TypeRef side : {left, right}) {
        if (side && side->name == "String") return side;
    }
    const std::string_view sign = at.segment->segment.text(e.text);
    if (sign == "<<" || sign == ">>" || sign == ">>>" || !right) return left;
    if (!left) return right;
    const Fit up = types_.fit(left, right);
    const auto is_small = [](TypeRef t) {
        return t->name == "Byte" || t->name == "SByte" || t->name == "Int16" || t->name == "UInt16" ||
               t->name == "Char";
    };
    if (is_small(left) && is_small(right)) return types_.parse("int", at.context);
    return up == Fit::Converts ? right : left;
}

// A simple name: a variable, a parameter, a member of the types around, a type; else a namespace or something
// outside.
Resolver::Value Resolver::name_value(const At& at, const facts::Expression& e) {
    const Segment& segment = at.segment->segment;
    const std::string_view name = segment.text(e.text);
    if (e.list == 0) {
        const facts::Local* best = nullptr;
        for (const facts::Local& local : segment.locals(*at.file, e.text)) {
            if (local.begin_byte > at.context.byte || local.end_byte < at.context.byte) continue;
            if (!best || local.begin_byte > best->begin_byte) best = &local;
        }
        facts::Index member = at.context.definition;
        for (int depth = 0; member != kNone && depth < 50; ++depth) {
            const facts::Definition& d = segment.definition(member);
            if (best && best->begin_byte >= d.first_byte) return {.type = local_type(at, *best)};
            for (const facts::Parameter& p : segment.parameters(d)) {
                if (p.name != e.text || p.name == 0) continue;
                Context inside = at.context;
                inside.definition = member;
                return {.type = types_.parse(segment.text(p.type), inside)};
            }
            if (name == "value" && (d.kind == facts::Kind::Property || d.kind == facts::Kind::Indexer)) {
                return {.type = text_type(at, d.type)};
            }
            member = d.container;
        }
        for (const Symbol* type : types_.enclosing(at.context)) {
            const TypeRef owner = types_.instance(type);
            const auto found = members(owner, name, false);
            if (found.empty()) {
                for (const DefinitionRef& part : type->parts) {  // of a primary constructor, in another part
                    for (const facts::Parameter& p : part.segment->segment.parameters(part.get())) {
                        if (part.text(p.name) != name) continue;
                        return {.type = types_.parse(part.text(p.type), types_.context_of(part))};
                    }
                }
                continue;
            }
            const Candidate& first = found[0];
            if (first.definition.get().kind == facts::Kind::Method)
                return {.type = types_.make({.form = Form::Group})};
            const TypeRef found_type = type_of_member(first.definition, first.owner);
            // "Color Color": a property called like its type stands for either; its type has the members of
            // both
            return {.type = found_type};
        }
    }
    std::size_t arity = 0;
    if (e.list != 0) arity = 1 + static_cast<std::size_t>(std::ranges::count(segment.text(e.list), ','));
    const std::string written = std::string(name) + std::string(arity ? segment.text(e.list) : "");
    const TypeRef type = types_.parse(written, at.context);
    if (type && (type->symbol || type->form == Form::Parameter)) return {.type = type, .is_type = true};
    for (const Symbol* symbol : types_.static_usings(at.context)) {
        const TypeRef owner = types_.instance(symbol);
        if (const auto found = members(owner, name, false); !found.empty()) {
            return {.type = type_of_member(found[0].definition, found[0].owner)};
        }
    }
    return {.path = name};
}

Resolver::Value Resolver::outside_value(const Value& target, std::string_view name) {
    if (target.path.empty()) return {};
    return {.path = name};
}

Resolver::Value Resolver::member_value(const At& at, const facts::Expression& e) {
    const Segment& segment = at.segment->segment;
    const std::string_view name = segment.text(e.text);
    const Value target = value_of(at, e.target);
    if (!target.type && !target.path.empty()) {
        std::string path(name);  // "A.B.Name": a type by its whole name?
        const facts::Expression* outer = &segment.expression(e.target);
        for (int depth = 0; depth < 20; ++depth) {
            path = std::string(segment.text(outer->text)) + '.' + path;
            if (outer->op != Op::Member) break;
            outer = &segment.expression(outer->target);
        }
        if (e.list != 0) path += segment.text(e.list);
        const TypeRef type = types_.parse(path, at.context);
        if (type && type->symbol) return {.type = type, .is_type = true};
        return outside_value(target, name);
    }
    const TypeRef type = target.type;
    if (!type) return {};
    if (type->form == Form::Tuple) {
        for (std::size_t i = 0; i < type->arguments.size(); ++i) {
            if (type->names[i] == name || name == "Item" + std::to_string(i + 1))
                return {.type = type->arguments[i]};
        }
        return {};
    }
    if (type->form == Form::Array) {
        return name == "Length" || name == "Rank" ? Value{.type = types_.parse("int", at.context)}
               : name == "LongLength"             ? Value{.type = types_.parse("long", at.context)}
                                                  : Value{};
    }
    if (type->symbol && target.is_type) {
        if (type->symbol->kind == facts::Kind::Enum) return {.type = type};
        if (const Symbol* nested = types_.find(type->symbol->scope, name, 0, at.context)) {
            return {.type = types_.instance(nested), .is_type = true};
        }
    }
    const auto found = members(type, name, target.is_base);
    if (!found.empty()) {
        if (found[0].definition.get().kind == facts::Kind::Method)
            return {.type = types_.make({.form = Form::Group})};
        return {.type = type_of_member(found[0].definition, found[0].owner)};
    }
    if (type->symbol) {
        for (const DefinitionRef& part : type->symbol->parts) {  // a record's parameters are properties
            if (part.get().kind != facts::Kind::Record) continue;
            for (const facts::Parameter& p : part.segment->segment.parameters(part.get())) {
                if (part.text(p.name) != name) continue;
                return {.type = types_.substitute(types_.parse(part.text(p.type), types_.context_of(part)),
                                                  types_.bindings(type))};
            }
        }
    }
    if (name == "Value") return {.type = type};  // of a nullable one
    if (name == "HasValue") return {.type = types_.parse("bool", at.context)};
    return {};
}

TypeRef Resolver::type_of_member(const DefinitionRef& definition, TypeRef owner) {
    const facts::Definition& d = definition.get();
    if (d.kind == facts::Kind::EnumMember) return owner;
    return types_.substitute(types_.parse(definition.text(d.type), types_.context_of(definition)),
                             types_.bindings(owner));
}

TypeRef Resolver::local_type(const At& at, const facts::Local& local) {
    At there = at;
    there.context.definition = local.member;
    there.context.byte = local.begin_byte;
    switch (local.how) {
        case How::Typed: return text_type(there, local.type);
        case How::Value: return type_of(there, local.value);
        case How::Element: return types_.element(type_of(there, local.value));
        case How::Out: return argument_type(there, bind(there, local.value), local.position, {}, true);
        case How::LambdaParameter: return lambda_parameter(there, local);
        case How::Part: {
            const TypeRef whole = type_of(there, local.value);
            if (!whole) return nullptr;
            if (whole->form == Form::Tuple)
                return local.position < whole->arguments.size() ? whole->arguments[local.position] : nullptr;
            if (whole->name == "KeyValuePair" && local.position < whole->arguments.size())
                return whole->arguments[local.position];
            for (const Candidate& candidate : members(whole, "Deconstruct", false)) {
                const auto parameters =
                    candidate.definition.segment->segment.parameters(candidate.definition.get());
                if (local.position >= parameters.size()) continue;
                return types_.substitute(
                    types_.parse(candidate.definition.text(parameters[local.position].type),
                                 types_.context_of(candidate.definition)),
                    types_.bindings(candidate.owner));
            }
            if (whole->symbol && whole->symbol->kind == facts::Kind::Record) {
                const DefinitionRef& part = whole->symbol->parts[0];
                const auto parameters = part.segment->segment.parameters(part.get());
                if (local.position < parameters.size()) {
                    return types_.substitute(
                        types_.parse(part.text(parameters[local.position].type), types_.context_of(part)),
                        types_.bindings(whole));
                }
            }
            return nullptr;
        }
    }
    return nullptr;
}

// The type that parameter `position` of the bound method has for this call.
TypeRef Resolver::argument_type(const At&, const Bound& bound, std::size_t position, std::string_view name,
                                bool is_out) {
    if (!bound.candidate) return nullptr;
    const Candidate& candidate = *bound.candidate;
    const auto parameters = candidate.definition.segment->segment.parameters(candidate.definition.get());
    std::size_t index = position + (candidate.is_extension ? 1 : 0);
    if (!name.empty()) {
        const auto found = std::ranges::find_if(
            parameters, [&](const auto& p) { return candidate.definition.text(p.name) == name; });
        index = static_cast<std::size_t>(found - parameters.begin());
    }
    const bool in_rest =
        !parameters.empty() && (parameters.back().flags & facts::Params) && index + 1 >= parameters.size();
    if (in_rest) index = parameters.size() - 1;
    if (index >= parameters.size() || (is_out && !(parameters[index].flags & facts::Out))) return nullptr;
    TypeRef type = types_.parse(candidate.definition.text(parameters[index].type),
                                types_.context_of(candidate.definition));
    type = types_.substitute(types_.substitute(type, types_.bindings(candidate.owner)), bound.bindings);
    return in_rest && type && type->form == Form::Array && !is_out ? type->arguments[0] : type;
}

TypeRef Resolver::lambda_parameter(const At& at, const facts::Local& local) {
    const facts::Argument* argument = at.segment->segment.argument(*at.file, local.value);
    TypeRef delegate = nullptr;
    if (argument) {
        delegate = argument_type(at, bind(at, argument->call), argument->position,
                                 at.segment->segment.text(argument->name), false);
    }
    if (!delegate) return nullptr;
    if (!types_.is_delegate(delegate) && delegate->name != "Expression") return nullptr;
    const auto parameters = types_.delegate_parameters(delegate);
    return local.position < parameters.size() ? parameters[local.position] : nullptr;
}

}  // namespace culprit
