// Resolver: what calls bind to.
#include "tools/source/resolve.h"

#include <algorithm>

#include "base/text.h"

namespace culprit {

using facts::kNone;
using facts::Op;
using Form = Type::Form;

namespace {

bool is_static_context(const DefinitionRef& d) { return d.get().flags & facts::Static; }

bool is_method(const DefinitionRef& d) {
    const facts::Kind kind = d.get().kind;
    return kind == facts::Kind::Method || kind == facts::Kind::LocalFunction || kind == facts::Kind::Function;
}

}  // namespace

std::optional<Resolution> Resolver::resolve(const LiveSegment* segment, facts::Index index) {
    const facts::Call& call = segment->segment.call(index);
    const facts::File& file = segment->segment.file(call.file);
    const At at{segment, &file, {segment, call.member, call.file, call.byte}};
    if (file.language != 0) return resolve_tagged(at, call);
    const Bound& bound = bind(at, call.expression);
    if (!bound.candidate) return std::nullopt;
    const DefinitionRef& found = bound.candidate->definition;
    if (types_.tiers()[types_.tier_of(found.segment)].is_framework) return std::nullopt;
    return Resolution{found, bound.certainty};
}

const Resolver::Bound& Resolver::bind(const At& at, facts::Index expression) {
    const std::uint64_t key =
        (numbers_.try_emplace(at.segment, numbers_.size()).first->second << 32) | expression;
    if (const auto known = bound_.find(key); known != bound_.end()) return known->second;
    bound_[key] = {};
    Bound bound = bind_call(at, at.segment->segment.expression(expression));
    return bound_[key] = std::move(bound);
}

Resolver::Bound Resolver::bind_call(const At& at, const facts::Expression& e) {
    const Segment& segment = at.segment->segment;
    switch (e.op) {
        case Op::Call: {
            const facts::Expression& function = segment.expression(e.target);
            if (function.op == Op::Name) return bind_name(at, e, function);
            if (function.op == Op::Member) return bind_member(at, e, function);
            return {.is_outside = true, .delegate = type_of(at, e.target)};
        }
        case Op::New: return bind_constructor(at, e, text_type(at, e.text));
        case Op::TargetNew: {
            const auto index = static_cast<facts::Index>(&e - &segment.expression(0));
            return bind_constructor(at, e, target_type(at, index, e));
        }
        case Op::ThisCall: {
            const auto around = types_.enclosing(at.context);
            return bind_constructor(at, e, around.empty() ? nullptr : types_.instance(around[0]));
        }
        case Op::BaseCall: {
            const auto around = types_.enclosing(at.context);
            if (around.empty()) return {};
            for (const TypeRef base : types_.bases(types_.instance(around[0]))) {
                if (base && (!base->symbol || base->symbol->kind != facts::Kind::Interface))
                    return bind_constructor(at, e, base);
            }
            return {.is_outside = true};
        }
        default: return {};
    }
}

TypeRef Resolver::target_type(const At& at, facts::Index expression, const facts::Expression& e) {
    if (e.target != kNone) return type_of(at, e.target);
    const facts::Argument* argument = at.segment->segment.argument(*at.file, expression);
    if (!argument) return nullptr;
    return argument_type(at, bind(at, argument->call), argument->position,
                         at.segment->segment.text(argument->name), false);
}

// The members called `name`, those of `symbol` itself alone.
void Resolver::add_members(const Symbol* symbol, TypeRef owner, std::string_view name, int distance,
                           std::vector<Candidate>& out) {
    for (const DefinitionRef& part : symbol->parts) {
        const Segment& segment = part.segment->segment;
        const auto text = segment.find_text(name), scope = segment.find_text(symbol->scope);
        if (!text || !scope) continue;
        const auto named = segment.definitions_named(*text);
        const auto in_scope = std::ranges::equal_range(
            named, *scope, {}, [&](facts::Index i) { return segment.definition(i).scope; });
        for (const facts::Index index : in_scope) {
            const facts::Definition& d = segment.definition(index);
            if (d.container != part.index || facts::is_type(d.kind) || d.kind == facts::Kind::LocalFunction ||
                d.interface)
                continue;
            out.push_back({{part.segment, index}, owner, false, distance});
        }
    }
}

std::vector<Resolver::Candidate> Resolver::members(TypeRef type, std::string_view name, bool skip_self) {
    std::vector<Candidate> result;
    if (!type) return result;
    int distance = 0;
    std::vector<TypeRef> lines{type};
    if (type->form == Form::Parameter) lines = {};  // the caller looks at its constraints
    if (type->symbol) lines = types_.lineage(type);
    for (const TypeRef line : lines) {
        const int here = distance++;
        if (!line || !line->symbol || (skip_self && here == 0)) continue;
        // An interface that a class implements has nothing that can be called on the class, but for
        // extensions.
        if (here > 0 && line->symbol->kind == facts::Kind::Interface && type->symbol &&
            type->symbol->kind != facts::Kind::Interface) {
            continue;
        }
        add_members(line->symbol, line, name, here, result);
    }
    return result;
}

void Resolver::add_extensions(const At& at, TypeRef receiver, std::string_view name,
                              std::vector<Candidate>& out) {
    const std::size_t home = types_.tier_of(at.segment);
    types_.each_named(name, [&](const DefinitionRef& found) {
        const facts::Definition& d = found.get();
        if (!(d.flags & facts::Extension)) return true;
        const DefinitionRef holder{found.segment, d.container};
        if (d.container == kNone || !types_.is_open(holder.text(holder.get().scope), at.context)) return true;
        const auto parameters = found.segment->segment.parameters(d);
        if (parameters.empty()) return true;
        const Fit fit =
            types_.fit(receiver, types_.parse(found.text(parameters[0].type), types_.context_of(found)));
        if (fit == Fit::Not) return true;
        out.push_back({found, nullptr, true, types_.tier_of(found.segment) == home ? 1000 : 1001});
        return true;
    });
}

Resolver::Bound Resolver::bind_name(const At& at, const facts::Expression& call,
                                    const facts::Expression& function) {
    const Segment& segment = at.segment->segment;
    const std::string_view name = segment.text(function.text);
    std::vector<Candidate> locals;
    for (const facts::Index index : segment.definitions_named(function.text)) {
        const facts::Definition& d = segment.definition(index);
        if (d.kind != facts::Kind::LocalFunction || d.file != at.context.file) continue;
        facts::Index around = at.context.definition;
        for (int depth = 0; around != kNone && depth < 50; ++depth) {
            if (around == d.container) locals.push_back({{at.segment, index}});
            around = segment.definition(around).container;
        }
    }
    if (!locals.empty()) return choose(at, call, locals, nullptr, function.list);
    for (const facts::Local& local : segment.locals(*at.file, function.text)) {
        if (local.begin_byte <= at.context.byte && at.context.byte <= local.end_byte) {
            return {.is_outside = true, .delegate = local_type(at, local)};
        }
    }
    const auto around = types_.enclosing(at.context);
    for (facts::Index index = at.context.definition; index != kNone;
         index = segment.definition(index).container) {
        const facts::Definition& d = segment.definition(index);
        for (const facts::Parameter& p : segment.parameters(d)) {
            if (p.name == function.text) return {.is_outside = true, .delegate = text_type(at, p.type)};
        }
    }
    bool all_known = true;
    for (const Symbol* type : around) {
        const TypeRef self = types_.instance(type);
        std::vector<Candidate> found = members(self, name, false);
        if (type->kind == facts::Kind::Interface || !found.empty()) {
            const bool callable =
                std::ranges::any_of(found, [](const Candidate& c) { return is_method(c.definition); });
            if (!callable && !found.empty()) {
                return {.is_outside = true, .delegate = type_of_member(found[0].definition, found[0].owner)};
            }
        }
        std::erase_if(found, [](const Candidate& c) { return !is_method(c.definition); });
        if (!found.empty()) {
            Bound bound = choose(at, call, found, nullptr, function.list);
            if (bound.candidate) return bound;
        }
        for (const TypeRef line : types_.lineage(self)) all_known = all_known && line && line->symbol;
    }
    for (const Symbol* symbol : types_.static_usings(at.context)) {
        std::vector<Candidate> found = members(types_.instance(symbol), name, false);
        std::erase_if(found, [](const Candidate& c) { return !is_method(c.definition); });
        if (!found.empty()) return choose(at, call, found, nullptr, function.list);
    }
    // Nothing around has it: a base class from outside, or a member that a generator writes.
    return {.is_outside = true};
}

Resolver::Bound Resolver::bind_member(const At& at, const facts::Expression& call,
                                      const facts::Expression& function) {
    const Segment& segment = at.segment->segment;
    const std::string_view name = segment.text(function.text);
    Value target = value_of(at, function.target);
    if (!target.type && !target.path.empty()) return {.is_outside = true};
    if (!target.type) return by_name(at, call, function);

    std::vector<Candidate> found;
    TypeRef receiver = target.type;
    if (receiver->form == Form::Parameter) {
        // Its members are those of its constraints.
        for (facts::Index index = at.context.definition; index != kNone;
             index = segment.definition(index).container) {
            for (const std::string_view clause :
                 split(segment.text(segment.definition(index).constraints), ';')) {
                const auto colon = clause.find(':');
                if (colon == clause.npos || trim(clause.substr(0, colon)) != receiver->name) continue;
                int depth = 0;
                std::size_t begin = colon + 1;
                for (std::size_t i = begin; i <= clause.size(); ++i) {
                    if (i < clause.size() && clause[i] == '<') ++depth;
                    if (i < clause.size() && clause[i] == '>') --depth;
                    if (i < clause.size() && (clause[i] != ',' || depth > 0)) continue;
                    const TypeRef bound = types_.parse(trim(clause.substr(begin, i - begin)), at.context);
                    const auto more = members(bound, name, false);
                    found.insert(found.end(), more.begin(), more.end());
                    begin = i + 1;
                }
            }
        }
    } else {
        found = members(receiver, name, target.is_base);
        if (found.empty() && target.is_type) {
            // "Color.Parse()" where Color is also a property of the type around: name_value found the type
            // first.
            found = {};
        }
    }
    if (!found.empty() && !is_method(found[0].definition)) {
        return {.is_outside = true, .delegate = type_of_member(found[0].definition, found[0].owner)};
    }
    std::erase_if(found, [](const Candidate& c) { return !is_method(c.definition); });
    if (!found.empty()) {
        Bound bound = choose(at, call, found, target.is_type ? nullptr : receiver, function.list);
        if (bound.candidate) return bound;
    }
    if (!target.is_type) {
        std::vector<Candidate> extensions;
        add_extensions(at, receiver, name, extensions);
        if (!extensions.empty()) {
            Bound bound = choose(at, call, extensions, receiver, function.list);
            if (bound.candidate) return bound;
        }
    }
    if (name == "ConfigureAwait" || name == "Invoke" || name == "BeginInvoke") {
        return {.is_outside = true, .delegate = name == "Invoke" ? receiver : nullptr};
    }
    return {.is_outside = true};
}

Resolver::Bound Resolver::bind_constructor(const At& at, const facts::Expression& call, TypeRef type) {
    if (!type || !type->symbol) return {.is_outside = true};
    std::vector<Candidate> found;
    add_members(type->symbol, type, type->symbol->name, 0, found);
    std::erase_if(found, [](const Candidate& c) {
        return c.definition.get().kind != facts::Kind::Constructor || is_static_context(c.definition);
    });
    for (const DefinitionRef& part : type->symbol->parts) {
        if (part.get().flags & facts::PrimaryConstructor) found.push_back({part, type});
    }
    return choose(at, call, found, nullptr, 0);
}

// The receiver is not known: if just one thing in the roots is called so, and nothing in the framework is,
// that is it.
Resolver::Bound Resolver::by_name(const At& at, const facts::Expression& call,
                                  const facts::Expression& function) {
    std::vector<Candidate> found;
    bool is_common = false;
    const std::size_t home = types_.tier_of(at.segment);
    types_.each_named(at.segment->segment.text(function.text), [&](const DefinitionRef& d) {
        const std::size_t tier = types_.tier_of(d.segment);
        if (types_.tiers()[tier].is_framework) return !(is_common = true);
        if (tier != home || !is_method(d) || d.get().kind == facts::Kind::LocalFunction) return true;
        if (is_static_context(d) && !(d.get().flags & facts::Extension)) return true;
        found.push_back({d, nullptr, (d.get().flags & facts::Extension) != 0, 0});
        return found.size() < 200;
    });
    if (is_common || found.empty()) return {};
    Bound bound = choose(at, call, found, nullptr, function.list);
    bound.certainty = Certainty::ByName;
    // Overrides and implementations of one method count as one; two unrelated types do not.
    if (bound.candidate) {
        for (const Candidate& other : found) {
            const auto& a = other.definition.get();
            const auto& b = bound.candidate->definition.get();
            if (other.definition.text(a.scope) == bound.candidate->definition.text(b.scope)) continue;
            return {};
        }
    }
    return bound;
}

}  // namespace culprit
