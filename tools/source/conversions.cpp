// Types: bases, substitution, inference, and what converts to what.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "tools/source/types.h"

namespace culprit {

using Form = Type::Form;

namespace {

constexpr int kDeepest = 12;

// Numbers in an order in which each converts to those behind it, in one of several chains.
bool widens(std::string_view from, std::string_view to) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kWider{{
        {"SByte", "Int16 Int32 Int64 Single Double Decimal IntPtr"},
        {"Byte", "Int16 UInt16 Int32 UInt32 Int64 UInt64 Single Double Decimal IntPtr UIntPtr"},
        {"Int16", "Int32 Int64 Single Double Decimal IntPtr"},
        {"UInt16", "Int32 UInt32 Int64 UInt64 Single Double Decimal IntPtr UIntPtr"},
        {"Int32", "Int64 Single Double Decimal IntPtr"},
        {"UInt32", "Int64 UInt64 Single Double Decimal UIntPtr"},
        {"Int64", "Single Double Decimal"},
        {"UInt64", "Single Double Decimal"},
        {"Char", "UInt16 Int32 UInt32 Int64 UInt64 Single Double Decimal"},
        {"Single", "Double"},
        {"IntPtr", "Int64 Single Double Decimal"},
        {"UIntPtr", "UInt64 Single Double Decimal"},
        {"Double", ""},
    }};
    const auto row = std::ranges::find(kWider, from, &std::pair<std::string_view, std::string_view>::first);
    return row != kWider.end() && contains_word(row->second, to);
}

bool is_basic(std::string_view name) {
    static constexpr std::string_view kBasic =
        "SByte Byte Int16 UInt16 Int32 UInt32 Int64 UInt64 Char Single Double Decimal Boolean String IntPtr "
        "UIntPtr Void "
        "DateTime DateTimeOffset TimeSpan Guid";
    return contains_word(kBasic, name);
}

bool is_one_of(std::string_view name, std::string_view names) {
    return !name.empty() && contains_word(names, name);
}

}  // namespace

TypeRef Types::instance(const Symbol* symbol) {
    Type made{.symbol = symbol, .name = symbol->name};
    for (const std::string_view parameter : symbol->parameters) {
        made.arguments.push_back(make({.form = Form::Parameter, .name = parameter}));
    }
    return make(std::move(made));
}

Bindings Types::bindings(TypeRef type) {
    Bindings result;
    if (!type || !type->symbol) return result;
    const auto& names = type->symbol->parameters;
    // Arguments of nested generic types stand one after another; those of the innermost are last.
    const std::size_t skip =
        type->arguments.size() > names.size() ? type->arguments.size() - names.size() : 0;
    for (std::size_t i = 0; i < names.size() && i + skip < type->arguments.size(); ++i) {
        result.emplace_back(names[i], type->arguments[i + skip]);
    }
    return result;
}

TypeRef Types::substitute(TypeRef type, const Bindings& bindings) {
    if (!type || bindings.empty()) return type;
    if (type->form == Form::Parameter) {
        const auto found = std::ranges::find(bindings, type->name, &Bindings::value_type::first);
        return found == bindings.end() ? type : found->second;
    }
    if (type->arguments.empty()) return type;
    Type copy = *type;
    for (TypeRef& argument : copy.arguments) argument = substitute(argument, bindings);
    return copy.arguments == type->arguments ? type : make(std::move(copy));
}

std::vector<TypeRef> Types::bases(TypeRef type) {
    std::vector<TypeRef> result;
    if (!type || !type->symbol) return result;
    const Bindings bound = bindings(type);
    for (const DefinitionRef& part : type->symbol->parts) {
        for (const facts::Text base : part.segment->segment.bases(part.get())) {
            result.push_back(substitute(parse(part.text(base), context_of(part)), bound));
        }
    }
    return result;
}

