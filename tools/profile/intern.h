// Interning: each distinct value is kept once and known by its index.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace culprit {

std::uint64_t hash_of(std::string_view bytes);

// Hashes of two numbers taken together.
constexpr std::uint64_t hash_of(std::uint64_t a, std::uint64_t b) {
    std::uint64_t h = a * 0x9E3779B97F4A7C15u ^ (b + 0x7F4A7C15u) * 0xC2B2AE3D27D4EB4Fu;
    h = (h ^ h >> 32) * 0xD6E8FEB86659FD93u;
    return h ^ h >> 32;
}

// Finds which element of a vector equals a value: an open-addressing table of indices, 8 bytes a slot. The
// elements stay with the owner, who says what equals what.
class IndexTable {
  public:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    // The index under this hash for which equal(index) holds; if there is none, enters `next` and returns it.
    template <class Equal>
    std::uint32_t find_or_add(std::uint64_t hash, std::uint32_t next, Equal equal) {
        if (count_ * 4 >= slots_.size() * 3) grow();
        const auto tag = static_cast<std::uint32_t>(hash >> 32);
        for (std::size_t at = tag & mask();; at = (at + 1) & mask()) {
            Slot& slot = slots_[at];
            if (slot.index == kNone) {
                slot = {tag, next};
                ++count_;
                return next;
            }
            if (slot.tag == tag && equal(slot.index)) return slot.index;
        }
    }

    // The same without entering: kNone if there is none.
    template <class Equal>
    std::uint32_t find(std::uint64_t hash, Equal equal) const {
        if (slots_.empty()) return kNone;
        const auto tag = static_cast<std::uint32_t>(hash >> 32);
        for (std::size_t at = tag & mask(); slots_[at].index != kNone; at = (at + 1) & mask()) {
            if (slots_[at].tag == tag && equal(slots_[at].index)) return slots_[at].index;
        }
        return kNone;
    }

    std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot); }

  private:
    struct Slot {
        std::uint32_t tag = 0;
        std::uint32_t index = kNone;
    };
    std::size_t mask() const { return slots_.size() - 1; }
    void grow();

    std::vector<Slot> slots_;  // a power of two of them, or none
    std::size_t count_ = 0;
};

using StringId = std::uint32_t;  // 0 is the empty string

// Strings, each kept once. Views stay valid as long as the table lives, also when it moves.
class StringTable {
  public:
    StringTable() { intern({}); }

    StringId intern(std::string_view text);
    std::string_view operator[](StringId id) const { return strings_[id]; }
    std::size_t size() const { return strings_.size(); }
    std::size_t memory_bytes() const;

  private:
    std::string_view store(std::string_view text);

    std::vector<std::string_view> strings_;
    IndexTable index_;
    std::vector<std::unique_ptr<char[]>> chunks_;
    std::size_t room_ = 0;  // left in the last chunk
    char* free_ = nullptr;
    std::size_t stored_ = 0;
};

}  // namespace culprit
