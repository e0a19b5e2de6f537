// The outermost layer of a .nettrace file: its header and its blocks, versions 4 to 6.
//
// Source  microsoft/perfview src/TraceEvent/EventPipe/NetTraceFormat.md (version 6), NetTraceFormat_v5.md (4
// and 5)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace culprit {

enum class BlockKind {
    EndOfStream = 0,
    Trace = 1,
    Event = 2,
    Metadata = 3,
    SequencePoint = 4,
    Stack = 5,
    Thread = 6,
    RemoveThread = 7,
    LabelList = 8,
    Other = 255,  // of a later version: to be skipped
};

struct Block {
    BlockKind kind = BlockKind::Other;
    std::string_view bytes;  // its content; what is there of it if the file was cut short
    bool whole = true;
};

// What the file says about the recording as a whole.
struct TraceHeader {
    int version = 0;
    std::int64_t start_ticks = 0;
    double ns_per_tick = 1;
    std::uint32_t pointer_size = 8;
    std::uint64_t process = 0;
    std::uint32_t processors = 0;
    std::string start_utc;  // "2026-11-21T10:16:40.999Z"; empty if the file has no date that exists
    std::vector<std::pair<std::string, std::string>> values;  // version 6: whatever its writer wrote down

    double time_ns(std::int64_t ticks) const {  // since the start
        // Unsigned, as the times of a damaged file may be too far apart.
        const std::uint64_t since =
            static_cast<std::uint64_t>(ticks) - static_cast<std::uint64_t>(start_ticks);
        return static_cast<double>(static_cast<std::int64_t>(since)) * ns_per_tick;
    }
};

class BlockReader {
  public:
    // Reads the header. Fails with Corrupt if it is cut short or none, Invalid for versions that are not
    // read.
    static Result<BlockReader> open(std::string_view bytes);

    const TraceHeader& header() const { return header_; }
    // False at the end of the file, or where no further block can be told: see ended() and offset().
    bool next(Block& block);
    bool ended() const { return ended_; }  // the end mark was there: nothing was cut off
    std::size_t offset() const { return at_; }

  private:
    explicit BlockReader(std::string_view bytes) : bytes_(bytes) {}
    bool next_block(Block& block);   // version 6
    bool next_object(Block& block);  // versions 4 and 5
    Result<> read_trace(const Block& block);

    std::string_view bytes_;
    std::size_t at_ = 0;
    bool ended_ = false;
    TraceHeader header_;
};

}  // namespace culprit
