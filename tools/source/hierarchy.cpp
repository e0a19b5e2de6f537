// Resolver: overriding, implementing, deriving.
#include <algorithm>
#include <set>

#include "tools/source/resolve.h"

namespace culprit {

using facts::kNone;
using facts::Op;
using Form = Type::Form;

namespace {

bool is_member(const DefinitionRef& d) {
    return !facts::is_type(d.get().kind) && d.get().kind != facts::Kind::LocalFunction &&
           d.get().kind != facts::Kind::Constructor;
}

}  // namespace

std::vector<DefinitionRef> Resolver::derived_types(const Symbol* type) {
    std::vector<DefinitionRef> result;
    std::vector<const Symbol*> open{type};
    std::set<const Symbol*> seen{type};
    for (std::size_t next = 0; next < open.size() && result.size() < 10000; ++next) {
        for (const Tier& tier : types_.tiers()) {
            if (tier.is_framework) continue;
            for (const LiveSegment* live : tier.segments) {
                const auto name = live->segment.find_text(open[next]->name);
                if (!name) continue;
                for (const Derived& derived : live->segment.derived_from(*name)) {
                    const DefinitionRef found{live, derived.definition};
                    if (found.get().file >= live->live.size() || !live->live[found.get().file]) continue;
                    const Symbol* symbol = types_.symbol_of(found);
                    const auto bases = types_.bases(types_.instance(symbol));
                    const bool derives = std::ranges::any_of(
                        bases, [&](TypeRef base) { return base && base->symbol == open[next]; });
                    if (!derives || !seen.insert(symbol).second) continue;
                    open.push_back(symbol);
                    result.push_back(found);
                }
            }
        }
    }
    return result;
}

std::vector<DefinitionRef> Resolver::implementations(const DefinitionRef& definition) {
    std::vector<DefinitionRef> result;
    if (definition.get().container == kNone || !is_member(definition)) return result;
    const DefinitionRef holder{definition.segment, definition.get().container};
    if (!facts::is_type(holder.get().kind)) return result;
    for (const DefinitionRef& type : derived_types(types_.symbol_of(holder))) {
        for (const DefinitionRef& part : types_.symbol_of(type)->parts) {
            const Segment& segment = part.segment->segment;
            const auto name = segment.find_text(definition.name());
            if (!name) continue;
            for (const facts::Index index : segment.definitions_named(*name)) {
                const DefinitionRef member{part.segment, index};
                if (member.get().container != part.index || !is_member(member)) continue;
                const auto bases = overridden(member);
                if (std::ranges::find(bases, definition) != bases.end()) result.push_back(member);
            }
        }
    }
    return result;
}

std::vector<Resolution> Resolver::passed_methods(const LiveSegment* segment, facts::Index index) {
    const facts::Call& call = segment->segment.call(index);
    const facts::Expression& e = segment->segment.expression(call.expression);
    const facts::File& file = segment->segment.file(call.file);
    const At at{segment, &file, {segment, call.member, call.file, call.byte}};
    std::vector<Resolution> result;
    for (std::uint32_t i = 0; i < e.count; ++i) {
        const facts::Index value = segment->segment.list(e.list + i);
        const facts::Expression& argument = segment->segment.expression(value);
        if (value == kNone || (argument.op != Op::Name && argument.op != Op::Member)) continue;
        const TypeRef type = type_of(at, value);
        if (!type || type->form != Form::Group) continue;
        const std::string_view name = segment->segment.text(argument.text);
        std::vector<Candidate> found;
        if (argument.op == Op::Member) {
            found = members(type_of(at, argument.target), name, false);
        } else {
            for (const Symbol* around : types_.enclosing(at.context)) {
                if (found.empty()) found = members(types_.instance(around), name, false);
            }
        }
        std::erase_if(found,
                      [](const Candidate& c) { return c.definition.get().kind != facts::Kind::Method; });
        if (found.empty() || types_.tiers()[types_.tier_of(found[0].definition.segment)].is_framework)
            continue;
        result.push_back({found[0].definition, found.size() == 1 ? Certainty::Exact : Certainty::Likely});
    }
    return result;
}

std::vector<DefinitionRef> Resolver::overridden(const DefinitionRef& definition) {
    std::vector<DefinitionRef> result;
    const facts::Definition& d = definition.get();
    if (d.container == kNone || !is_member(definition)) return result;
    const DefinitionRef holder{definition.segment, d.container};
    if (!facts::is_type(holder.get().kind)) return result;
    const auto own = definition.segment->segment.parameters(d);
    for (const TypeRef line : types_.lineage(types_.instance(types_.symbol_of(holder)))) {
        if (!line || !line->symbol ||
            std::ranges::find(line->symbol->parts, holder) != line->symbol->parts.end())
            continue;
        if (d.interface && line->symbol->kind != facts::Kind::Interface) continue;
        std::vector<Candidate> found;
        add_members(line->symbol, line, definition.name(), 0, found);
        for (const Candidate& candidate : found) {
            const auto others = candidate.definition.segment->segment.parameters(candidate.definition.get());
            if (others.size() != own.size() || candidate.definition.get().arity != d.arity) continue;
            bool fits = true;
            for (std::size_t i = 0; i < own.size(); ++i) {
                const TypeRef a = types_.parse(definition.text(own[i].type), types_.context_of(definition));
                const TypeRef b = types_.substitute(types_.parse(candidate.definition.text(others[i].type),
                                                                 types_.context_of(candidate.definition)),
                                                    types_.bindings(line));
                fits = fits && (!a || !b || a->name == b->name || a->form == Form::Parameter ||
                                b->form == Form::Parameter);
            }
            if (fits) result.push_back(candidate.definition);
        }
    }
    return result;
}

}  // namespace culprit
