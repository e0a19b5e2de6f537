#include "tools/profile/intern.h"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace culprit {

std::uint64_t hash_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

void IndexTable::grow() {
    std::vector<Slot> old(std::max<std::size_t>(16, slots_.size() * 2));
    old.swap(slots_);
    for (const Slot& slot : old) {
        if (slot.index == kNone) continue;
        std::size_t at = slot.tag & mask();
        while (slots_[at].index != kNone) at = (at + 1) & mask();
        slots_[at] = slot;
    }
}

StringId StringTable::intern(std::string_view text) {
    const auto next = static_cast<StringId>(strings_.size());
    const StringId id =
        index_.find_or_add(hash_of(text), next, [&](std::uint32_t index) { return strings_[index] == text; });
    if (id == next) strings_.push_back(store(text));
    return id;
}

std::string_view StringTable::store(std::string_view text) {
    constexpr std::size_t kChunk = 64 * 1024;
    if (text.empty()) return {};
    if (text.size() > room_) {
        room_ = std::max(kChunk, text.size());
        chunks_.push_back(std::make_unique_for_overwrite<char[]>(room_));
        free_ = chunks_.back().get();
        stored_ += room_;
    }
    char* const at = free_;
    std::ranges::copy(text, at);
    free_ += text.size();
    room_ -= text.size();
    return {at, text.size()};
}

std::size_t StringTable::memory_bytes() const {
    return stored_ + strings_.capacity() * sizeof(std::string_view) + index_.memory_bytes();
}

}  // namespace culprit
