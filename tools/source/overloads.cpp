// Resolver: which of several methods of one name a call means, and what it gives back.
#include <algorithm>

#include "base/text.h"
#include "tools/source/resolve.h"

namespace culprit {

using facts::kNone;
using facts::Op;

namespace {

std::size_t count_of_type_arguments(std::string_view text) {
    if (text.empty()) return 0;
    std::size_t count = 1;
    int depth = 0;
    for (const char c : text) {
        if (c == '<' || c == '(' || c == '[') ++depth;
        if (c == '>' || c == ')' || c == ']') --depth;
        if (c == ',' && depth == 1) ++count;
    }
    return count;
}

}  // namespace

struct Resolver::Score {
    std::vector<Fit> fits = {};        // of the receiver of an extension method, then of the arguments
    std::vector<TypeRef> wanted = {};  // what they go to
    bool used_rest = false;            // a `params` array in its expanded form
    bool is_generic = false;
    int defaults = 0;  // optional parameters left out
    bool is_unsure = false;
    Bindings bindings = {};
};

std::optional<Resolver::Score> Resolver::score(const At& at, const facts::Expression& call,
                                               const Candidate& candidate, TypeRef receiver,
                                               const std::vector<TypeRef>& arguments,
                                               std::size_t type_arguments, Fit least) {
    const DefinitionRef& d = candidate.definition;
    const auto all = d.segment->segment.parameters(d.get());
    const bool is_constructor = facts::is_type(d.get().kind) || d.get().kind == facts::Kind::Constructor;
    if (type_arguments && !is_constructor && d.get().arity != type_arguments) return std::nullopt;
    const std::size_t skip = candidate.is_extension ? 1 : 0;
    if (all.size() < skip) return std::nullopt;
    const auto parameters = all.subspan(skip);
    const bool has_rest = !parameters.empty() && (parameters.back().flags & facts::Params);
    if (arguments.size() > parameters.size() && !has_rest) return std::nullopt;

    Score score;
    score.is_generic = d.get().arity > 0 && !is_constructor;
    const Context context = types_.context_of(d);
    const Bindings owner = types_.bindings(candidate.owner);
    if (skip && receiver) {
        const TypeRef wanted = types_.parse(d.text(all[0].type), context);
        types_.infer(wanted, receiver, score.bindings);
        score.fits.push_back(types_.fit(receiver, wanted));
        score.wanted.push_back(wanted);
    }
    std::vector<char> given(parameters.size());
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::size_t place = i;
        const facts::Index expression = at.segment->segment.list(call.list + static_cast<facts::Index>(i));
        const facts::Argument* named =
            expression == kNone ? nullptr : at.segment->segment.argument(*at.file, expression);
        if (named && named->name) {
            const std::string_view name = at.segment->segment.text(named->name);
            const auto found = std::ranges::find_if(
                parameters, [&](const facts::Parameter& p) { return d.text(p.name) == name; });
            if (found == parameters.end()) return std::nullopt;
            place = static_cast<std::size_t>(found - parameters.begin());
        }
        bool in_rest = has_rest && place + 1 >= parameters.size();
        if (place >= parameters.size()) place = parameters.size() - 1;
        given[place] = 1;
        TypeRef type = types_.substitute(types_.parse(d.text(parameters[place].type), context), owner);
        if (in_rest && arguments.size() == parameters.size()) {
            const Fit whole = types_.fit(arguments[i], type);
            if (whole >= Fit::Weak) in_rest = false;  // the array itself is given
        }
        if (in_rest) {
            score.used_rest = true;
            type = type && !type->arguments.empty() ? type->arguments[0] : nullptr;
        }
        types_.infer(type, arguments[i], score.bindings);
        const Fit fit = types_.fit(arguments[i], type);
        if (fit < least) return std::nullopt;
        if (fit <= Fit::Unknown) score.is_unsure = true;
        score.fits.push_back(fit);
        score.wanted.push_back(type);
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (given[i]) continue;
        const bool may_lack = parameters[i].flags & (facts::Optional | facts::Params);
        if (!may_lack) return std::nullopt;
        if (parameters[i].flags & facts::Params)
            score.used_rest = true;
        else
            ++score.defaults;
    }
    return score;
}

