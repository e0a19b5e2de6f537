// Reads .nettrace, the traces of .NET's EventPipe.
//
// Metrics   "samples" (count) and "thread_time" (ns): what SampleProfiler took, split into "managed" and
// "external" Time      a sample stands for the time up to the next round of samples, in which every thread is
// sampled once: so a
//           thread that is sampled seldom does not get the time between its samples
// Source    microsoft/perfview src/TraceEvent/EventPipe; the runtime's src/coreclr/vm/ClrEtwAll.man for the
// events
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "tools/profile/builder.h"
#include "tools/profile/formats/format.h"
#include "tools/profile/formats/nettrace/container.h"
#include "tools/profile/formats/nettrace/event.h"
#include "tools/profile/formats/nettrace/metadata.h"
#include "tools/profile/formats/nettrace/methods.h"
#include "tools/profile/formats/nettrace/stacks.h"

namespace culprit {
namespace {

class Reader {
  public:
    Reader(BlockReader blocks, const Reading& reading);
    Result<Profile> read(std::size_t size);

  private:
    void read_events(const Block& block);
    void read_sequence_point(const Block& block);
    void count(const Event& event, EventType& type);
    void on_runtime_event(const Event& event, const EventType& type);
    void on_sample(const Event& event);
    void end_round(double at_ns);
    ThreadId thread_of(std::uint64_t id);
    double time_of(std::int64_t ticks) const;
    bool is_wanted(double at_ns) const { return at_ns >= reading_.from_ns && at_ns < reading_.to_ns; }
    void add_stacks(const CellSums& sums, ProfileBuilder::MetricId metric);
    NodeId node_of(RawStack stack);

    struct Sample {
        RawStack stack = 0;
        ThreadId thread = 0;
        StringId state = 0;
        double at_ns = 0;
    };

