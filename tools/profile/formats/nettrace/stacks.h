// The stacks of a trace: raw lists of addresses, each kept once however often the file repeats it.
//
// Source  microsoft/perfview NetTraceFormat.md, "StackBlock"
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tools/profile/formats/nettrace/container.h"
#include "tools/profile/intern.h"

namespace culprit {

using RawStack = std::uint32_t;  // index of a distinct stack; 0 is the empty one

// Borrows the bytes of the blocks it reads.
class Stacks {
  public:
    Stacks();
    // Takes up what is whole in a stack block; false if not all of it is.
    bool read(const Block& block);
    // Ids are good up to the next sequence point.
    void forget_ids() { runs_.clear(); }

    // The stack that an event names; the empty one for 0 and for ids that the file has not given.
    RawStack find(std::uint32_t id) const;
    std::size_t size() const { return stacks_.size(); }
    // Its addresses, innermost first, as the file has them: 4 or 8 bytes each.
    std::string_view bytes(RawStack stack) const { return stacks_[stack]; }

  private:
    struct Run {
        std::uint32_t first_id = 0;
        std::vector<RawStack> stacks;
    };
    std::vector<std::string_view> stacks_;
    IndexTable index_;
    std::vector<Run> runs_;  // since the last sequence point, as they stand in the file
};

}  // namespace culprit
