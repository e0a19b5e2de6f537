// Reads .nettrace, the traces of .NET's EventPipe, versions 4 to 6.
//
// Metrics   "samples" (count) and "thread_time" (ns): what SampleProfiler took, split into "managed" and
// "external"; or
//           "samples" and "cpu" (ns) of version 6; "blocked" (ns) of its context switches; and what
//           runtime_events.h has
// Time      a sample stands for the time up to the next round of samples, in which every thread is sampled
// once: so a
//           thread that is sampled seldom does not get the time between its samples
// Cut       of a file that was cut short every whole event is read
// Source    microsoft/perfview src/TraceEvent/EventPipe/NetTraceFormat.md
#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "tools/profile/builder.h"
#include "tools/profile/formats/format.h"
#include "tools/profile/formats/nettrace/container.h"
#include "tools/profile/formats/nettrace/event.h"
#include "tools/profile/formats/nettrace/event_names.h"
#include "tools/profile/formats/nettrace/mappings.h"
#include "tools/profile/formats/nettrace/metadata.h"
#include "tools/profile/formats/nettrace/methods.h"
#include "tools/profile/formats/nettrace/runtime_events.h"
#include "tools/profile/formats/nettrace/sample_rounds.h"
#include "tools/profile/formats/nettrace/stacks.h"
#include "tools/profile/formats/nettrace/threads.h"

namespace culprit {
namespace {

class Reader {
  public:
    Reader(BlockReader blocks, const Reading& reading, std::size_t size);
    Result<Profile> read();

  private:
    void read_block(const Block& block);
    void read_events(const Block& block);
    void on_event(const TraceEvent& event, EventType& type);
    void on_runtime_event(const TraceEvent& event, const EventType& type);
    void on_rundown_event(const TraceEvent& event, const EventType& type);
    void on_universal_event(const TraceEvent& event, const EventType& type);
    void on_universal_sample(const TraceEvent& event, const EventType& type);
    EventPlace place_of(const TraceEvent& event);
    bool is_wanted(double at_ns) const { return at_ns >= reading_.from_ns && at_ns < reading_.to_ns; }
    void give_samples();
    NodeId node_of(RawStack stack, ThreadId thread);
    void describe();
    void warn();

