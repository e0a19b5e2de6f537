// SourceIndex: implementations, ways through calls, references.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "tools/source/index_state.h"
#include "tools/source/languages.h"
#include "tools/source/words.h"

namespace culprit {

namespace {

// The name of the type that a member stands in; of a type its own.
std::string holder_name(const Definition& definition) {
    if (facts::is_type(definition.kind)) return definition.name;
    const std::string_view container =
        std::string_view(definition.container).substr(0, definition.container.find('<'));
    return std::string(
        container.substr(container.rfind('.') == container.npos ? 0 : container.rfind('.') + 1));
}

}  // namespace

std::vector<Definition> SourceIndex::implementations(const Definition& definition) {
    const auto lock = fresh({.files = {definition.file}, .words = {holder_name(definition)}});
    std::vector<Definition> result;
    const auto ref = state_->find_again(definition);
    if (!ref) return result;
    Resolver resolver = state_->resolver(state_->owner(ref->segment));
    const bool is_type = facts::is_type(ref->get().kind);
    const auto found =
        is_type ? resolver.derived_types(resolver.types().symbol_of(*ref)) : resolver.implementations(*ref);
    for (const DefinitionRef& each : found) result.push_back(state_->describe(each));
    std::ranges::sort(result, {},
                      [](const Definition& d) { return std::tuple(d.root, d.is_test, d.file, d.line); });
    return result;
}

namespace {

constexpr std::size_t kMostMethods = 20000;

struct Key {
    const LiveSegment* segment;
    facts::Index index;
    auto operator<=>(const Key&) const = default;
};

struct Edge {
    Key from;
    facts::Index call = facts::kNone;  // in the segment of `from`
    Certainty certainty = Certainty::Exact;
    PathStep::How how = PathStep::How::Calls;
};

// Breadth first from one method, all edges by which a method is first reached.
class PathSearch {
  public:
    explicit PathSearch(Resolver resolver) : resolver_(std::move(resolver)) {}

    bool reaches(const DefinitionRef& from, const DefinitionRef& to, std::stop_token stop) {
        const Key goal{to.segment, to.index};
        std::vector<Key> layer{{from.segment, from.index}};
        layers_[layer[0]] = 0;
        for (int depth = 1; !layer.empty() && !layers_.contains(goal) && layers_.size() < kMostMethods;
             ++depth) {
            std::vector<Key> next;
            for (const Key& key : layer) {
                if (stop.stop_requested()) return false;
                each_edge(key, [&](const DefinitionRef& target, Edge edge) {
                    const Key reached{target.segment, target.index};
                    const auto [place, is_new] = layers_.try_emplace(reached, depth);
                    if (place->second != depth) return;
                    if (is_new) next.push_back(reached);
                    edges_[reached].push_back(edge);
                });
            }
            layer = std::move(next);
        }
        return layers_.contains(goal);
    }

    void collect(const Key& at, std::vector<std::pair<Key, Edge>>& tail, std::size_t limit,
                 std::vector<std::vector<std::pair<Key, Edge>>>& paths) const {
        if (paths.size() >= limit) return;
        if (layers_.at(at) == 0) {
            paths.emplace_back(tail.rbegin(), tail.rend());
            return;
        }
        std::set<Key> seen;  // of several calls of one method by another the first will do
        for (const Edge& edge : edges_.at(at)) {
            if (!seen.insert(edge.from).second) continue;
            tail.emplace_back(at, edge);
            collect(edge.from, tail, limit, paths);
            tail.pop_back();
        }
    }

  private:
    template <class Visit>
    void each_edge(const Key& key, Visit visit) {
        const DefinitionRef method{key.segment, key.index};
        for (const DefinitionRef& body : resolver_.implementations(method))
            visit(body, Edge{key, facts::kNone, Certainty::Likely, PathStep::How::Implements});
        const Segment& segment = key.segment->segment;
        const facts::File& file = segment.file(method.get().file);
        for (facts::Index i = file.calls.begin; i < file.calls.end; ++i) {
            if (segment.call(i).member != key.index) continue;
            if (const auto found = resolver_.resolve(key.segment, i)) {
                visit(found->definition, Edge{key, i, found->certainty, PathStep::How::Calls});
            }
            for (const Resolution& passed : resolver_.passed_methods(key.segment, i)) {
                visit(passed.definition, Edge{key, i, Certainty::Likely, PathStep::How::Passed});
            }
        }
    }

