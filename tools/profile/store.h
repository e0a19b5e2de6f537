// The profiles that a session has open: each file is read once and kept as long as there is room.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <utility>

#include "base/files.h"
#include "base/result.h"
#include "tools/profile/formats/format.h"
#include "tools/profile/profile.h"

namespace culprit {

// Thread-safe. Must outlive what it hands out.
class ProfileStore {
    struct Entry;

  public:
    explicit ProfileStore(std::size_t most_bytes = std::size_t{1} << 30) : most_bytes_(most_bytes) {}

    // A profile that stays as it is while this lives: hold it for the length of a question, not longer.
    class Pinned {
      public:
        Pinned(Pinned&& other) noexcept
            : store_(std::exchange(other.store_, nullptr)), entry_(std::exchange(other.entry_, nullptr)) {}
        Pinned& operator=(Pinned&&) = delete;
        ~Pinned();

        const Profile& operator*() const;
        const Profile* operator->() const { return &**this; }

      private:
        friend class ProfileStore;
        Pinned(ProfileStore& store, Entry& entry) : store_(&store), entry_(&entry) {}
        ProfileStore* store_;
        Entry* entry_;
    };

    // The profile in this file, read now unless the same content (by path, size and time of change) was read
    // for the same part of the recording before. If another thread is reading it, waits for that. What was
    // used longest ago and is not pinned is dropped when all profiles together take more than `most_bytes`.
    // Fails as parse_profile does, or as opening the file does.
    Result<Pinned> open(const fs::path& file, const Reading& reading = {});

  private:
    struct Key {
        fs::path path;
        std::uint64_t size = 0;
        std::int64_t changed_ns = 0;
        double from_ns = 0, to_ns = 0;
        bool operator==(const Key&) const = default;
    };
    struct Entry {
        Key key;
        std::optional<Profile> profile;  // nothing while it is being read
        std::size_t bytes = 0;
        int pins = 0;
    };
    static Result<Key> key_of(const fs::path& file, const Reading& reading);
    void make_room();
    void unpin(Entry& entry);

    const std::size_t most_bytes_;
    std::mutex mutex_;
    std::condition_variable_any read_;
    std::list<Entry> entries_;  // the one used last comes first
};

}  // namespace culprit