const std::vector<TypeRef>& Types::lineage(TypeRef type) {
    const auto [place, is_new] = lineages_.try_emplace(type);
    if (!is_new || !type) return place->second;
    std::vector<TypeRef> classes, interfaces;
    const auto is_known = [&](TypeRef base) {
        const auto same = [&](TypeRef other) {
            return other->symbol == base->symbol && other->name == base->name;
        };
        return std::ranges::any_of(classes, same) || std::ranges::any_of(interfaces, same);
    };
    std::vector<std::pair<TypeRef, int>> open{{type, 0}};
    for (std::size_t next = 0; next < open.size() && open.size() < 200; ++next) {
        const auto [current, depth] = open[next];
        if (!current || is_known(current)) continue;
        const bool is_interface =
            current != type && current->symbol && current->symbol->kind == facts::Kind::Interface;
        (is_interface ? interfaces : classes).push_back(current);
        if (depth > kDeepest) continue;
        for (const TypeRef base : bases(current)) open.emplace_back(base, depth + 1);
    }
    std::vector<TypeRef> all = std::move(classes);
    all.insert(all.end(), interfaces.begin(), interfaces.end());
    if (!tiers_.empty() && !tiers_.back().segments.empty() && type->symbol) {
        Context anywhere{tiers_.back().segments.front(), facts::kNone, 0, 0};
        if (type->symbol->kind == facts::Kind::Enum) {
            if (const Symbol* base = find("System", "Enum", 0, anywhere)) all.push_back(instance(base));
        }
        if (const Symbol* object = find("System", "Object", 0, anywhere)) all.push_back(instance(object));
    }
    return lineages_[type] = std::move(all);
}

bool Types::is_delegate(TypeRef type) const {
    if (!type || type->form != Form::Named) return false;
    if (type->symbol) return type->symbol->kind == facts::Kind::Delegate;
    return is_one_of(type->name, "Func Action Predicate Comparison Converter EventHandler");
}

std::vector<TypeRef> Types::delegate_parameters(TypeRef type) {
    if (!type) return {};
    if (type->symbol && type->symbol->kind == facts::Kind::Delegate) {
        const DefinitionRef& part = type->symbol->parts[0];
        std::vector<TypeRef> result;
        for (const facts::Parameter& p : part.segment->segment.parameters(part.get())) {
            result.push_back(substitute(parse(part.text(p.type), context_of(part)), bindings(type)));
        }
        return result;
    }
    if (type->name == "Expression" && !type->arguments.empty())
        return delegate_parameters(type->arguments[0]);
    std::vector<TypeRef> result = type->arguments;
    if (type->name == "Func" && !result.empty()) result.pop_back();
    if (type->name == "Comparison" && result.size() == 1) result.push_back(result[0]);
    return result;
}

TypeRef Types::delegate_result(TypeRef type) {
    if (!type) return nullptr;
    if (type->symbol && type->symbol->kind == facts::Kind::Delegate) {
        const DefinitionRef& part = type->symbol->parts[0];
        return substitute(parse(part.text(part.get().type), context_of(part)), bindings(type));
    }
    if (type->name == "Expression" && !type->arguments.empty()) return delegate_result(type->arguments[0]);
    return type->name == "Func" && !type->arguments.empty() ? type->arguments.back() : nullptr;
}

TypeRef Types::element(TypeRef collection) {
    if (!collection) return nullptr;
    if (collection->form == Form::Array) return collection->arguments[0];
    if (collection->name == "String")
        return parse("char", Context{tiers_[0].segments.empty() ? nullptr : tiers_[0].segments[0],
                                     facts::kNone, 0, 0});
    for (const TypeRef type : lineage(collection)) {
        if (type && type->arguments.size() == 1 &&
            is_one_of(type->name,
                      "IEnumerable IAsyncEnumerable Span ReadOnlySpan IReadOnlyList IList ICollection")) {
            return type->arguments[0];
        }
    }
    if (collection->symbol && collection->symbol->parts.size()) {
        // A type with a GetEnumerator of its own: what its Current gives.
        for (const DefinitionRef& part : collection->symbol->parts) {
            const auto name = part.segment->segment.find_text("GetEnumerator");
            if (!name) continue;
            for (const facts::Index index : part.segment->segment.definitions_named(*name)) {
                const DefinitionRef method{part.segment, index};
                if (method.get().container != part.index || method.get().interface) continue;
                const TypeRef enumerator = substitute(
                    parse(method.text(method.get().type), context_of(method)), bindings(collection));
                if (!enumerator) continue;
                if (enumerator->arguments.size() == 1) return enumerator->arguments[0];
                if (!enumerator->symbol) continue;
                for (const DefinitionRef& body : enumerator->symbol->parts) {
                    const auto current = body.segment->segment.find_text("Current");
                    if (!current) continue;
                    for (const facts::Index member : body.segment->segment.definitions_named(*current)) {
                        const DefinitionRef property{body.segment, member};
                        if (property.get().container == body.index && !property.get().interface) {
                            return substitute(parse(property.text(property.get().type), context_of(property)),
                                              bindings(enumerator));
                        }
                    }
                }
            }
        }
        return nullptr;
    }
    return collection->arguments.size() == 1 ? collection->arguments[0] : nullptr;
}

