// SourceIndex: definitions by name.
#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "tools/source/index_state.h"

namespace culprit {

namespace {

// "A.B<T>.Name(int)" as container suffix "A.B" and name "Name"; arguments of types and methods are dropped.
std::pair<std::string, std::string> split_name(std::string_view written) {
    std::string plain;
    int depth = 0;
    for (const char c : written.substr(0, written.find('('))) {
        if (c == '<') ++depth;
        if (depth == 0) plain += c == '+' || c == '/' ? '.' : c;
        if (c == '>') --depth;
    }
    plain = replace_all(plain, "::", ".");
    const auto dot = plain.rfind('.');
    if (dot == std::string::npos || dot == 0) return {"", plain};
    return {plain.substr(0, dot), plain.substr(dot + 1)};
}

// The scope without the numbers of type parameters, and with what holds a local function.
std::string plain_scope(const DefinitionRef& ref) {
    std::string result;
    const std::string_view scope = ref.text(ref.get().scope);
    for (std::size_t i = 0; i < scope.size(); ++i) {
        if (scope[i] != '`')
            result += scope[i];
        else
            while (i + 1 < scope.size() && scope[i + 1] != '.') ++i;
    }
    return result;
}

bool ends_in(std::string_view scope, std::string_view suffix) {
    return suffix.empty() || (scope.ends_with(suffix) && (scope.size() == suffix.size() ||
                                                          scope[scope.size() - suffix.size() - 1] == '.'));
}

}  // namespace

std::vector<Definition> SourceIndex::find(const SymbolQuery& query) {
    const auto lock = fresh({.words = {split_name(query.name).second}});
    auto [container, name] = split_name(query.name);
    if (name == ".ctor" || name == "ctor")
        name = container.substr(container.rfind('.') == container.npos ? 0 : container.rfind('.') + 1);
    std::vector<DefinitionRef> found;
    const auto take = [&](const RootState& root, const DefinitionRef& ref) {
        if (!query.root.empty() && root.name != query.root) return;
        if (!query.kinds.empty() && std::ranges::find(query.kinds, ref.get().kind) == query.kinds.end())
            return;
        if (ends_in(plain_scope(ref), container)) found.push_back(ref);
    };
    if (query.match == Match::Exact) {
        state_->each_named(name, take);
    } else {
        for (const RootState& root : state_->known) {
            for (const auto& live : root.index->segments()) {
                facts::Text last = 0;
                bool matches = false;
                for (const facts::Index index : live->segment.definitions_by_name()) {
                    const DefinitionRef ref{live.get(), index};
                    const facts::Definition& d = ref.get();
                    if (d.name != last) {
                        last = d.name;
                        const std::string_view text = ref.name();
                        matches = contains_ignoring_case(
                            query.match == Match::Prefix ? text.substr(0, name.size()) : text, name);
                    }
                    if (matches && d.file < live->live.size() && live->live[d.file]) take(root, ref);
                }
            }
        }
    }
    const auto rank = [&](const DefinitionRef& ref) {
        const facts::Definition& d = ref.get();
        const std::uint32_t flags = ref.segment->segment.file(d.file).flags;
        return std::tuple((flags & facts::Listing) != 0, (flags & facts::Generated) != 0,
                          (d.flags & facts::Inactive) != 0, ref.name() != name, (flags & facts::Test) != 0,
                          !facts::is_type(d.kind) && !(d.flags & facts::HasBody), !facts::is_type(d.kind),
                          ref.name().size(), ref.text(d.scope).size(),
                          ref.segment->segment.text(ref.segment->segment.file(d.file).path), d.line);
    };
    const std::size_t count = std::min(found.size(), query.limit);
    std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(count), {}, rank);
    found.resize(count);
    std::vector<Definition> result;
    for (const DefinitionRef& ref : found) result.push_back(state_->describe(ref));
    return result;
}

}  // namespace culprit
