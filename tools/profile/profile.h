// One profile, whatever file it came from: frames, one call tree, and what each thread spent at each of its
// nodes.
//
// Shape     node 0 is the root and has no frame; the parent of every other node has a smaller index than the
// node Size      grows with distinct stacks (times the threads that ran them), never with samples Units time
// is in nanoseconds, memory in bytes; times of day count from the start of the recording Lifetime  a Profile
// owns its text: views of it stay valid while it lives, also when it moves Threads   nothing in here changes
// after it was read; any number of threads may look at it
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/profile/intern.h"
#include "tools/profile/recording.h"
#include "tools/profile/table.h"

namespace culprit {

using FrameId = std::uint32_t;
using NodeId = std::uint32_t;
using ThreadId = std::uint32_t;  // an index into Profile::threads

constexpr NodeId kRootNode = 0;

enum class FrameKind : std::uint8_t {
    Code,        // a function that the file names
    Managed,     // a method of .NET: its name is in the words of IL
    Kernel,      // a function of the kernel
    Unresolved,  // an address for which the file has no name
    Marker,      // no code: put there by a tool to group or to tell states apart ("Thread (17)", "CPU_TIME")
};

// Two frames with the same content are one.
struct Frame {
    // The whole name, exactly as the file or the format's own tools have it: "Shop!Shop.Cart.Add(class
    // System.String)", "vmlinux!do_syscall_64", "main"; "?!?" or "libc.so.6!?" for an address without a name.
    StringId name = 0;
    StringId module = 0;       // assembly, library or package; empty if not known
    StringId file = 0;         // source file, or the image if there is none
    std::uint32_t line = 0;    // of the function in `file`, from 1; 0 if not known
    std::uint32_t column = 0;  // the same
    std::uint32_t owner_size =
        0;  // so many bytes of bare_name() are namespace and type; 0 if the file does not tell
    FrameKind kind = FrameKind::Code;
    std::uint64_t address = 0;  // of an unresolved frame, which is told from others by it

    bool operator==(const Frame&) const = default;
};

struct Node {
    NodeId parent = kRootNode;
    FrameId frame = 0;  // of no meaning for the root
};

struct Thread {
    std::string name;  // empty if the file has none
    std::uint64_t id = 0;
    std::uint64_t process = 0;
};

// What one thread spent with this stack on top, split by `detail`: the type for allocations and exceptions,
// the lock for contention, "managed" or "external" for the samples of .NET.
struct Cell {
    NodeId node = kRootNode;
    ThreadId thread = 0;
    StringId detail = 0;
    double weight = 0;         // in the metric's unit
    std::uint64_t events = 0;  // how many samples or events it is the sum of
};

// A metric over time, in buckets of equal width that together reach from the first to the last event.
struct Timeline {
    double bucket_ns = 0;  // 0: the file has no times for this metric
    std::vector<double> weight;
};

// "samples" (count), "thread_time" (ns, waits included), "cpu" (ns), "allocations" (bytes), "contention"
// (ns), "exceptions" (count), or what the file calls it.
struct Metric {
    std::string name;
    std::string unit;  // "count", "ns", "bytes", or what the file says
    double total = 0;
    std::uint64_t events = 0;
    std::vector<Cell> cells;  // sorted by node, thread, detail; no two alike
    Timeline timeline;
};

struct Profile {
    std::string format;
    double duration_ns = 0;  // of the recording; 0 if the file has no times
    StringTable strings;
    std::vector<Frame> frames;
    std::vector<Node> nodes;
    std::vector<Thread> threads;
    std::vector<Metric> metrics;
    Recording recording;
    std::vector<Table> tables;              // of a text report, in place of metrics
    std::vector<Measurement> measurements;  // of benchmarks, in place of metrics
    std::vector<std::string> warnings;      // what the reader could not read or does not believe

    std::string_view text(StringId id) const { return strings[id]; }
    const Metric* metric(std::string_view name) const;
    // "samples" where there are samples, else the first; null if nothing was measured.
    const Metric* default_metric() const;
    std::string full_name(FrameId frame) const { return std::string(text(frames[frame].name)); }
    // The thread's name and id as people know it: "order-worker-0 (4711)", "thread 4711"
    std::string thread_name(ThreadId thread) const;
    std::size_t memory_bytes() const;
};

}  // namespace culprit