TypeRef Types::awaited(TypeRef task) {
    if (!task || task->arguments.size() != 1) return nullptr;
    return is_one_of(task->name, "Task ValueTask ConfiguredTaskAwaitable ConfiguredValueTaskAwaitable") ||
                   !task->symbol
               ? task->arguments[0]
               : nullptr;
}

void Types::infer(TypeRef parameter, TypeRef argument, Bindings& bindings, int depth) {
    if (!parameter || !argument || depth > kDeepest || argument->form == Form::Null) return;
    if (parameter->form == Form::Parameter) {
        const auto known = std::ranges::find(bindings, parameter->name, &Bindings::value_type::first);
        if (known == bindings.end())
            bindings.emplace_back(parameter->name, argument);
        else if (!known->second)
            known->second = argument;
        return;
    }
    if (parameter->arguments.empty()) return;
    if (parameter->form == Form::Array || parameter->form == Form::Tuple) {
        if (argument->form != parameter->form) return;
        for (std::size_t i = 0; i < std::min(parameter->arguments.size(), argument->arguments.size()); ++i) {
            infer(parameter->arguments[i], argument->arguments[i], bindings, depth + 1);
        }
        return;
    }
    if (argument->form == Form::Array) {
        if (parameter->arguments.size() == 1)
            infer(parameter->arguments[0], argument->arguments[0], bindings, depth + 1);
        return;
    }
    for (const TypeRef type : lineage(argument)) {
        if (!type || type->arguments.size() != parameter->arguments.size()) continue;
        if (type->symbol ? type->symbol != parameter->symbol : type->name != parameter->name) continue;
        for (std::size_t i = 0; i < type->arguments.size(); ++i) {
            infer(parameter->arguments[i], type->arguments[i], bindings, depth + 1);
        }
        return;
    }
    // What is written List<X> where IEnumerable<T> is wanted, and neither is declared anywhere.
    if (!argument->symbol && parameter->arguments.size() == 1 && argument->arguments.size() == 1) {
        infer(parameter->arguments[0], argument->arguments[0], bindings, depth + 1);
    }
}

bool Types::user_conversion(TypeRef from, TypeRef to) {
    for (const TypeRef type : {from, to}) {
        if (!type || !type->symbol) continue;
        for (const DefinitionRef& part : type->symbol->parts) {
            for (const facts::Definition& d :
                 part.segment->segment.definitions(part.segment->segment.file(part.get().file))) {
                if (d.kind != facts::Kind::Operator || d.scope == part.get().scope) continue;
                if (part.text(d.scope) != type->symbol->scope) continue;
                const auto parameters = part.segment->segment.parameters(d);
                if (parameters.size() != 1) continue;
                const TypeRef source = parse(part.text(parameters[0].type), context_of(part));
                const TypeRef result = parse(part.text(d.type), context_of(part));
                const auto same = [](TypeRef a, TypeRef b) {
                    return a && b && a->name == b->name && a->symbol == b->symbol && a->form == b->form;
                };
                if (same(result, to) && (same(source, from) || (source && source->form == Form::Array &&
                                                                from->form == Form::Array)))
                    return true;
            }
        }
    }
    return false;
}

namespace {

bool is_value(TypeRef type) {
    if (type->form != Form::Named) return type->form == Form::Tuple;
    if (type->symbol)
        return type->symbol->kind == facts::Kind::Struct || type->symbol->kind == facts::Kind::Enum;
    return is_basic(type->name) && type->name != "String";
}

}  // namespace

// "T?" does not go where a value type T is wanted; T goes where "T?" is, but less well than where T is.
Fit Types::fit(TypeRef from, TypeRef to, int depth) {
    const Fit plain = fit_plain(from, to, depth);
    if (plain <= Fit::Unknown || !from || !to || from->is_nullable == to->is_nullable) return plain;
    if (from->is_nullable) return is_value(to) ? Fit::Not : plain;
    return is_value(to) ? std::min(plain, Fit::Converts) : plain;
}

