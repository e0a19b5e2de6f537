// SourceIndex: answers before the first index is there.
#include "base/text.h"
#include "tools/source/index_state.h"

namespace culprit {

using Clock = std::chrono::steady_clock;

bool SourceIndex::is_partial() const {
    const std::shared_lock lock(state_->mutex);
    return state_->is_partial();
}

fs::path SourceIndex::State::store_of(const Root& root) const {
    return folder.empty() ? fs::path() : folder / content_hash(root.path.native());
}

void SourceIndex::State::begin_making() {
    for (const Root* root : roots.sources()) {
        if (std::ranges::find(known, root->name, &RootState::name) == known.end())
            known.push_back({root->name, std::make_unique<RootIndex>(root->path, fs::path()), true});
    }
    if (making || !is_partial()) return;
    making = std::make_unique<Making>();
    for (const Root* root : roots.sources()) {
        if (std::ranges::find(known, root->name, &RootState::name)->is_partial)
            making->roots.push_back({root->name, std::make_unique<RootIndex>(root->path, store_of(*root))});
    }
    making->thread = std::jthread([made = making.get()](std::stop_token stop) {
        Result<> result;
        for (RootState& root : made->roots) {
            const auto updated = result ? root.index->update(stop) : Result<RootIndex::Changed>();
            if (!updated) result = std::unexpected(updated.error());
        }
        made->promise.set_value(std::move(result));
    });
}

Result<> SourceIndex::State::take_made() {
    const std::unique_ptr<Making> made = std::move(making);
    TRY_OK(made->done.get());
    for (RootState& root : made->roots)
        *std::ranges::find(known, root.name, &RootState::name) = std::move(root);
    return {};
}

Result<> SourceIndex::State::wait_for_first_index(std::chrono::milliseconds most, std::stop_token stop) {
    std::shared_future<Result<>> done;
    Clock::time_point until;
    {
        const std::unique_lock lock(mutex);
        begin_making();
        if (!making) return {};
        done = making->done;
        until = making->begin + most;
    }
    const auto is_done = [&](std::chrono::milliseconds wait) {
        return done.wait_for(wait) == std::future_status::ready;
    };
    while (!is_done(std::chrono::milliseconds(Clock::now() < until ? 20 : 0))) {
        if (stop.stop_requested()) return std::unexpected(cancelled());
        if (Clock::now() >= until) return {};
    }
    const std::unique_lock lock(mutex);
    return making ? take_made() : Result<>();
}

void SourceIndex::State::read_some(const About& about) {
    const std::unique_lock lock(mutex);
    for (const RootState& root : known) {
        if (!root.is_partial) continue;
        std::vector<std::string> paths, words;
        for (const fs::path& file : about.files) {
            if (lies_within(file, root.index->root()))
                paths.push_back(file.lexically_relative(root.index->root()).string());
        }
        std::ranges::copy_if(about.words, std::back_inserter(words),
                             [](const auto& word) { return !word.empty(); });
        (void)root.index->read_some(paths, words, {});  // what cannot be read is not known
    }
    count();
}

}  // namespace culprit
