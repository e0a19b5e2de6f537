#include "tools/profile/builder.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

namespace culprit {
namespace {

constexpr std::size_t kMostNodes = std::size_t{1} << 27;
constexpr std::size_t kMostBuckets = 1024;
constexpr double kFirstBucketNs = 1e6;

auto cell_key(const Cell& cell) { return std::tuple(cell.node, cell.thread, cell.detail); }

// Halves the number of buckets until `at_ns` lies in one of them.
void reach(Timeline& timeline, double at_ns) {
    while (at_ns >= timeline.bucket_ns * kMostBuckets) {
        auto& weight = timeline.weight;
        if (weight.size() % 2 == 1) weight.push_back(0);
        for (std::size_t i = 0; i < weight.size() / 2; ++i) weight[i] = weight[2 * i] + weight[2 * i + 1];
        weight.resize(weight.size() / 2);
        timeline.bucket_ns *= 2;
    }
    const auto bucket = static_cast<std::size_t>(at_ns / timeline.bucket_ns);
    if (timeline.weight.size() <= bucket) timeline.weight.resize(std::min(bucket + 1, kMostBuckets));
}

}  // namespace

void CellSums::add(NodeId node, ThreadId thread, StringId detail, double weight, std::uint64_t events) {
    const auto is_it = [&](std::uint32_t i) {
        return cells[i].node == node && cells[i].thread == thread && cells[i].detail == detail;
    };
    if (cells.empty() || !is_it(last_)) {
        const auto next = static_cast<std::uint32_t>(cells.size());
        last_ = index_.find_or_add(hash_of(std::uint64_t{node} << 32 | thread, detail), next, is_it);
        if (last_ == next) cells.push_back({.node = node, .thread = thread, .detail = detail});
    }
    cells[last_].weight += weight;
    cells[last_].events += events;
}

ProfileBuilder::ProfileBuilder(std::string_view format) {
    profile_.format = format;
    profile_.nodes.push_back({});
}

FrameId ProfileBuilder::frame(const Frame& frame) {
    const std::uint64_t hash = hash_of(
        hash_of(std::uint64_t{frame.name} << 32 | frame.module, std::uint64_t{frame.file} << 32 | frame.line),
        frame.address);
    const auto next = static_cast<FrameId>(profile_.frames.size());
    const FrameId id =
        frames_.find_or_add(hash, next, [&](std::uint32_t i) { return profile_.frames[i] == frame; });
    if (id == next) profile_.frames.push_back(frame);
    return id;
}

NodeId ProfileBuilder::child(NodeId parent, FrameId frame) {
    const auto is_it = [&](std::uint32_t i) {
        return profile_.nodes[i].parent == parent && profile_.nodes[i].frame == frame;
    };
    const std::uint64_t hash = hash_of(parent, frame);
    if (profile_.nodes.size() >= kMostNodes) {
        const NodeId id = nodes_.find(hash, is_it);
        if (id == IndexTable::kNone) full_ = true;
        return id == IndexTable::kNone ? parent : id;
    }
    const auto next = static_cast<NodeId>(profile_.nodes.size());
    const NodeId id = nodes_.find_or_add(hash, next, is_it);
    if (id == next) profile_.nodes.push_back({parent, frame});
    return id;
}

ThreadId ProfileBuilder::thread(std::uint64_t process, std::uint64_t id, std::string_view name) {
    auto& threads = profile_.threads;
    const auto next = static_cast<ThreadId>(threads.size());
    const ThreadId index =
        threads_.find_or_add(hash_of(hash_of(process, id), hash_of(name)), next, [&](std::uint32_t i) {
            return threads[i].process == process && threads[i].id == id && threads[i].name == name;
        });
    if (index == next) threads.push_back({std::string(name), id, process});
    return index;
}

ProfileBuilder::MetricId ProfileBuilder::metric(std::string_view name, std::string_view unit) {
    auto& metrics = profile_.metrics;
    const auto found = std::ranges::find_if(
        metrics, [&](const Metric& metric) { return metric.name == name && metric.unit == unit; });
    if (found != metrics.end()) return static_cast<MetricId>(found - metrics.begin());
    metrics.push_back({.name = std::string(name), .unit = std::string(unit), .cells = {}, .timeline = {}});
    sums_.emplace_back();
    return static_cast<MetricId>(metrics.size() - 1);
}

void ProfileBuilder::add_time(MetricId id, double at_ns, double span_ns, double weight) {
    Timeline& timeline = profile_.metrics[id].timeline;
    const double end = at_ns + span_ns;
    if (!(at_ns >= 0) || !(span_ns >= 0) || !std::isfinite(end)) return;
    if (timeline.bucket_ns == 0) timeline.bucket_ns = kFirstBucketNs;
    reach(timeline, end);
    const auto bucket_of = [&](double time) {  // the division may round up to the bucket behind the last
        return std::min(static_cast<std::size_t>(time / timeline.bucket_ns), timeline.weight.size() - 1);
    };
    const std::size_t first = bucket_of(at_ns), last = bucket_of(end);
    if (first == last) {
        timeline.weight[first] += weight;
        return;
    }
    for (std::size_t i = first; i <= last; ++i) {
        const double from = std::max(at_ns, static_cast<double>(i) * timeline.bucket_ns);
        const double to = std::min(end, static_cast<double>(i + 1) * timeline.bucket_ns);
        timeline.weight[i] += weight * std::max(0.0, to - from) / span_ns;
    }
}

Profile ProfileBuilder::finish() && {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
        Metric& metric = profile_.metrics[i];
        metric.cells = std::move(sums_[i].cells);
        std::ranges::sort(metric.cells, {}, cell_key);
        for (const Cell& cell : metric.cells) {
            metric.total += cell.weight;
            metric.events += cell.events;
        }
        metric.cells.shrink_to_fit();
    }
    std::erase_if(profile_.metrics, [](const Metric& metric) { return metric.events == 0; });
    if (full_) {
        warn(fmt::format("the call tree has more than {} nodes; deeper frames are counted at their callers",
                         kMostNodes));
    }
    return std::move(profile_);
}

}  // namespace culprit
