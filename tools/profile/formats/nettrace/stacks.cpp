#include "tools/profile/formats/nettrace/stacks.h"

#include <algorithm>

#include "tools/profile/formats/byte_cursor.h"

namespace culprit {

Stacks::Stacks() {
    index_.find_or_add(hash_of(std::string_view()), 0, [](std::uint32_t) { return true; });
    stacks_.emplace_back();
}

bool Stacks::read(const Block& block) {
    ByteCursor cursor(block.bytes);
    Run run{.first_id = cursor.u32(), .stacks = {}};
    std::uint32_t count = cursor.u32();
    for (; count > 0; --count) {
        const std::string_view stack = cursor.take(cursor.u32());
        if (!cursor.ok()) break;
        const auto next = static_cast<RawStack>(stacks_.size());
        const RawStack known =
            index_.find_or_add(hash_of(stack), next, [&](std::uint32_t i) { return stacks_[i] == stack; });
        if (known == next) stacks_.push_back(stack);
        run.stacks.push_back(known);
    }
    runs_.push_back(std::move(run));
    return count == 0 && block.whole;
}

RawStack Stacks::find(std::uint32_t id) const {
    for (auto run = runs_.rbegin(); run != runs_.rend();
         ++run) {  // most events name a stack of the last block
        if (id >= run->first_id && id - run->first_id < run->stacks.size())
            return run->stacks[id - run->first_id];
    }
    return 0;
}

}  // namespace culprit
