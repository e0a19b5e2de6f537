// The inside of SourceIndex, shared by the files that implement it.
#pragma once

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "tools/source/index.h"
#include "tools/source/resolve.h"
#include "tools/source/root_index.h"

namespace culprit {

struct RootState {
    std::string name;
    std::unique_ptr<RootIndex> index;
    bool is_partial = false;  // holds what questions needed so far; the whole is being made
};

// The first index of some roots, made by a thread of its own.
struct Making {
    std::vector<RootState> roots = {};
    std::promise<Result<>> promise = {};
    std::shared_future<Result<>> done = promise.get_future().share();
    std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
    std::jthread thread = {};
};

// All but file and root.
Definition describe_definition(const DefinitionRef& ref);

struct SourceIndex::State {
    const Roots& roots;
    fs::path folder;
    std::chrono::milliseconds patience;
    std::shared_mutex mutex = {};  // shared by questions, exclusive for updates
    std::vector<RootState> known = {};
    bool has_csharp = false;
    mutable std::once_flag framework_once = {};  // it is read when a question first needs it
    mutable std::unique_ptr<LiveSegment> framework = {};
    IndexState last = {};
    std::chrono::steady_clock::time_point good_until = {};

    std::unique_ptr<Making> making = {};  // last: its thread ends before anything else goes

    fs::path store_of(const Root& root) const;
    // Has the roots that are not indexed yet made by a thread, and waits for it, not longer than `most` after
    // it began. Cancelled on stop; what else fails is why there is no index.
    Result<> wait_for_first_index(std::chrono::milliseconds most, std::stop_token stop);
    void begin_making();
    Result<> take_made();
    void read_some(const About& about);
    bool is_partial() const { return std::ranges::any_of(known, &RootState::is_partial); }

    const RootState* holding(const fs::path& file) const;
    const RootState* owner(const LiveSegment* segment) const;
    void load_framework() const;
    Resolver resolver(const RootState* home) const;
    Definition describe(const DefinitionRef& ref) const;
    // The same definition in the index as it is now.
    std::optional<DefinitionRef> find_again(const Definition& definition) const;
    CallSite describe_call(const LiveSegment* segment, facts::Index call) const;
    CallSite resolved_call(const LiveSegment* segment, facts::Index call, Resolver& resolver) const;
    fs::path path_of(const LiveSegment* segment, facts::Index file) const;
    void count();

    template <class Visit>  // visit(segment, file's index, file): the one live place of a path
    void with_file(const fs::path& path, Visit visit) const {
        const RootState* root = holding(path);
        if (!root) return;
        const auto place = root->index->find(path.lexically_relative(root->index->root()).string());
        if (place.first) visit(place.first, place.second, place.first->segment.file(place.second));
    }
    template <class Visit>  // visit(DefinitionRef) for each live definition called `name`
    void each_named(std::string_view name, Visit visit) const {
        for (const RootState& root : known) {
            for (const auto& live : root.index->segments()) {
                const auto text = live->segment.find_text(name);
                if (!text) continue;
                for (const facts::Index index : live->segment.definitions_named(*text)) {
                    const facts::Index file = live->segment.definition(index).file;
                    if (file < live->live.size() && live->live[file])
                        visit(root, DefinitionRef{live.get(), index});
                }
            }
        }
    }
};

}  // namespace culprit
