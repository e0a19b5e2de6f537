// The threads of a trace: who is who, and what got lost of what they wrote.
//
// Source  microsoft/perfview NetTraceFormat.md, "ThreadBlock", "Event Sequence Numbers"
#pragma once

#include <cstdint>
#include <unordered_map>

#include "tools/profile/builder.h"
#include "tools/profile/formats/nettrace/container.h"

namespace culprit {

class Threads {
  public:
    Threads(ProfileBuilder& builder, const TraceHeader& header) : builder_(builder), header_(header) {}

    struct Known {
        ThreadId index = 0;    // in the profile
        std::uint64_t id = 0;  // of the operating system
        std::uint64_t process = 0;
    };
    // The thread that an event names: by its id, from version 6 on by an index that a thread block has given.
    // One that was not given is made up with the index for an id.
    Known find(std::uint64_t id_or_index);

    // The blocks that are about threads; false if one is not well-formed.
    bool read(const Block& block);
    bool read_removals(const Block& block);
    bool read_sequence_point(const Block& block);

    // A capturing thread wrote the event of this number: what lies between it and the one before was dropped.
    void count(std::uint64_t capture_thread, std::uint32_t sequence);
    std::uint64_t dropped() const { return dropped_; }

  private:
    void checkpoint(std::uint64_t capture_thread, std::uint32_t sequence);

    ProfileBuilder& builder_;
    const TraceHeader& header_;
    std::unordered_map<std::uint64_t, Known> threads_;
    std::unordered_map<std::uint64_t, std::uint32_t> sequences_;  // the last number of each capturing thread
    std::uint64_t last_thread_ = 0, last_capture_thread_ = 0;
    const Known* last_known_ = nullptr;
    std::uint32_t* last_sequence_ = nullptr;
    std::uint64_t dropped_ = 0;
};

}  // namespace culprit
