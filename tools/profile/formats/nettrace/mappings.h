// Which file and symbol an address belongs to, as the Universal.System events of version 6 tell it.
//
// Source  microsoft/perfview src/TraceEvent/EventPipe/UniversalProviders.md
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tools/profile/builder.h"

namespace culprit {

// Add everything, then ask. Text is borrowed from the events and must live as long as this does.
class Mappings {
  public:
    void add_mapping(std::uint64_t process, std::string_view payload);
    void add_symbol(std::uint64_t process, std::string_view payload);

    bool empty() const { return mappings_.empty() && symbols_.empty(); }
    // The frame at this address of a process: a symbol's, or unresolved with the file's name for a module.
    FrameId frame_at(std::uint64_t process, std::uint64_t address, ProfileBuilder& builder);

  private:
    static constexpr FrameId kNoFrame = ~FrameId{0};
    struct Range {
        std::uint64_t process = 0, start = 0, last = 0;  // the last address belongs to it
        std::string_view name;                           // file or symbol
        FrameId frame = kNoFrame;
    };
    static Range* find(std::vector<Range>& ranges, std::uint64_t process, std::uint64_t address);
    void sort();

    std::vector<Range> mappings_, symbols_;
    bool sorted_ = true;
};

}  // namespace culprit