    BlockReader blocks_;
    const Reading& reading_;
    ProfileBuilder builder_;
    EventTypes types_;
    Stacks stacks_;
    Methods methods_;
    std::unordered_map<std::uint64_t, ThreadId> threads_;
    std::unordered_map<std::uint64_t, std::uint32_t> sequences_;  // the last number of each capturing thread
    std::unordered_map<RawStack, NodeId> nodes_;
    ProfileBuilder::MetricId samples_, thread_time_;
    StringId managed_, external_;
    CellSums sample_sums_, time_sums_;  // by raw stack in place of a node
    std::vector<Sample> round_;         // the samples since every thread was last sampled once
    double span_ns_ = 0;                // how long the round before was
    double last_ns_ = 0;
    std::uint64_t events_ = 0, dropped_ = 0, without_stack_ = 0, unknown_types_ = 0;
    bool damaged_ = false;
};

Reader::Reader(BlockReader blocks, const Reading& reading)
    : blocks_(std::move(blocks)), reading_(reading), builder_("nettrace") {
    samples_ = builder_.metric("samples", "count");
    thread_time_ = builder_.metric("thread_time", "ns");
    managed_ = builder_.intern("managed");
    external_ = builder_.intern("external");
}

double Reader::time_of(std::int64_t ticks) const {
    return static_cast<double>(ticks - blocks_.header().start_ticks) * blocks_.header().ns_per_tick;
}

Result<Profile> Reader::read(std::size_t size) {
    const int version = blocks_.header().version;
    for (Block block; blocks_.next(block);) {
        if (reading_.stop.stop_requested()) return std::unexpected(cancelled());
        switch (block.kind) {
            case BlockKind::Event: read_events(block); break;
            case BlockKind::Metadata: damaged_ = !types_.read(block, version) || damaged_; break;
            case BlockKind::Stack: damaged_ = !stacks_.read(block) || damaged_; break;
            case BlockKind::SequencePoint: read_sequence_point(block); break;
            default: break;
        }
    }
    if (!round_.empty()) end_round(round_.front().at_ns + span_ns_);  // as long as the round before
    add_stacks(sample_sums_, samples_);
    add_stacks(time_sums_, thread_time_);
    if (!blocks_.ended()) {
        builder_.warn(fmt::format(
            "the file has no end mark: {} of {} bytes could be read; the program or the tracer was "
            "killed, or the file was cut",
            grouped(static_cast<std::int64_t>(blocks_.offset())), grouped(static_cast<std::int64_t>(size))));
    }
    if (damaged_) builder_.warn("a block is damaged: what stands behind the damage in it is not counted");
    if (dropped_ > 0) {
        builder_.warn(fmt::format("{} events were dropped while recording: counts are too low",
                                  grouped(static_cast<std::int64_t>(dropped_))));
    }
    if (methods_.empty() && stacks_.size() > 1) {
        builder_.warn(
            "the file names no methods (no rundown, no method events): frames have addresses alone; let "
            "dotnet-trace end by itself or by SIGTERM, without --rundown false");
    }
    builder_.set_duration(last_ns_);
    return std::move(builder_).finish();
}

void Reader::read_events(const Block& block) {
    EventReader events(block.bytes, blocks_.header().version);
    for (Event event; events.next(event);) {
        EventType* const type = types_.find(event.type);
        if (!type) {
            ++unknown_types_;
            continue;
        }
        count(event, *type);
        if (type->provider == Provider::SampleProfiler)
            on_sample(event);
        else if (type->provider == Provider::Runtime || type->provider == Provider::Rundown)
            on_runtime_event(event, *type);
    }
    damaged_ = damaged_ || (block.whole && !events.whole());
}

void Reader::count(const Event& event, EventType& type) {
    ++type.count;
    ++events_;
    last_ns_ = std::max(last_ns_, time_of(event.ticks));
    auto [last, is_new] = sequences_.try_emplace(event.capture_thread, event.sequence);
    const auto gap = static_cast<std::int32_t>(event.sequence - last->second - 1);
    if (!is_new && gap > 0 && last->second != 0) dropped_ += static_cast<std::uint32_t>(gap);
    last->second = event.sequence;
}

void Reader::read_sequence_point(const Block& block) {
    stacks_.forget_ids();
    ByteCursor cursor(block.bytes);
    cursor.u64();  // time
    const bool is_v6 = blocks_.header().version >= 6;
    if (is_v6) cursor.u32();
    for (std::uint32_t threads = cursor.u32(); threads > 0; --threads) {
        const std::uint64_t thread = is_v6 ? cursor.varuint() : cursor.u64();
        const auto sequence = is_v6 ? static_cast<std::uint32_t>(cursor.varuint()) : cursor.u32();
        if (!cursor.ok()) break;
        auto [last, is_new] = sequences_.try_emplace(thread, sequence);
        const auto gap = static_cast<std::int32_t>(sequence - last->second);
        if (!is_new && gap > 0) dropped_ += static_cast<std::uint32_t>(gap);
        last->second = sequence;
    }
}

void Reader::on_runtime_event(const Event& event, const EventType& type) {
    const bool is_rundown = type.provider == Provider::Rundown;
    if (type.id == 143 ||
        type.id == 144) {  // a method with its names: loaded or unloaded, at the start or end
        methods_.add_method(event.payload);
    } else if (is_rundown ? type.id == 153 || type.id == 154
                          : type.id == 152 || type.id == 153) {  // a module
        ByteCursor cursor(event.payload);
        const std::uint64_t module = cursor.u64();
        cursor.skip(16);  // assembly, flags, reserved
        const std::string_view path = cursor.utf16();
        if (cursor.ok()) methods_.add_module(module, path);
    }
}

ThreadId Reader::thread_of(std::uint64_t id) {
    const auto found = threads_.find(id);
    if (found != threads_.end()) return found->second;
    return threads_.emplace(id, builder_.thread(blocks_.header().process, id, "")).first->second;
}

void Reader::on_sample(const Event& event) {
    ByteCursor cursor(event.payload);
    const std::uint32_t type = cursor.u32();
    const double at_ns = time_of(event.ticks);
    const Sample sample{.stack = stacks_.find(event.stack),
                        .thread = thread_of(event.thread),
                        .state = type == 2   ? managed_
                                 : type == 1 ? external_
                                             : 0,
                        .at_ns = at_ns};
    if (sample.stack == 0) ++without_stack_;
    if (std::ranges::find(round_, sample.thread, &Sample::thread) != round_.end()) end_round(at_ns);
    round_.push_back(sample);
    if (!is_wanted(at_ns)) return;
    sample_sums_.add(sample.stack, sample.thread, sample.state, 1, 1);
    builder_.add_time(samples_, at_ns, 0, 1);
}

// Gives each sample of the round the time up to the next.
void Reader::end_round(double at_ns) {
    const double start = round_.front().at_ns;
    span_ns_ = std::max(0.0, at_ns - start);
    for (const Sample& sample : round_) {
        if (!is_wanted(start)) continue;
        time_sums_.add(sample.stack, sample.thread, sample.state, span_ns_, 1);
        builder_.add_time(thread_time_, start, span_ns_, span_ns_);
    }
    round_.clear();
}

void Reader::add_stacks(const CellSums& sums, ProfileBuilder::MetricId metric) {
    for (const Cell& cell : sums.cells) {
        builder_.add(metric, node_of(cell.node), cell.thread, cell.detail, cell.weight, cell.events);
    }
}

NodeId Reader::node_of(RawStack stack) {
    const auto found = nodes_.find(stack);
    if (found != nodes_.end()) return found->second;
    const std::size_t size = blocks_.header().pointer_size;
    const std::string_view bytes = stacks_.bytes(stack);
    NodeId node = kRootNode;
    for (std::size_t left = bytes.size() / size; left > 0; --left) {
        ByteCursor cursor(bytes.substr((left - 1) * size, size));
        const std::uint64_t address = size == 8 ? cursor.u64() : cursor.u32();
        node = builder_.child(node, methods_.frame_at(address, builder_));
    }
    return nodes_.emplace(stack, node).first->second;
}

Likeness probe(std::string_view head) { return head.starts_with("Nettrace") ? Likeness::Yes : Likeness::No; }

Result<Profile> parse(std::string_view bytes, const Reading& reading) {
    TRY(BlockReader blocks, BlockReader::open(bytes));
    return Reader(std::move(blocks), reading).read(bytes.size());
}

}  // namespace

Format nettrace_format() { return {"nettrace", ".nettrace", probe, parse}; }

}  // namespace culprit