// Whether `a` is the better of two conversions from one type: 1, or -1 if `b` is, 0 if neither.
int Resolver::better_conversion(Fit a, TypeRef to_a, Fit b, TypeRef to_b) {
    if (a == Fit::Converts && b == Fit::Converts) {
        // What converts to the other type is the more special one.
        const bool a_to_b = types_.fit(to_a, to_b) == Fit::Converts;
        const bool b_to_a = types_.fit(to_b, to_a) == Fit::Converts;
        return a_to_b - b_to_a;
    }
    // What is not known may still be better than a conversion that just works.
    if (std::min(a, b) == Fit::Unknown && std::max(a, b) == Fit::Weak) return 0;
    return (a > b) - (a < b);
}

// Whether `a` is the better of two that both can be called: 1, or -1 if `b` is, 0 if neither.
int Resolver::compare(const Score& a, const Score& b) {
    bool a_better = false, b_better = false;
    for (std::size_t i = 0; i < std::min(a.fits.size(), b.fits.size()); ++i) {
        const int order = better_conversion(a.fits[i], a.wanted[i], b.fits[i], b.wanted[i]);
        a_better |= order > 0;
        b_better |= order < 0;
    }
    if (a_better || b_better) return a_better - b_better;
    if (a.is_generic != b.is_generic) return a.is_generic ? -1 : 1;
    if (a.used_rest != b.used_rest) return a.used_rest ? -1 : 1;
    if (a.defaults != b.defaults) return a.defaults < b.defaults ? 1 : -1;
    return 0;
}

// A private member can be called within the outermost type that it stands in alone.
bool Resolver::is_accessible(const At& at, const Candidate& candidate) {
    const facts::Definition& d = candidate.definition.get();
    if (!(d.flags & facts::Private) || d.interface || d.kind == facts::Kind::LocalFunction) return true;
    const auto around = types_.enclosing(at.context);
    if (around.empty()) return false;
    const std::string_view scope = candidate.definition.text(d.scope);
    return scope == around.back()->scope || scope.starts_with(around.back()->scope + '.');
}

Resolver::Bound Resolver::choose(const At& at, const facts::Expression& call,
                                 const std::vector<Candidate>& candidates, TypeRef receiver,
                                 facts::Text type_arguments) {
    const Segment& segment = at.segment->segment;
    std::vector<TypeRef> arguments;
    for (std::uint32_t i = 0; i < call.count; ++i)
        arguments.push_back(type_of(at, segment.list(call.list + i)));
    const std::string_view written = segment.text(type_arguments);
    const std::size_t generic = count_of_type_arguments(written);

    // Second, should a conversion that is not understood stand in the way, without asking whether the types
    // fit.
    std::vector<std::pair<const Candidate*, Score>> fitting;
    Fit least = Fit::Unknown;
    for (; fitting.empty(); least = Fit::Not) {
        for (const Candidate& candidate : candidates) {
            if (!is_accessible(at, candidate)) continue;
            if (!fitting.empty() && fitting.front().first->distance < candidate.distance &&
                candidate.distance < 1000)
                break;
            auto scored = score(at, call, candidate, receiver, arguments, generic, least);
            if (scored) fitting.emplace_back(&candidate, *std::move(scored));
        }
        if (least == Fit::Not || (!candidates.empty() && candidates[0].is_extension)) break;
    }
    if (fitting.empty()) return {};
    // What stands in the same project, or in none, can be seen from here; an internal class of another one
    // cannot.
    const std::string& project = types_.project_of(at.segment, at.context.file);
    const auto is_near = [&](const DefinitionRef& d) {
        const std::string& other = types_.project_of(d.segment, d.get().file);
        return other.empty() || other == project;
    };
    const auto prefers = [&](const std::pair<const Candidate*, Score>& a,
                             const std::pair<const Candidate*, Score>& b) {
        const auto& x = a.first->definition.get();
        const auto& y = b.first->definition.get();
        if ((x.flags & facts::Inactive) != (y.flags & facts::Inactive)) return !(x.flags & facts::Inactive);
        const int order = compare(a.second, b.second);
        if (order != 0) return order > 0;
        if (const bool x_near = is_near(a.first->definition); x_near != is_near(b.first->definition))
            return x_near;
        if ((x.flags & facts::HasBody) != (y.flags & facts::HasBody)) return (x.flags & facts::HasBody) != 0;
        return false;
    };
    std::size_t best = 0;
    for (std::size_t i = 1; i < fitting.size(); ++i) {
        if (prefers(fitting[i], fitting[best])) best = i;
    }
    Bound bound{.candidate = *fitting[best].first, .bindings = std::move(fitting[best].second.bindings)};
    if (std::ranges::count(fitting[best].second.fits, Fit::Not)) bound.certainty = Certainty::Likely;
    for (std::size_t i = 0; i < fitting.size(); ++i) {
        if (i == best) continue;
        const bool decided = prefers(fitting[best], fitting[i]) && !fitting[i].second.is_unsure;
        const bool same_partial = bound.candidate->definition.get().flags & facts::Partial;
        if (!decided && !same_partial) bound.certainty = Certainty::Likely;
    }
    if (generic) {
        const DefinitionRef& d = bound.candidate->definition;
        const TypeRef list = types_.parse("ValueTuple" + std::string(written), at.context);
        std::size_t i = 0;
        for (const std::string_view parameter : split(d.text(d.get().type_parameters), ',')) {
            if (list && i < list->arguments.size())
                bound.bindings.emplace_back(trim(parameter), list->arguments[i]);
            ++i;
        }
    }
    return bound;
}

