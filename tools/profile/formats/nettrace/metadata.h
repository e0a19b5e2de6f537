// Types of events: which provider, which event, which version.
//
// Source  microsoft/perfview NetTraceFormat.md, "MetadataBlock"; NetTraceFormat_v5.md, "Metadata event
// encoding"
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "tools/profile/formats/nettrace/container.h"

namespace culprit {

enum class Provider : std::uint8_t {
    Other,
    SampleProfiler,
    Runtime,
    Rundown,
    EventPipe,
    UniversalEvents,
    UniversalSystem
};

struct EventType {
    Provider provider = Provider::Other;
    std::uint32_t id = 0;
    std::uint32_t version = 0;
    std::string provider_name, name;
    std::uint64_t count = 0;  // events of this type, kept by who counts them
};

class EventTypes {
  public:
    // What can be read of a metadata block; false if the block is not whole or not well-formed.
    bool read(const Block& block, int version);
    // Null if the file has not described it.
    EventType* find(std::uint32_t metadata_id);
    const std::unordered_map<std::uint32_t, EventType>& all() const { return types_; }

  private:
    void add(std::uint32_t metadata_id, EventType type);
    std::unordered_map<std::uint32_t, EventType> types_;
    std::uint32_t last_id_ = 0;
    EventType* last_ = nullptr;
};

}  // namespace culprit
