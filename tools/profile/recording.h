// What a recording tells besides its samples: the process, the events, and what the .NET runtime did.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct EventCount {
    std::string provider, name;  // "Microsoft-Windows-DotNETRuntime", "GC/AllocationTick"
    std::uint32_t id = 0, version = 0;
    std::uint64_t count = 0;
};

// One garbage collection. Times count from the start of the recording.
struct Collection {
    std::uint32_t number = 0, generation = 0;
    std::string_view reason, type;  // the runtime's words: "AllocSmall", "BackgroundGC"
    double start_ns = 0;
    double duration_ns =
        0;  // from its start to its end; a background collection runs beside the program for most of it
    double pause_ns = 0;               // in which the program's threads stood still for it
    bool has_heap = false;             // then, after it:
    std::uint64_t heap_bytes[5] = {};  // generations 0 to 2, large objects, pinned objects
    std::uint64_t promoted_bytes = 0;
};

// The times in which a reason made all threads of the program stand still.
struct Suspension {
    std::string_view
        reason;  // the runtime's word: "SuspendForGC"; "SuspendOther" is the sampler itself, for one
    std::uint64_t count = 0;
    double ns = 0;  // each from its request, or the end of the one before if that came later, to the restart
    // The same as TraceEvent counts it: from the latest request to the next restart, whoever asked. Where
    // requests of two threads overlap it loses one of them.
    std::uint64_t latest_count = 0;
    double latest_ns = 0;
};

struct AllocationKind {
    std::string_view name;  // "Small", "Large", "Pinned"
    std::uint64_t count = 0;
    double bytes = 0;
};

// A thread that waited for a lock when the recording ended.
struct OpenWait {
    std::uint64_t thread = 0, owner = 0;  // ids; the owner is 0 if not known
    std::uint64_t lock = 0;
    double since_ns = 0;
    std::uint32_t node = 0;  // where it waits
};

struct ExceptionSample {
    std::uint32_t type = 0;  // in the profile's strings
    std::string message;     // of the first of this type
};

// How often the thread pool changed its number of workers for a reason.
struct PoolAdjustment {
    std::string_view reason;  // the runtime's word: "Starvation", "ClimbingMove"
    std::uint64_t count = 0;
};

// What the .NET runtime tells of itself. What is empty was not recorded or did not happen: the file does not
// say which.
struct Runtime {
    std::vector<Collection> collections;  // in order of their start
    std::vector<Suspension> suspensions;
    std::vector<AllocationKind> allocation_kinds;
    std::uint64_t allocations_without_stack = 0;
    std::vector<OpenWait> open_waits;
    std::vector<ExceptionSample> exceptions;
    std::vector<PoolAdjustment> pool_adjustments;
    std::uint32_t pool_workers_most = 0;
    bool has_method_names = false, has_rundown = false;
};

struct Recording {
    std::string start_utc;  // "2026-11-21T10:16:40.999Z"; empty if the file does not say
    std::string command_line, runtime, os, architecture;
    std::uint64_t process = 0;
    std::uint32_t processors = 0;
    std::uint64_t events = 0;        // of all kinds; 0 for formats that know samples only
    std::uint64_t dropped = 0;       // events lost while recording
    std::vector<EventCount> counts;  // the most frequent first
    double sample_interval_ns = 0;   // between two samples of a thread, as measured; 0 if not known
    Runtime dotnet;
};

}  // namespace culprit
