// What the .NET runtime's own events tell: allocations, waits for locks, exceptions, garbage collections, the
// thread pool, the process.
//
// Metrics  "allocations" (bytes, by type), "contention" (ns, by lock), "exceptions" (count, by type)
// Source   the runtime's src/coreclr/vm/ClrEtwAll.man
#pragma once

#include <functional>
#include <string_view>
#include <unordered_map>

#include "tools/profile/builder.h"
#include "tools/profile/formats/nettrace/gc_events.h"
#include "tools/profile/formats/nettrace/stacks.h"

namespace culprit {

// An event's place in the recording.
struct EventPlace {
    double at_ns = 0;
    ThreadId thread = 0;
    std::uint64_t thread_id = 0;
    RawStack stack = 0;
};

// UTF-16 strings of a file by what they are in the profile: each is made UTF-8 once. Borrows the bytes.
class Utf16Names {
  public:
    StringId intern(std::string_view bytes, ProfileBuilder& builder);

  private:
    struct Name {
        std::string_view bytes;
        StringId id;
    };
    std::vector<Name> names_;
    IndexTable index_;
};

class RuntimeEvents {
  public:
    RuntimeEvents(ProfileBuilder& builder, std::uint32_t pointer_size);

    // Takes up an event of the runtime's provider; ids that say nothing about performance change nothing.
    void add(std::uint32_t event_id, std::uint32_t version, std::string_view payload,
             const EventPlace& place);
    // The runtime's description of itself, of the runtime's or the rundown's provider; and that of the
    // process.
    void add_runtime_start(std::string_view payload);
    void add_process_info(std::string_view payload);
    void settle() { gc_.settle(); }

    // Hands everything over; the stack of a thread is made into a node by `node_of`.
    void finish(const std::function<NodeId(RawStack, ThreadId)>& node_of);

  private:
    struct Wait {
        RawStack stack = 0;
        double since_ns = 0;
        std::uint64_t lock = 0, owner = 0, thread_id = 0;
    };
    void add_allocation(std::uint32_t version, std::string_view payload, const EventPlace& place);
    void start_wait(std::uint32_t version, std::string_view payload, const EventPlace& place);
    void stop_wait(std::uint32_t version, std::string_view payload, const EventPlace& place);
    void add_exception(std::string_view payload, const EventPlace& place);
    void add_pool_adjustment(std::string_view payload);

    // Sums by raw stack in place of a node, and the metric they become.
    struct Sums {
        ProfileBuilder::MetricId metric;
        CellSums cells;
    };
    void count(Sums& sums, const EventPlace& place, StringId detail, double weight);

    ProfileBuilder& builder_;
    std::uint32_t pointer_size_;
    Sums allocations_, contention_, exceptions_;
    GcEvents gc_;
    std::vector<AllocationKind> kinds_;
    std::unordered_map<ThreadId, Wait> waits_;  // that are not over
    Utf16Names names_;
};

}  // namespace culprit