// What a call gives back.
TypeRef Resolver::call_type(const At& at, facts::Index expression, const facts::Expression& e) {
    if (e.op == Op::New) return text_type(at, e.text);
    if (e.op == Op::TargetNew) return target_type(at, expression, e);
    const Bound bound = bind(at, expression);
    if (bound.delegate) return types_.delegate_result(bound.delegate);
    if (!bound.candidate) {
        const facts::Expression& function = at.segment->segment.expression(e.target);
        const std::string_view name = at.segment->segment.text(function.text);
        if (function.op == Op::Member && name == "ConfigureAwait") return type_of(at, function.target);
        if (name == "ToString") return types_.parse("string", at.context);
        return nullptr;
    }
    Bound complete = bound;
    std::vector<TypeRef> arguments;
    infer_from_lambdas(at, e, complete, arguments);
    const DefinitionRef& d = complete.candidate->definition;
    TypeRef type = type_of_member(d, complete.candidate->owner);
    if (d.get().arity > 0) {
        for (const std::string_view parameter : split(d.text(d.get().type_parameters), ',')) {
            const std::string_view name = trim(parameter);
            if (std::ranges::find(complete.bindings, name, &Bindings::value_type::first) ==
                complete.bindings.end()) {
                complete.bindings.emplace_back(name, nullptr);
            }
        }
    }
    return types_.substitute(type, complete.bindings);
}

// "Select(x => x.Name)": the result of the lambda says what TResult is.
void Resolver::infer_from_lambdas(const At& at, const facts::Expression& e, Bound& bound,
                                  const std::vector<TypeRef>&) {
    const DefinitionRef& d = bound.candidate->definition;
    if (d.get().arity == 0) return;
    const Segment& segment = at.segment->segment;
    for (std::uint32_t i = 0; i < e.count; ++i) {
        const facts::Index value = segment.list(e.list + i);
        const facts::Expression& lambda = segment.expression(value);
        if (value == kNone || lambda.op != Op::Lambda || lambda.target == kNone) continue;
        const auto parameters = d.segment->segment.parameters(d.get());
        const std::size_t place = i + (bound.candidate->is_extension ? 1 : 0);
        if (place >= parameters.size()) continue;
        const TypeRef wanted =
            types_.substitute(types_.parse(d.text(parameters[place].type), types_.context_of(d)),
                              types_.bindings(bound.candidate->owner));
        const TypeRef result = types_.delegate_result(wanted);
        if (!result) continue;
        At inside = at;
        inside.context.byte = lambda.list;
        types_.infer(result, type_of(inside, lambda.target), bound.bindings);
    }
}

}  // namespace culprit
