// The events of one block, with their headers unpacked.
//
// Source  microsoft/perfview NetTraceFormat.md, "Event rows"; NetTraceFormat_v5.md, "Event blobs"
#pragma once

#include <cstdint>
#include <string_view>

#include "tools/profile/formats/byte_cursor.h"

namespace culprit {

struct TraceEvent {
    std::uint32_t type = 0;            // the id of its metadata; 0 in a metadata block
    std::uint32_t sequence = 0;        // counted by the capturing thread: gaps are events that were dropped
    std::uint64_t thread = 0;          // whom it is about: id of the thread; its index from version 6 on
    std::uint64_t capture_thread = 0;  // who wrote it
    std::uint32_t stack = 0;
    std::int64_t ticks = 0;
    std::string_view payload;
};

class EventReader {
  public:
    // `block` is the content of an event or metadata block. A version 6 metadata block holds no events.
    EventReader(std::string_view block, int version);

    // False at the end and where the rest cannot be an event: see whole().
    bool next(TraceEvent& event);
    bool whole() const { return cursor_.ok(); }

  private:
    void read_compressed();
    void read_plain();

    ByteCursor cursor_;
    int version_;
    bool compressed_ = false;
    std::uint32_t payload_size_ = 0;
    TraceEvent event_;
};

}  // namespace culprit
