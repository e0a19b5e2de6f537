// Resolver: calls of the languages that are read by queries. Their types are not modelled; the receiver's
// declared type, the scope and the number of arguments decide, and the answer says when they do not.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "tools/source/languages.h"
#include "tools/source/resolve.h"

namespace culprit {

using facts::Kind;
using facts::kNone;
using facts::Op;

namespace {

Family family_of(const DefinitionRef& d) {
    const std::uint32_t language = d.segment->segment.file(d.get().file).language;
    return languages()[std::min<std::size_t>(language, languages().size() - 1)].family;
}

bool takes(const DefinitionRef& d, std::size_t count) {
    if (facts::is_type(d.get().kind)) return true;
    const auto parameters = d.segment->segment.parameters(d.get());
    std::size_t least = 0;
    bool any_more = false;
    for (const facts::Parameter& p : parameters) {
        if (p.flags & facts::Params)
            any_more = true;
        else if (!(p.flags & facts::Optional))
            ++least;
    }
    // In JavaScript what is not given is undefined; Python's unbound methods take self too.
    if (family_of(d) == Family::JavaScript) return count <= parameters.size() || any_more;
    return count >= least && (count <= parameters.size() || any_more);
}

std::string_view last_word(std::string_view scope) {
    const auto dot = scope.rfind('.');
    return dot == scope.npos ? scope : scope.substr(dot + 1);
}

std::string_view path_of(const DefinitionRef& d) {
    return d.segment->segment.text(d.segment->segment.file(d.get().file).path);
}

std::string_view folder_of(std::string_view path) {
    return path.substr(0, path.rfind('/') == path.npos ? 0 : path.rfind('/'));
}

std::string_view stem_of(std::string_view path) {
    path = path.substr(path.rfind('/') == path.npos ? 0 : path.rfind('/') + 1);
    return path.substr(0, path.find('.'));
}

}  // namespace

// The names of a type and of all that it derives from, as far as the tier tells.
std::vector<std::string> Resolver::names_of_line(std::string_view type, std::size_t tier) const {
    std::vector<std::string> names{std::string(type)};
    for (std::size_t next = 0; next < names.size() && names.size() < 50; ++next) {
        for (const LiveSegment* live : types_.tiers()[tier].segments) {
            const auto text = live->segment.find_text(names[next]);
            if (!text) continue;
            for (const facts::Index index : live->segment.definitions_named(*text)) {
                const facts::Definition& d = live->segment.definition(index);
                if (!facts::is_type(d.kind)) continue;
                for (const facts::Text base : live->segment.bases(d)) {
                    std::string name(live->segment.text(base));
                    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
                }
            }
        }
    }
    return names;
}

// The declared type of a variable, parameter or field as a simple name; empty if nothing says it.
std::string Resolver::tagged_type(const At& at, facts::Text name) const {
    const Segment& segment = at.segment->segment;
    const facts::Local* best = nullptr;
    for (const facts::Local& local : segment.locals(*at.file, name)) {
        const bool is_visible = local.begin_byte <= at.context.byte && at.context.byte <= local.end_byte;
        if (is_visible && (!best || local.begin_byte >= best->begin_byte)) best = &local;
    }
    if (best && segment.text(best->type) != "var" && segment.text(best->type) != "auto")
        return std::string(segment.text(best->type));
    const auto plain = [](std::string_view type) {
        type = trim(type.substr(0, type.find_first_of("<[")));
        while (!type.empty() && (type.front() == '*' || type.front() == '&')) type.remove_prefix(1);
        while (!type.empty() && (type.back() == '*' || type.back() == '&' || type.back() == ' '))
            type.remove_suffix(1);
        const auto cut = type.find_last_of(".: ");
        return std::string(cut == type.npos ? type : type.substr(cut + 1));
    };
    for (facts::Index i = at.context.definition; i != kNone; i = segment.definition(i).container) {
        for (const facts::Parameter& p : segment.parameters(segment.definition(i))) {
            if (p.name == name && p.type) return plain(segment.text(p.type));
        }
    }
    if (at.context.definition == kNone) return {};
    const std::string_view own = last_word(segment.text(segment.definition(at.context.definition).scope));
    std::string found;
    for (const facts::Index index : segment.definitions_named(name)) {
        const facts::Definition& d = segment.definition(index);
        if ((d.kind != Kind::Field && d.kind != Kind::Property) || !d.type) continue;
        if (family_of({at.segment, index}) != family_of({at.segment, at.context.definition})) continue;
        const bool is_near =
            d.file == at.context.file || (!own.empty() && last_word(segment.text(d.scope)) == own);
        if (is_near && (found.empty() || d.file == at.context.file)) found = plain(segment.text(d.type));
    }
    return found;
}

std::optional<Resolution> Resolver::resolve_tagged(const At& at, const facts::Call& call) {
    const Segment& segment = at.segment->segment;
    const facts::Expression& e = segment.expression(call.expression);
    const std::size_t tier = types_.tier_of(at.segment);
    const Family family =
        languages()[std::min<std::size_t>(at.file->language, languages().size() - 1)].family;
    const std::string_view here = segment.text(at.file->path);

    std::vector<DefinitionRef> all;
    types_.each_named(segment.text(call.name), [&](const DefinitionRef& d) {
        const bool is_ours = types_.tier_of(d.segment) == tier && family_of(d) == family;
        if (is_ours && (facts::is_callable(d.get().kind) || facts::is_type(d.get().kind))) all.push_back(d);
        return all.size() < 5000;
    });
    const auto constructor_of = [&](const DefinitionRef& type) -> DefinitionRef {
        for (const facts::Definition& d :
             type.segment->segment.definitions(type.segment->segment.file(type.get().file))) {
            if (d.container != type.index || d.kind != Kind::Constructor) continue;
            const DefinitionRef found{type.segment,
                                      static_cast<facts::Index>(&d - &type.segment->segment.definition(0))};
            if (takes(found, e.count)) return found;
        }
        return type;
    };
    // Prefers what fits the number of arguments and has a body; says how sure the rest leaves it.
    const auto answer = [&](std::vector<DefinitionRef> found,
                            Certainty certainty) -> std::optional<Resolution> {
        const auto keep_if_any = [&](auto test) {
            if (std::ranges::any_of(found, test))
                std::erase_if(found, [&](const DefinitionRef& d) { return !test(d); });
        };
        if (found.empty()) return std::nullopt;
        const bool fits =
            std::ranges::any_of(found, [&](const DefinitionRef& d) { return takes(d, e.count); });
        if (!fits) certainty = Certainty::ByName;
        keep_if_any([&](const DefinitionRef& d) { return takes(d, e.count); });
        keep_if_any([](const DefinitionRef& d) { return (d.get().flags & facts::HasBody) != 0; });
        keep_if_any([&](const DefinitionRef& d) { return path_of(d) == here; });
        keep_if_any([&](const DefinitionRef& d) { return folder_of(path_of(d)) == folder_of(here); });
        if (found.size() > 1 && certainty == Certainty::Exact) certainty = Certainty::Likely;
        const DefinitionRef& best = found.front();
        return Resolution{facts::is_type(best.get().kind) ? constructor_of(best) : best, certainty};
    };
    const auto in_types = [&](const std::vector<std::string>& names) {
        std::vector<DefinitionRef> found;
        for (const std::string& name : names) {
            for (const DefinitionRef& d : all) {
                if (last_word(d.text(d.get().scope)) == name) found.push_back(d);
            }
            if (!found.empty()) break;
        }
        return found;
    };
    const auto types_only = [&] {
        std::vector<DefinitionRef> found;
        std::ranges::copy_if(all, std::back_inserter(found),
                             [](const DefinitionRef& d) { return facts::is_type(d.get().kind); });
        return found;
    };
    if (e.op == Op::New) return answer(types_only(), Certainty::Exact);

    std::string own;
    for (facts::Index i = at.context.definition; i != kNone && own.empty();
         i = segment.definition(i).container) {
        const facts::Definition& d = segment.definition(i);
        if (facts::is_type(d.kind))
            own = segment.text(d.name);
        else if (d.kind == Kind::Method || d.kind == Kind::Constructor)
            own = last_word(segment.text(d.scope));
    }
    if (e.target == kNone) {
        if (!own.empty() && family != Family::Go && family != Family::Python &&
            family != Family::JavaScript && family != Family::Rust) {
            if (auto found = answer(in_types(names_of_line(own, tier)), Certainty::Exact)) return found;
        }
        std::vector<DefinitionRef> free;
        std::ranges::copy_if(all, std::back_inserter(free), [](const DefinitionRef& d) {
            return d.get().kind == Kind::Function || facts::is_type(d.get().kind);
        });
        std::vector<DefinitionRef> near;
        std::ranges::copy_if(free, std::back_inserter(near), [&](const DefinitionRef& d) {
            return path_of(d) == here || (family == Family::Go && folder_of(path_of(d)) == folder_of(here));
        });
        if (!near.empty()) return answer(std::move(near), Certainty::Exact);
        return answer(std::move(free), Certainty::Likely);
    }
    const facts::Expression& receiver = segment.expression(e.target);
    const std::string_view word = segment.text(receiver.text);
    if (receiver.op == Op::This) return answer(in_types(names_of_line(own, tier)), Certainty::Exact);
    if (receiver.op == Op::Base) {
        auto names = names_of_line(own, tier);
        names.erase(names.begin());
        return answer(in_types(names), Certainty::Exact);
    }
    if (receiver.op == Op::Typed) return answer(in_types(names_of_line(word, tier)), Certainty::Exact);
    if (receiver.op == Op::Name || receiver.op == Op::Member) {
        if (const std::string type = tagged_type(at, receiver.text); !type.empty()) {
            return answer(in_types(names_of_line(type, tier)), Certainty::Exact);
        }
        // A type, a namespace, a package or a module by its name.
        if (auto found = answer(in_types({std::string(word)}), Certainty::Exact)) return found;
        std::vector<DefinitionRef> of_module;
        std::ranges::copy_if(all, std::back_inserter(of_module), [&](const DefinitionRef& d) {
            return d.get().kind == Kind::Function &&
                   (stem_of(path_of(d)) == word || last_word(folder_of(path_of(d))) == word);
        });
        if (!of_module.empty()) return answer(std::move(of_module), Certainty::Likely);
    }
    // Nothing is known of the receiver: only a name that one method has says anything.
    std::vector<DefinitionRef> methods;
    std::set<std::string_view> scopes;
    for (const DefinitionRef& d : all) {
        if (d.get().kind != Kind::Method) continue;
        methods.push_back(d);
        scopes.insert(d.text(d.get().scope));
    }
    return scopes.size() == 1 ? answer(std::move(methods), Certainty::ByName) : std::nullopt;
}

}  // namespace culprit