Fit Types::fit_plain(TypeRef from, TypeRef to, int depth) {
    if (!to || !from) return Fit::Unknown;
    if (depth > kDeepest) return Fit::Unknown;
    if (to->form == Form::Parameter) return Fit::Weak;
    if (from->form == Form::Null)
        return to->form == Form::Named && is_basic(to->name) && to->name != "String" ? Fit::Not
                                                                                     : Fit::Converts;
    if (from->form == Form::Lambda || from->form == Form::Group) {
        const TypeRef target = to->name == "Expression" && to->arguments.size() == 1 ? to->arguments[0] : to;
        if (!is_delegate(target)) {
            return target->symbol || is_basic(target->name) || target->form != Form::Named
                       ? (target->name == "Delegate" ? Fit::Weak : Fit::Not)
                       : Fit::Unknown;
        }
        if (from->form == Form::Group) return Fit::Weak;
        const std::size_t count = delegate_parameters(target).size();
        return from->parameter_count == count || from->parameter_count == SIZE_MAX ? Fit::Converts : Fit::Not;
    }
    if (to->name == "Object") return from->name == "Object" ? Fit::Same : Fit::Weak;
    if (from->form == Form::Parameter) return Fit::Unknown;
    if (from->form != to->form) {
        if (from->form == Form::Array && to->form == Form::Named) {
            if (is_basic(to->name)) return Fit::Not;
            if (to->arguments.size() == 1) {
                const bool is_span =
                    is_one_of(to->name,
                              "Span ReadOnlySpan Memory ReadOnlyMemory ArraySegment IEnumerable IList "
                              "ICollection IReadOnlyList IReadOnlyCollection");
                if (!is_span) return to->symbol && !user_conversion(from, to) ? Fit::Not : Fit::Unknown;
                const Fit inner = fit(from->arguments[0], to->arguments[0], depth + 1);
                return inner == Fit::Same || inner == Fit::Converts ? Fit::Converts : inner;
            }
            if (to->symbol)
                return to->name == "Array" || user_conversion(from, to) ? Fit::Converts : Fit::Not;
            return Fit::Unknown;
        }
        if (to->form == Form::Array) return is_basic(from->name) || from->symbol ? Fit::Not : Fit::Unknown;
        if (from->form == Form::Tuple || to->form == Form::Tuple) return Fit::Not;
        return Fit::Unknown;
    }
    if (from->form == Form::Array || from->form == Form::Tuple) {
        if (from->arguments.size() != to->arguments.size()) return Fit::Not;
        Fit worst = Fit::Same;
        for (std::size_t i = 0; i < from->arguments.size(); ++i)
            worst = std::min(worst, fit(from->arguments[i], to->arguments[i], depth + 1));
        return worst;
    }
    const auto same_name = [](TypeRef a, TypeRef b) {
        return a->symbol && b->symbol ? a->symbol == b->symbol
                                      : a->name == b->name && a->arguments.size() == b->arguments.size();
    };
    const auto with_arguments = [&](TypeRef type, Fit outer) {
        for (std::size_t i = 0; i < std::min(type->arguments.size(), to->arguments.size()); ++i) {
            const Fit inner = fit(type->arguments[i], to->arguments[i], depth + 1);
            if (inner == Fit::Not) return Fit::Not;
            if (inner == Fit::Weak || inner == Fit::Unknown)
                outer = std::min(outer, inner == Fit::Weak ? Fit::Converts : Fit::Weak);
        }
        return outer;
    };
    if (same_name(from, to)) return with_arguments(from, Fit::Same);
    if (is_basic(from->name) && is_basic(to->name))
        return widens(from->name, to->name) ? Fit::Converts : Fit::Not;
    for (const TypeRef base : lineage(from)) {
        if (base && base != from && same_name(base, to)) return with_arguments(base, Fit::Converts);
    }
    if (user_conversion(from, to)) return Fit::Converts;
    if (to->arguments.size() == 1 && is_one_of(to->name, "ReadOnlySpan ReadOnlyMemory")) {
        if (from->name == "String")
            return fit(parse("char", Context{tiers_[0].segments[0], facts::kNone, 0, 0}), to->arguments[0],
                       depth + 1);
        if (is_one_of(from->name, "Span Memory") && from->arguments.size() == 1 &&
            std::string_view(to->name).ends_with(from->name))
            return Fit::Converts;
    }
    // A type that nothing here declares may convert to and from anything.
    const auto is_known = [](TypeRef type) { return type->symbol || is_basic(type->name); };
    return is_known(from) && is_known(to) ? Fit::Not : Fit::Unknown;
}

}  // namespace culprit
