// Builds a Profile sample by sample. Every format's parser ends here.
#pragma once

#include "tools/profile/profile.h"

namespace culprit {

// Sums up cells: one for each node, thread and detail that occur together.
class CellSums {
  public:
    void add(NodeId node, ThreadId thread, StringId detail, double weight, std::uint64_t events);
    std::vector<Cell> cells;

  private:
    IndexTable index_;
    std::uint32_t last_ = 0;  // what was added to last: often it is the same again
};

class ProfileBuilder {
  public:
    using MetricId = std::uint32_t;

    explicit ProfileBuilder(std::string_view format);

    StringId intern(std::string_view text) { return profile_.strings.intern(text); }
    std::string_view text(StringId id) const { return profile_.strings[id]; }
    FrameId frame(const Frame& frame);
    // A tree of more than 2^27 nodes grows no further: deeper frames are charged to the parent, with a
    // warning.
    NodeId child(NodeId parent, FrameId frame);
    // The thread of this process, id and name, made when it is new.
    ThreadId thread(std::uint64_t process, std::uint64_t id, std::string_view name);
    const Thread& thread_at(ThreadId thread) const { return profile_.threads[thread]; }
    // The metric of this name and unit, made when it is new.
    MetricId metric(std::string_view name, std::string_view unit);

    void add(MetricId metric, NodeId node, ThreadId thread, StringId detail, double weight,
             std::uint64_t events = 1) {
        sums_[metric].add(node, thread, detail, weight, events);
    }
    // Spreads a weight over the metric's timeline, from a time since the start of the recording on.
    void add_time(MetricId metric, double at_ns, double span_ns, double weight);
    void warn(std::string warning) { profile_.warnings.push_back(std::move(warning)); }
    Recording& recording() { return profile_.recording; }
    void set_duration(double ns) { profile_.duration_ns = ns; }

    // Sorts the cells, sums them up and drops metrics without an event.
    Profile finish() &&;

  private:
    Profile profile_;
    IndexTable frames_, nodes_, threads_;
    std::vector<CellSums> sums_;  // of each metric
    bool full_ = false;
};

}  // namespace culprit