    Resolver resolver_;
    std::map<Key, int> layers_;
    std::map<Key, std::vector<Edge>> edges_;
};

}  // namespace

std::vector<std::vector<PathStep>> SourceIndex::call_paths(const Definition& from, const Definition& to,
                                                           std::size_t limit, std::stop_token stop) {
    (void)update(stop);  // a way may lead anywhere: this waits for the whole index
    const auto lock = fresh({});
    std::vector<std::vector<PathStep>> result;
    const auto first = state_->find_again(from), last = state_->find_again(to);
    if (!first || !last) return result;
    PathSearch search(state_->resolver(state_->owner(first->segment)));
    if (!search.reaches(*first, *last, stop)) return result;
    std::vector<std::pair<Key, Edge>> tail;
    std::vector<std::vector<std::pair<Key, Edge>>> paths;
    search.collect({last->segment, last->index}, tail, limit, paths);
    for (const auto& path : paths) {
        std::vector<PathStep>& steps = result.emplace_back();
        steps.push_back({.definition = state_->describe(*first)});
        for (const auto& [key, edge] : path) {
            PathStep step{.definition = state_->describe({key.segment, key.index}),
                          .certainty = edge.certainty,
                          .how = edge.how};
            if (edge.call != facts::kNone) step.site = state_->describe_call(edge.from.segment, edge.call);
            steps.push_back(std::move(step));
        }
    }
    return result;
}

namespace {

// Of a private member the parts of its type: nothing else can name it. Empty for anything else.
std::vector<DefinitionRef> holders_of_private(const DefinitionRef& member, Resolver& resolver) {
    const facts::Definition& d = member.get();
    if (!(d.flags & facts::Private) || d.container == facts::kNone) return {};
    const DefinitionRef holder{member.segment, d.container};
    if (!facts::is_type(holder.get().kind)) return {holder};
    return resolver.types().symbol_of(holder)->parts;
}

bool stands_in(const std::vector<DefinitionRef>& holders, const LiveSegment* segment, facts::Index file,
               std::uint32_t line) {
    return holders.empty() || std::ranges::any_of(holders, [&](const DefinitionRef& holder) {
               const facts::Definition& d = holder.get();
               return holder.segment == segment && d.file == file && d.first_line <= line &&
                      line <= d.last_line;
           });
}

}  // namespace

std::vector<Reference> SourceIndex::references(const Definition& definition, std::size_t limit,
                                               std::stop_token stop) {
    const auto lock = fresh({.files = {definition.file}, .words = {definition.name}});
    std::vector<Reference> result;
    const auto wanted = state_->find_again(definition);
    if (!wanted) return result;
    const std::string name(wanted->name());
    // A name that just one thing has is surely meant where it stands.
    std::size_t namesakes = 0;
    state_->each_named(name, [&](const RootState& root, const DefinitionRef& ref) {
        const bool is_part = ref.get().scope == wanted->get().scope && ref.segment == wanted->segment;
        namesakes += root.name == definition.root && !is_part && ref.get().kind != facts::Kind::Constructor;
    });
    const RootState* home = state_->owner(wanted->segment);
    Resolver resolver = state_->resolver(home);
    const std::vector<DefinitionRef> within = holders_of_private(*wanted, resolver);
    for (const auto& live : home->index->segments()) {
        for (const facts::Index index : live->segment.files_with(name)) {
            if (stop.stop_requested() || result.size() >= limit) break;
            if (index >= live->live.size() || !live->live[index]) continue;
            const facts::File& file = live->segment.file(index);
            const fs::path path = state_->path_of(live.get(), index);
            const auto text = read_file(path, 16u << 20);
            if (!text) continue;
            std::map<std::uint32_t, std::pair<bool, Certainty>>
                calls;  // by line: whether one calls `definition`
            for (facts::Index i = file.calls.begin; i < file.calls.end; ++i) {
                const facts::Call& call = live->segment.call(i);
                if (live->segment.text(call.name) != name) continue;
                const auto found = resolver.resolve(live.get(), i);
                auto& [is_ours, certainty] = calls[call.line];
                if (!found || found->definition != *wanted) continue;
                is_ours = true;
                certainty = found->certainty;
            }
            const std::string code = code_only(*text, languages()[file.language].hash_comments);
            const auto lines = split_lines(*text);
            std::uint32_t line = 0;
            for (const std::string_view each : split_lines(code)) {
                ++line;
                if (!contains_word(each, name) || !stands_in(within, live.get(), index, line)) continue;
                Reference found{
                    .file = path,
                    .line = static_cast<int>(line),
                    .text = std::string(trim(lines[line - 1])),
                    .container = {},
                    .certainty = within.empty() && namesakes ? Certainty::ByName : Certainty::Likely};
                const auto call = calls.find(line);
                if (call != calls.end() && !call->second.first) continue;
                if (call != calls.end())
                    found.kind = ReferenceKind::Call, found.certainty = call->second.second;
                std::uint32_t smallest = ~0u;
                for (facts::Index i = file.definitions.begin; i < file.definitions.end; ++i) {
                    const DefinitionRef around{live.get(), i};
                    if (around.get().line == line && around.name() == name) {
                        found.kind = ReferenceKind::Declaration;
                        if (around == *wanted) found.certainty = Certainty::Exact;
                    }
                    const std::uint32_t size = around.get().last_line - around.get().first_line;
                    if (around.get().first_line > line || around.get().last_line < line || size > smallest)
                        continue;
                    smallest = size;
                    found.container = state_->describe(around).qualified;
                }
                result.push_back(std::move(found));
            }
        }
    }
    std::ranges::sort(result, {},
                      [](const Reference& r) { return std::tuple(r.kind, r.certainty, r.file, r.line); });
    return result;
}

}  // namespace culprit