    BlockReader blocks_;
    const Reading& reading_;
    const std::size_t size_;
    const TraceHeader& header_;
    ProfileBuilder builder_;
    Threads threads_;
    EventTypes types_;
    Stacks stacks_;
    Methods methods_;
    Mappings mappings_;
    RuntimeEvents runtime_;
    SampleRounds rounds_;
    ProfileBuilder::MetricId samples_, thread_time_, cpu_, blocked_;
    CellSums cpu_sums_, blocked_sums_;                 // by raw stack in place of a node
    std::unordered_map<std::uint64_t, NodeId> nodes_;  // by process and raw stack
    double interval_ns_ = 1e6;                         // between the samples of version 6
    double last_ns_ = 0;
    std::uint64_t events_ = 0, unknown_types_ = 0;
    bool damaged_ = false;
};

Reader::Reader(BlockReader blocks, const Reading& reading, std::size_t size)
    : blocks_(std::move(blocks)),
      reading_(reading),
      size_(size),
      header_(blocks_.header()),
      builder_("nettrace"),
      threads_(builder_, header_),
      runtime_(builder_, header_.pointer_size),
      rounds_(builder_) {
    samples_ = builder_.metric("samples", "count");
    thread_time_ = builder_.metric("thread_time", "ns");
    cpu_ = builder_.metric("cpu", "ns");
    blocked_ = builder_.metric("blocked", "ns");
    for (const auto& [key, value] : header_.values) {
        const double number = key == "ExpectedCPUSamplingRate" ? std::strtod(value.c_str(), nullptr) : 0;
        if (number > 0 && number < 1e12) interval_ns_ = number;
    }
}

Result<Profile> Reader::read() {
    for (Block block; blocks_.next(block);) {
        if (reading_.stop.stop_requested()) return std::unexpected(cancelled());
        read_block(block);
    }
    rounds_.finish();
    give_samples();
    runtime_.finish([this](RawStack stack, ThreadId thread) { return node_of(stack, thread); });
    describe();
    warn();
    builder_.set_duration(last_ns_);
    return std::move(builder_).finish();
}

void Reader::read_block(const Block& block) {
    const auto take = [this](const Block& b, bool well_formed) {
        damaged_ = damaged_ || (b.whole && !well_formed);
    };
    switch (block.kind) {
        case BlockKind::Event: read_events(block); break;
        case BlockKind::Metadata: take(block, types_.read(block, header_.version)); break;
        case BlockKind::Stack: take(block, stacks_.read(block)); break;
        case BlockKind::Thread: take(block, threads_.read(block)); break;
        case BlockKind::RemoveThread: take(block, threads_.read_removals(block)); break;
        case BlockKind::SequencePoint:
            stacks_.forget_ids();
            runtime_.settle();
            take(block, threads_.read_sequence_point(block));
            break;
        default: break;
    }
}

void Reader::read_events(const Block& block) {
    EventReader events(block.bytes, header_.version);
    for (TraceEvent event; events.next(event);) {
        if (EventType* const type = types_.find(event.type))
            on_event(event, *type);
        else
            ++unknown_types_;
    }
    damaged_ = damaged_ || (block.whole && !events.whole());
}

void Reader::on_event(const TraceEvent& event, EventType& type) {
    ++type.count;
    ++events_;
    threads_.count(event.capture_thread, event.sequence);
    last_ns_ = std::max(last_ns_, header_.time_ns(event.ticks));
    switch (type.provider) {
        case Provider::SampleProfiler: {
            const EventPlace place = place_of(event);
            if (is_wanted(place.at_ns)) rounds_.add(event.payload, place);
            break;
        }
        case Provider::Runtime: on_runtime_event(event, type); break;
        case Provider::Rundown: on_rundown_event(event, type); break;
        case Provider::UniversalEvents:
        case Provider::UniversalSystem: on_universal_event(event, type); break;
        case Provider::EventPipe:
            if (type.id == 1) runtime_.add_process_info(event.payload);
            break;
        case Provider::Other: break;
    }
}

EventPlace Reader::place_of(const TraceEvent& event) {
    const Threads::Known thread = threads_.find(event.thread);
    return {.at_ns = header_.time_ns(event.ticks),
            .thread = thread.index,
            .thread_id = thread.id,
            .stack = stacks_.find(event.stack)};
}

void Reader::on_runtime_event(const TraceEvent& event, const EventType& type) {
    switch (type.id) {
        case 143:  // a method was compiled
        case 144:  // a method goes away
            methods_.add_method(event.payload);
            break;
        case 152:  // a module was loaded
        case 153:  // a module goes away
            methods_.add_module(event.payload);
            break;
        case 187: runtime_.add_runtime_start(event.payload); break;
        default: {
            const EventPlace place = place_of(event);
            if (is_wanted(place.at_ns)) runtime_.add(type.id, type.version, event.payload, place);
        }
    }
}

// What there is at the start or the end of the recording.
void Reader::on_rundown_event(const TraceEvent& event, const EventType& type) {
    builder_.recording().dotnet.has_rundown = true;
    if (type.id == 143 || type.id == 144) methods_.add_method(event.payload);
    if (type.id == 153 || type.id == 154) methods_.add_module(event.payload);
    if (type.id == 187) runtime_.add_runtime_start(event.payload);
}

void Reader::on_universal_event(const TraceEvent& event, const EventType& type) {
    const std::uint64_t process = threads_.find(event.thread).process;
    if (type.provider == Provider::UniversalEvents) return on_universal_sample(event, type);
    if (type.name == "ProcessMapping") mappings_.add_mapping(process, event.payload);
    if (type.name == "ProcessSymbol") mappings_.add_symbol(process, event.payload);
    if (type.name == "ExistingProcess" || type.name == "ProcessCreate") {
        ByteCursor cursor(event.payload);
        cursor.varuint();  // its id in its namespace
        const std::string_view name = cursor.take(cursor.u16());
        Recording& recording = builder_.recording();
        if (!cursor.ok() || recording.process != 0) return;
        recording.process = process;
        recording.command_line = name;
    }
}

void Reader::on_universal_sample(const TraceEvent& event, const EventType& type) {
    const EventPlace place = place_of(event);
    ByteCursor cursor(event.payload);
    const auto value = static_cast<double>(cursor.varuint());
    if (!cursor.ok() || !is_wanted(place.at_ns)) return;
    if (type.name == "cpu") {
        cpu_sums_.add(place.stack, place.thread, 0, value * interval_ns_, 1);
        builder_.add_time(samples_, place.at_ns, 0, 1);
        builder_.add_time(cpu_, place.at_ns, 0, value * interval_ns_);
    } else if (type.name == "cswitch") {
        const double ns = value * header_.ns_per_tick;
        blocked_sums_.add(place.stack, place.thread, 0, ns, 1);
        builder_.add_time(blocked_, std::max(0.0, place.at_ns - ns), ns, ns);
    }
}

void Reader::give_samples() {
    const auto give = [&](const CellSums& sums, ProfileBuilder::MetricId time) {
        for (const Cell& cell : sums.cells) {
            const NodeId node = node_of(cell.node, cell.thread);
            if (time != blocked_) {
                builder_.add(samples_, node, cell.thread, cell.detail, static_cast<double>(cell.events),
                             cell.events);
            }
            builder_.add(time, node, cell.thread, cell.detail, cell.weight, cell.events);
        }
    };
    give(rounds_.sums(), thread_time_);
    give(cpu_sums_, cpu_);
    give(blocked_sums_, blocked_);
}

NodeId Reader::node_of(RawStack stack, ThreadId thread) {
    if (stack == 0) return kRootNode;
    const std::uint64_t process = builder_.thread_at(thread).process;
    const auto [known, is_new] = nodes_.try_emplace(process << 32 | stack, kRootNode);
    if (!is_new) return known->second;
    const std::size_t size = header_.pointer_size;
    const std::string_view bytes = stacks_.bytes(stack);
    NodeId node = kRootNode;
    for (std::size_t left = bytes.size() / size; left > 0; --left) {
        ByteCursor cursor(bytes.substr((left - 1) * size, size));
        const std::uint64_t address = size == 8 ? cursor.u64() : cursor.u32();
        node = builder_.child(node, mappings_.empty() ? methods_.frame_at(address, builder_)
                                                      : mappings_.frame_at(process, address, builder_));
    }
    return known->second = node;
}

void Reader::describe() {
    Recording& recording = builder_.recording();
    recording.start_utc = header_.start_utc;
    if (recording.process == 0) recording.process = header_.process;
    recording.processors = header_.processors;
    recording.events = events_;
    recording.dropped = threads_.dropped();
    recording.sample_interval_ns = cpu_sums_.cells.empty() ? rounds_.interval_ns() : interval_ns_;
    recording.dotnet.has_method_names = !methods_.empty();
    for (const auto& [id, type] : types_.all()) {
        if (type.count == 0) continue;
        recording.counts.push_back({type.provider_name, event_name(type), type.id, type.version, type.count});
    }
    std::ranges::sort(recording.counts, [](const EventCount& a, const EventCount& b) {
        return std::tie(b.count, a.provider, a.id, a.version) <
               std::tie(a.count, b.provider, b.id, b.version);
    });
}

void Reader::warn() {
    const auto shown = [](std::uint64_t number) { return grouped(static_cast<std::int64_t>(number)); };
    if (!blocks_.ended()) {
        builder_.warn(fmt::format(
            "the file has no end mark: the program or the tracer was killed, or the file was cut; "
            "what is whole in {} of {} bytes was read",
            shown(blocks_.offset()), shown(size_)));
    }
    if (damaged_) builder_.warn("a block is damaged: what stands behind the damage in it is not counted");
    if (unknown_types_ > 0) {
        builder_.warn(fmt::format("{} events are of a type that the file does not describe: not counted",
                                  shown(unknown_types_)));
    }
    if (threads_.dropped() > 0) {
        builder_.warn(
            fmt::format("{} events were dropped while recording: counts are too low; record less (fewer "
                        "providers, a lower level) or with a larger buffer (--buffersize)",
                        shown(threads_.dropped())));
    }
    if (methods_.empty() && mappings_.empty() && stacks_.size() > 1) {
        builder_.warn(
            "the file names no methods (no rundown, no method events): frames are addresses alone; let "
            "dotnet-trace end by itself or by SIGTERM, without --rundown false");
    }
}

Likeness probe(std::string_view head) { return head.starts_with("Nettrace") ? Likeness::Yes : Likeness::No; }

Result<Profile> parse(std::string_view bytes, const Reading& reading) {
    TRY(BlockReader blocks, BlockReader::open(bytes));
    return Reader(std::move(blocks), reading, bytes.size()).read();
}

}  // namespace

Format nettrace_format() { return {"nettrace", ".nettrace", probe, parse}; }

}  // namespace culprit
