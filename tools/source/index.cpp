#include "tools/source/index.h"

#include <algorithm>
#include <mutex>
#include <tuple>

#include "base/text.h"
#include "tools/source/framework/framework.h"
#include "tools/source/index_state.h"
#include "tools/source/words.h"

namespace culprit {
namespace {

using Clock = std::chrono::steady_clock;

// How long answers rest on one look at the files, as a multiple of what the look took.
constexpr int kPause = 20;

constexpr std::size_t kManyFiles =
    500;  // with so many to parse, the types of .NET are parsed in the same wait

constexpr std::size_t kMostNames = 60;  // looked for at once before the index is there

// The words of the lines: what is called there, and what it is called on.
std::vector<std::string> names_between(const fs::path& file, int first, int last) {
    std::vector<std::string> names;
    const auto text = read_file(file, 64u << 20);
    if (!text) return names;
    const auto lines = split_lines(*text);
    for (int line = std::max(first, 1); line <= last && line <= static_cast<int>(lines.size()); ++line) {
        each_word(lines[static_cast<std::size_t>(line - 1)], [&](std::string_view word) {
            const bool is_new = std::ranges::find(names, word) == names.end();
            if (word.size() > 2 && is_new && names.size() < kMostNames) names.emplace_back(word);
        });
    }
    return names;
}

// False if the number of arguments rules it out; what resolving would find too, but much later.
bool may_call(const Segment& segment, facts::Index index, const DefinitionRef& target) {
    const facts::Call& call = segment.call(index);
    if (segment.file(call.file).language != 0)
        return true;  // only C#'s calls come with all of their arguments
    const std::size_t given = segment.expression(call.expression).count;
    std::size_t least = 0, most = 0;
    for (const facts::Parameter& p : target.segment->segment.parameters(target.get())) {
        least += (p.flags & (facts::Optional | facts::Params)) == 0;
        most += (p.flags & facts::Params) ? 1000 : 1;
    }
    const bool is_extension = target.get().flags & facts::Extension;
    return given + is_extension >= least && given <= most;
}

bool holds(const facts::Definition& d, std::uint32_t line) {
    return d.first_line <= line && line <= d.last_line;
}

}  // namespace

SourceIndex::SourceIndex(const Roots& roots, fs::path state_folder, std::chrono::milliseconds patience)
    : state_(new State{.roots = roots, .folder = std::move(state_folder), .patience = patience}) {}

SourceIndex::~SourceIndex() = default;

const RootState* SourceIndex::State::holding(const fs::path& file) const {
    const RootState* best = nullptr;
    for (const RootState& root : known) {
        const auto depth = [](const RootState* r) { return r ? r->index->root().native().size() : 0; };
        if (lies_within(file, root.index->root()) && depth(&root) > depth(best)) best = &root;
    }
    return best;
}

const RootState* SourceIndex::State::owner(const LiveSegment* segment) const {
    for (const RootState& root : known) {
        for (const auto& live : root.index->segments()) {
            if (live.get() == segment) return &root;
        }
    }
    return nullptr;
}

void SourceIndex::State::load_framework() const {
    std::call_once(framework_once, [this] { framework = dotnet_framework(folder); });
}

Resolver SourceIndex::State::resolver(const RootState* home) const {
    std::vector<Tier> tiers;
    const auto add = [&](const RootState& root) {
        Tier& tier = tiers.emplace_back();
        for (const auto& live : root.index->segments()) tier.segments.push_back(live.get());
    };
    if (home) add(*home);
    for (const RootState& root : known) {
        if (&root != home) add(root);
    }
    if (has_csharp) {
        load_framework();
        if (framework) tiers.push_back({{framework.get()}, true});
    }
    return Resolver(std::move(tiers));
}

void SourceIndex::State::count() {
    last = {};
    has_csharp = false;
    for (const RootState& root : known) {
        for (const auto& live : root.index->segments()) {
            for (facts::Index i = 0; i < live->live.size(); ++i) {
                if (!live->live[i]) continue;
                const facts::File& file = live->segment.file(i);
                ++last.files;
                last.definitions += file.definitions.end - file.definitions.begin;
                last.calls += file.calls.end - file.calls.begin;
                last.broken_files += (file.flags & facts::Broken) != 0;
                has_csharp |= file.language == 0;
            }
        }
    }
}

Result<IndexState> SourceIndex::update(std::stop_token stop) {
    if (is_partial()) {
        TRY_OK(state_->wait_for_first_index(kAsLongAsItTakes, stop));
    }
    const auto begin = Clock::now();
    const std::unique_lock lock(state_->mutex);
    std::size_t parsed = 0;
    for (const Root* root : state_->roots.sources()) {
        auto known = std::ranges::find(state_->known, root->name, &RootState::name);
        if (known == state_->known.end()) {
            state_->known.push_back(
                {root->name, std::make_unique<RootIndex>(root->path, state_->store_of(*root))});
            known = state_->known.end() - 1;
        }
        TRY(const RootIndex::Changed changed, known->index->update(stop));
        parsed += changed.parsed;
    }
    state_->count();
    if (parsed > kManyFiles && state_->has_csharp) state_->load_framework();
    const auto took = Clock::now() - begin;
    state_->good_until = Clock::now() + took * kPause;
    state_->last.took = std::chrono::duration_cast<std::chrono::milliseconds>(took);
    state_->last.parsed = parsed;
    return state_->last;
}

Result<> SourceIndex::make_current(std::stop_token stop) {
    {
        const std::shared_lock lock(state_->mutex);
        if (Clock::now() < state_->good_until && state_->known.size() == state_->roots.sources().size())
            return {};
    }
    if (state_->patience < kAsLongAsItTakes) {
        TRY_OK(state_->wait_for_first_index(state_->patience, stop));
        if (is_partial()) return {};
    }
    TRY_OK(update(std::move(stop)));
    return {};
}

std::shared_lock<std::shared_mutex> SourceIndex::fresh(const About& about) {
    (void)make_current({});  // what is there answers even if this fails
    if (is_partial()) state_->read_some(about);
    return std::shared_lock(state_->mutex);
}

std::optional<Definition> SourceIndex::definition_at(const fs::path& path, int line) {
    const auto lock = fresh({.files = {path}});
    std::optional<DefinitionRef> best;
    state_->with_file(path, [&](const LiveSegment* live, facts::Index, const facts::File& file) {
        for (facts::Index i = file.definitions.begin; i < file.definitions.end; ++i) {
            const facts::Definition& d = live->segment.definition(i);
            if (!holds(d, static_cast<std::uint32_t>(line))) continue;
            if (!best || d.last_line - d.first_line <= best->get().last_line - best->get().first_line)
                best = DefinitionRef{live, i};
        }
    });
    if (!best) return std::nullopt;
    return state_->describe(*best);
}

std::vector<Definition> SourceIndex::definitions_in(const fs::path& path) {
    const auto lock = fresh({.files = {path}});
    std::vector<Definition> result;
    state_->with_file(path, [&](const LiveSegment* live, facts::Index, const facts::File& file) {
        for (facts::Index i = file.definitions.begin; i < file.definitions.end; ++i)
            result.push_back(state_->describe({live, i}));
    });
    return result;
}

std::vector<Definition> SourceIndex::members(const Definition& type) {
    const auto lock = fresh({.files = {type.file}, .words = {type.name}});
    std::vector<Definition> result;
    const auto ref = state_->find_again(type);
    if (!ref || !facts::is_type(ref->get().kind)) return result;
    Resolver resolver = state_->resolver(state_->owner(ref->segment));
    for (const DefinitionRef& part : resolver.types().symbol_of(*ref)->parts) {
        const facts::File& file = part.segment->segment.file(part.get().file);
        for (facts::Index i = file.definitions.begin; i < file.definitions.end; ++i) {
            const DefinitionRef member{part.segment, i};
            if (member.get().container == part.index && member.get().kind != facts::Kind::LocalFunction) {
                result.push_back(state_->describe(member));
            }
        }
    }
    return result;
}

std::vector<CallSite> SourceIndex::calls_in(const Definition& definition) {
    const auto lock =
        fresh({.files = {definition.file},
               .words = names_between(definition.file, definition.first_line, definition.last_line)});
    std::vector<CallSite> result;
    const auto ref = state_->find_again(definition);
    if (!ref) return result;
    Resolver resolver = state_->resolver(state_->owner(ref->segment));
    const facts::File& file = ref->segment->segment.file(ref->get().file);
    for (facts::Index i = file.calls.begin; i < file.calls.end; ++i) {
        const facts::Call& call = ref->segment->segment.call(i);
        if (call.byte < ref->get().first_byte || call.byte >= ref->get().end_byte) continue;
        result.push_back(state_->resolved_call(ref->segment, i, resolver));
    }
    std::ranges::sort(result, {}, [](const CallSite& c) { return std::pair(c.line, c.column); });
    return result;
}

std::vector<CallSite> SourceIndex::calls_at(const fs::path& path, int line) {
    const auto lock = fresh({.files = {path}, .words = names_between(path, line, line)});
    std::vector<CallSite> result;
    state_->with_file(path, [&](const LiveSegment* live, facts::Index, const facts::File& file) {
        Resolver resolver = state_->resolver(state_->owner(live));
        for (facts::Index i = file.calls.begin; i < file.calls.end; ++i) {
            if (live->segment.call(i).line == static_cast<std::uint32_t>(line)) {
                result.push_back(state_->resolved_call(live, i, resolver));
            }
        }
    });
    std::ranges::sort(result, {}, [](const CallSite& c) { return c.column; });
    return result;
}

std::optional<Certainty> SourceIndex::line_calls(const fs::path& path, int line, const Definition& target) {
    const auto lock = fresh({.files = {path, target.file}, .words = {target.name}});
    const auto wanted = state_->find_again(target);
    std::optional<Certainty> best;
    if (!wanted) return best;
    state_->with_file(path, [&](const LiveSegment* live, facts::Index, const facts::File& file) {
        Resolver resolver = state_->resolver(state_->owner(live));
        std::vector<DefinitionRef> also = resolver.overridden(*wanted);
        also.push_back(*wanted);
        for (facts::Index i = file.calls.begin; i < file.calls.end; ++i) {
            if (live->segment.call(i).line != static_cast<std::uint32_t>(line)) continue;
            const auto found = resolver.resolve(live, i);
            if (!found || std::ranges::find(also, found->definition) == also.end()) continue;
            if (!best || found->certainty < *best) best = found->certainty;
        }
    });
    return best;
}

std::vector<Caller> SourceIndex::callers(const Definition& definition, std::stop_token stop) {
    const auto lock = fresh({.files = {definition.file}, .words = {definition.name}});
    std::vector<Caller> result;
    const auto ref = state_->find_again(definition);
    if (!ref) return result;
    const Definition described = state_->describe(*ref);
    const bool is_constructor =
        ref->get().kind == facts::Kind::Constructor || facts::is_type(ref->get().kind);
    const RootState* home = state_->owner(ref->segment);
    for (const RootState& root : state_->known) {
        Resolver resolver = state_->resolver(&root);
        const std::vector<DefinitionRef> bases = resolver.overridden(*ref);
        for (const auto& live : root.index->segments()) {
            for (const std::string_view name : {ref->name(), std::string_view("new")}) {
                if (name == "new" && !is_constructor) continue;
                const auto text = live->segment.find_text(name);
                if (!text) continue;
                for (const facts::Index call : live->segment.calls_named(*text)) {
                    const facts::Index file = live->segment.call(call).file;
                    if (stop.stop_requested() || file >= live->live.size() || !live->live[file]) continue;
                    const auto may = [&](const DefinitionRef& d) { return may_call(live->segment, call, d); };
                    if (!may(*ref) && std::ranges::none_of(bases, may)) continue;
                    const auto found = resolver.resolve(live.get(), call);
                    if (!found) continue;
                    const bool is_base = found->definition != *ref && &root == home &&
                                         std::ranges::find(bases, found->definition) != bases.end();
                    if (found->definition != *ref && !is_base) continue;
                    Caller caller{.site = state_->describe_call(live.get(), call),
                                  .certainty = found->certainty,
                                  .through_base = is_base};
                    caller.site.targets.push_back(
                        {is_base ? state_->describe(found->definition) : described, found->certainty});
                    result.push_back(std::move(caller));
                }
            }
        }
    }
    std::ranges::sort(result, {}, [](const Caller& c) {
        return std::tuple(c.through_base, c.certainty, c.site.caller.is_test, c.site.file, c.site.line,
                          c.site.column);
    });
    return result;
}

std::vector<fs::path> SourceIndex::files_named(std::string_view suffix) {
    const auto lock = fresh({.words = {fs::path(suffix).stem().string()}});
    std::vector<fs::path> result;
    for (const RootState& root : state_->known) {
        for (const auto& live : root.index->segments()) {
            for (facts::Index i = 0; i < live->live.size(); ++i) {
                const std::string_view path = live->segment.text(live->segment.file(i).path);
                if (!live->live[i] || !path.ends_with(suffix)) continue;
                if (suffix.empty() || path.size() == suffix.size() ||
                    path[path.size() - suffix.size() - 1] == '/')
                    result.push_back(root.index->root() / path);
            }
        }
    }
    std::ranges::sort(result);
    return result;
}

}  // namespace culprit
