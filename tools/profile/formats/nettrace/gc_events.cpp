#include "tools/profile/formats/nettrace/gc_events.h"

#include <algorithm>
#include <array>
#include <span>

#include "tools/profile/formats/byte_cursor.h"

namespace culprit {
namespace {

enum Id : std::uint32_t { kStart = 1, kStop = 2, kRestartStop = 3, kHeapStats = 4, kSuspendStart = 9 };

constexpr std::array<std::string_view, 14> kReasons = {"AllocSmall",        "Induced",
                                                       "LowMemory",         "Empty",
                                                       "AllocLarge",        "OutOfSpaceSOH",
                                                       "OutOfSpaceLOH",     "InducedNotForced",
                                                       "Internal",          "InducedLowMemory",
                                                       "InducedCompacting", "LowMemoryHost",
                                                       "PMFullGC",          "LowMemoryHostBlocking"};
constexpr std::array<std::string_view, 3> kTypes = {"NonConcurrentGC", "BackgroundGC", "ForegroundGC"};
constexpr std::array<std::string_view, 8> kSuspendReasons = {
    "SuspendOther",           "SuspendForGC",           "SuspendForAppDomainShutdown",
    "SuspendForCodePitching", "SuspendForShutdown",     "SuspendForDebugger",
    "SuspendForGCPrep",       "SuspendForDebuggerSweep"};
constexpr std::uint32_t kForGc = 1, kForGcPrep = 6;
constexpr std::size_t kRecent = 64;  // so many collections are looked at for the one that an event is about

std::string_view word(std::span<const std::string_view> words, std::uint32_t value) {
    return value < words.size() ? words[value] : "unknown";
}

}  // namespace

bool GcEvents::is_one(std::uint32_t id) {
    return id == kStart || id == kStop || id == kRestartStop || id == kHeapStats || id == kSuspendStart;
}

void GcEvents::add(std::uint32_t id, std::string_view payload, std::uint64_t thread, double at_ns) {
    Event event{.at_ns = at_ns, .thread = thread, .id = id};
    ByteCursor cursor(payload);
    switch (id) {
        case kStart:
            event.number = cursor.u32();
            event.generation = cursor.u32();
            event.reason = cursor.u32();
            event.type = cursor.u32();
            break;
        case kStop: event.number = cursor.u32(); break;
        case kSuspendStart: event.reason = cursor.u32(); break;
        case kHeapStats:
            for (int generation = 0; generation < 4; ++generation) {
                event.heap_bytes[generation] = cursor.u64();
                event.promoted_bytes += cursor.u64();
            }
            if (!cursor.ok()) return;
            cursor.skip(30);                     // finalization, pins, sync blocks, handles, instance
            event.heap_bytes[4] = cursor.u64();  // pinned objects: from version 2 on
            event.promoted_bytes += cursor.u64();
            pending_.push_back(event);
            return;
        default: break;
    }
    if (cursor.ok()) pending_.push_back(event);
}

void GcEvents::settle() {
    std::ranges::stable_sort(pending_, {}, &Event::at_ns);
    for (const Event& event : pending_) work_off(event);
    pending_.clear();
}

void GcEvents::work_off(const Event& event) {
    switch (event.id) {
        case kSuspendStart:
            latest_ = requests_[event.thread] = {event.at_ns, event.reason};
            has_latest_ = true;
            break;
        case kRestartStop: restart(event); break;
        case kStart:
            ended_ = nullptr;
            collections_.push_back({.number = event.number,
                                    .generation = event.generation,
                                    .reason = word(kReasons, event.reason),
                                    .type = word(kTypes, event.type),
                                    .start_ns = event.at_ns});
            break;
        case kStop:
            if (Collection* const collection = find(event.number)) {
                collection->duration_ns = event.at_ns - collection->start_ns;
                ended_ = collection;
            }
            break;
        case kHeapStats:
            if (!ended_ || ended_->has_heap) break;
            ended_->has_heap = true;
            std::ranges::copy(event.heap_bytes, ended_->heap_bytes);
            ended_->promoted_bytes = event.promoted_bytes;
            break;
        default: break;
    }
}

void GcEvents::restart(const Event& event) {
    if (has_latest_) {
        Suspension& sum = suspension(latest_.reason);
        ++sum.latest_count;
        sum.latest_ns += event.at_ns - latest_.at_ns;
        has_latest_ = false;
    }
    const auto open = requests_.find(event.thread);
    if (open == requests_.end()) return;
    const Request request = open->second;
    requests_.erase(open);
    // Only one thread at a time makes the others stand still; who asks in the meantime waits.
    const double pause_ns = event.at_ns - std::max(request.at_ns, last_restart_ns_);
    last_restart_ns_ = event.at_ns;
    Suspension& sum = suspension(request.reason);
    ++sum.count;
    sum.ns += pause_ns;
    if (request.reason != kForGc && request.reason != kForGcPrep) return;
    if (Collection* const collection = paused_collection(request.at_ns)) collection->pause_ns += pause_ns;
}

// The collection for which the threads stood still: the one that began since then, else a background one
// under way.
Collection* GcEvents::paused_collection(double since_ns) {
    if (collections_.empty()) return nullptr;
    if (collections_.back().start_ns >= since_ns) return &collections_.back();
    const auto recent = std::span(collections_).last(std::min(kRecent, collections_.size()));
    const auto background = std::ranges::find_if(recent.rbegin(), recent.rend(), [](const Collection& c) {
        return c.type == kTypes[1] && c.duration_ns == 0;
    });
    return background == recent.rend() ? &collections_.back() : &*background;
}

Suspension& GcEvents::suspension(std::uint32_t reason) {
    const std::string_view name = word(kSuspendReasons, reason);
    const auto found = std::ranges::find(suspensions_, name, &Suspension::reason);
    if (found != suspensions_.end()) return *found;
    suspensions_.push_back({.reason = name});
    return suspensions_.back();
}

Collection* GcEvents::find(std::uint32_t number) {
    const auto recent = std::span(collections_).last(std::min(kRecent, collections_.size()));
    const auto found = std::ranges::find(recent.rbegin(), recent.rend(), number, &Collection::number);
    return found == recent.rend() ? nullptr : &*found;
}

void GcEvents::give(Runtime& runtime) && {
    std::ranges::sort(suspensions_, std::ranges::greater(), &Suspension::ns);
    runtime.collections = std::move(collections_);
    runtime.suspensions = std::move(suspensions_);
}

}  // namespace culprit
