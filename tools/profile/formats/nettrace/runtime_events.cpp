#include "tools/profile/formats/nettrace/runtime_events.h"

#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>

#include "tools/profile/formats/byte_cursor.h"

namespace culprit {
namespace {

enum Id : std::uint32_t {
    kAllocationTick = 10,
    kPoolAdjustment = 55,
    kException = 80,
    kContentionStart = 81,
    kContentionStop = 91,
};

constexpr std::array<std::string_view, 9> kPoolReasons = {
    "Warmup",      "Initializing", "RandomMove",     "ClimbingMove",       "ChangePoint",
    "Stabilizing", "Starvation",   "ThreadTimedOut", "CooperativeBlocking"};
constexpr std::array<std::string_view, 3> kKinds = {"Small", "Large", "Pinned"};
constexpr std::size_t kMostMessages = 1000;  // exception types of which a message is kept
constexpr std::size_t kLongestMessage = 1000;

std::uint64_t read_pointer(ByteCursor& cursor, std::uint32_t size) {
    return size == 8 ? cursor.u64() : cursor.u32();
}

}  // namespace

StringId Utf16Names::intern(std::string_view bytes, ProfileBuilder& builder) {
    const auto next = static_cast<std::uint32_t>(names_.size());
    const auto found =
        index_.find_or_add(hash_of(bytes), next, [&](std::uint32_t i) { return names_[i].bytes == bytes; });
    if (found == next) names_.push_back({bytes, builder.intern(utf8_of_utf16(bytes))});
    return names_[found].id;
}

RuntimeEvents::RuntimeEvents(ProfileBuilder& builder, std::uint32_t pointer_size)
    : builder_(builder),
      pointer_size_(pointer_size),
      allocations_{builder.metric("allocations", "bytes"), {}},
      contention_{builder.metric("contention", "ns"), {}},
      exceptions_{builder.metric("exceptions", "count"), {}} {}

void RuntimeEvents::add(std::uint32_t id, std::uint32_t version, std::string_view payload,
                        const EventPlace& place) {
    if (GcEvents::is_one(id)) return gc_.add(id, payload, place.thread_id, place.at_ns);
    switch (id) {
        case kAllocationTick: return add_allocation(version, payload, place);
        case kContentionStart: return start_wait(version, payload, place);
        case kContentionStop: return stop_wait(version, payload, place);
        case kException: return add_exception(payload, place);
        case kPoolAdjustment: return add_pool_adjustment(payload);
        default: return;
    }
}

void RuntimeEvents::count(Sums& sums, const EventPlace& place, StringId detail, double weight) {
    sums.cells.add(place.stack, place.thread, detail, weight, 1);
    builder_.add_time(sums.metric, place.at_ns, 0, weight);
}

void RuntimeEvents::add_allocation(std::uint32_t version, std::string_view payload, const EventPlace& place) {
    ByteCursor cursor(payload);
    double bytes = cursor.u32();
    const std::uint32_t kind = cursor.u32();
    StringId type = 0;
    if (version >= 2) {
        cursor.u16();  // instance of the runtime
        bytes = static_cast<double>(cursor.u64());
        read_pointer(cursor, pointer_size_);
        type = names_.intern(cursor.utf16(), builder_);
    }
    if (!cursor.ok()) return;
    count(allocations_, place, type, bytes);
    if (place.stack == 0) ++builder_.recording().dotnet.allocations_without_stack;
    const std::string_view name = kind < kKinds.size() ? kKinds[kind] : "unknown";
    auto found = std::ranges::find(kinds_, name, &AllocationKind::name);
    if (found == kinds_.end()) found = kinds_.insert(found, {.name = name});
    ++found->count;
    found->bytes += bytes;
}

void RuntimeEvents::start_wait(std::uint32_t version, std::string_view payload, const EventPlace& place) {
    Wait wait{.stack = place.stack, .since_ns = place.at_ns, .thread_id = place.thread_id};
    if (version >= 2) {
        ByteCursor cursor(payload);
        cursor.skip(3);  // flags, instance of the runtime
        wait.lock = cursor.u64();
        cursor.u64();  // the object that the lock belongs to
        wait.owner = cursor.u64();
    }
    waits_[place.thread] = wait;
}

// The wait has the stack of its start; the stop brings none, but from version 1 on how long it was.
void RuntimeEvents::stop_wait(std::uint32_t version, std::string_view payload, const EventPlace& place) {
    const auto open = waits_.find(place.thread);
    const Wait wait =
        open == waits_.end() ? Wait{.stack = place.stack, .since_ns = place.at_ns} : open->second;
    if (open != waits_.end()) waits_.erase(open);
    double ns = place.at_ns - wait.since_ns;
    if (version >= 1) {
        ByteCursor cursor(payload);
        cursor.skip(3);
        const auto said = std::bit_cast<double>(cursor.u64());
        if (cursor.ok() && said >= 0 && said < 1e18) ns = said;
    }
    const StringId lock = wait.lock == 0 ? 0 : builder_.intern(fmt::format("lock 0x{:x}", wait.lock));
    contention_.cells.add(wait.stack, place.thread, lock, ns, 1);
    builder_.add_time(contention_.metric, std::max(0.0, place.at_ns - ns), ns, ns);
}

void RuntimeEvents::add_exception(std::string_view payload, const EventPlace& place) {
    ByteCursor cursor(payload);
    const StringId type = names_.intern(cursor.utf16(), builder_);
    const std::string_view message = cursor.utf16();
    if (!cursor.ok()) return;
    count(exceptions_, place, type, 1);
    auto& samples = builder_.recording().dotnet.exceptions;
    if (samples.size() < kMostMessages &&
        std::ranges::find(samples, type, &ExceptionSample::type) == samples.end()) {
        samples.push_back({type, utf8_of_utf16(message.substr(0, kLongestMessage))});
    }
}

void RuntimeEvents::add_pool_adjustment(std::string_view payload) {
    ByteCursor cursor(payload);
    cursor.u64();  // throughput
    const std::uint32_t workers = cursor.u32(), reason = cursor.u32();
    if (!cursor.ok()) return;
    Runtime& runtime = builder_.recording().dotnet;
    runtime.pool_workers_most = std::max(runtime.pool_workers_most, workers);
    auto& sums = runtime.pool_adjustments;
    const std::string_view name = reason < kPoolReasons.size() ? kPoolReasons[reason] : "unknown";
    auto found = std::ranges::find(sums, name, &PoolAdjustment::reason);
    if (found == sums.end()) found = sums.insert(found, {.reason = name});
    ++found->count;
}

void RuntimeEvents::add_runtime_start(std::string_view payload) {
    ByteCursor cursor(payload);
    cursor.skip(12);  // instance, kind, version of the class library
    const std::uint16_t major = cursor.u16(), minor = cursor.u16(), build = cursor.u16();
    cursor.skip(7);  // the last part of the version, flags, mode
    const std::string_view command_line = cursor.utf16();
    if (!cursor.ok()) return;
    Recording& recording = builder_.recording();
    recording.runtime = fmt::format(".NET {}.{}.{}", major, minor, build);
    if (recording.command_line.empty()) recording.command_line = utf8_of_utf16(command_line);
}

void RuntimeEvents::add_process_info(std::string_view payload) {
    ByteCursor cursor(payload);
    const std::string_view command_line = cursor.utf16(), os = cursor.utf16(), architecture = cursor.utf16();
    if (!cursor.ok()) return;
    Recording& recording = builder_.recording();
    recording.command_line = utf8_of_utf16(command_line);
    recording.os = utf8_of_utf16(os);
    recording.architecture = utf8_of_utf16(architecture);
}

void RuntimeEvents::finish(const std::function<NodeId(RawStack, ThreadId)>& node_of) {
    for (const Sums* sums : {&allocations_, &contention_, &exceptions_}) {
        for (const Cell& cell : sums->cells.cells) {
            builder_.add(sums->metric, node_of(cell.node, cell.thread), cell.thread, cell.detail, cell.weight,
                         cell.events);
        }
    }
    Runtime& runtime = builder_.recording().dotnet;
    for (const auto& [thread, wait] : waits_) {
        runtime.open_waits.push_back({.thread = wait.thread_id,
                                      .owner = wait.owner,
                                      .lock = wait.lock,
                                      .since_ns = wait.since_ns,
                                      .node = node_of(wait.stack, thread)});
    }
    std::ranges::sort(runtime.open_waits, {}, &OpenWait::since_ns);
    runtime.allocation_kinds = std::move(kinds_);
    gc_.settle();
    std::move(gc_).give(runtime);
}

}  // namespace culprit
