#include "tools/profile/store.h"

#include <algorithm>

#include <sys/stat.h>

#include "tools/profile/formats/perf_data.h"

namespace culprit {

const Profile& ProfileStore::Pinned::operator*() const { return *entry_->profile; }

ProfileStore::Pinned::~Pinned() {
    if (store_) store_->unpin(*entry_);
}

Result<ProfileStore::Key> ProfileStore::key_of(const fs::path& file, const Reading& reading) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return std::unexpected(errno_error("reading", file));
    return Key{.path = file,
               .size = static_cast<std::uint64_t>(status.st_size),
               .changed_ns = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec,
               .from_ns = reading.from_ns,
               .to_ns = reading.to_ns};
}

Result<ProfileStore::Pinned> ProfileStore::open(const fs::path& file, const Reading& reading) {
    TRY(const Key key, key_of(file, reading));
    std::unique_lock lock(mutex_);
    for (;;) {
        const auto found = std::ranges::find(entries_, key, &Entry::key);
        if (found == entries_.end()) break;
        if (found->profile) {
            ++found->pins;
            entries_.splice(entries_.begin(), entries_, found);
            return Pinned(*this, *found);
        }
        // Woken when it was read, and also when that failed: then this thread tries.
        const auto is_read = [&] {
            const auto entry = std::ranges::find(entries_, key, &Entry::key);
            return entry == entries_.end() || entry->profile;
        };
        if (!read_.wait(lock, reading.stop, is_read)) return std::unexpected(cancelled());
    }
    entries_.push_front({.key = key, .profile = {}, .pins = 1});
    const auto entry = entries_.begin();
    lock.unlock();

    Result<Profile> profile = [&]() -> Result<Profile> {
        TRY(const MappedFile mapped, MappedFile::open(file));
        if (!is_perf_data(mapped.bytes())) {
            Reading in_pieces = reading;
            in_pieces.passed = [&mapped](std::size_t up_to) { mapped.forget(up_to); };
            return parse_profile(mapped.bytes(), in_pieces);
        }
        TRY(const std::string text, perf_script_of(file, reading.stop));
        return parse_profile(text, reading);
    }();

    lock.lock();
    read_.notify_all();
    if (!profile) {
        entries_.erase(entry);
        Error error = std::move(profile).error();
        if (error.fault != Fault::Cancelled)
            error.what = fmt::format("{}: {}", file.filename().string(), error.what);
        return std::unexpected(std::move(error));
    }
    entry->bytes = profile->memory_bytes();
    entry->profile = *std::move(profile);
    make_room();
    return Pinned(*this, *entry);
}

void ProfileStore::make_room() {
    std::size_t bytes = 0;
    for (const Entry& entry : entries_) bytes += entry.bytes;
    for (auto entry = entries_.end(); entry != entries_.begin() && bytes > most_bytes_;) {
        --entry;
        if (entry->pins > 0) continue;
        bytes -= entry->bytes;
        entry = entries_.erase(entry);
    }
}

void ProfileStore::unpin(Entry& entry) {
    const std::lock_guard lock(mutex_);
    --entry.pins;
    make_room();
}

}  // namespace culprit
