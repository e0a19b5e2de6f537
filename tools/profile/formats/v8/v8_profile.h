// A profile as V8 writes it: in a .cpuprofile of its own, or in pieces among the events of a Chrome trace.
//
// Source  v8/v8 src/inspector/js_protocol.json, type Profiler.Profile; jlfwong/speedscope
// src/import/chrome.ts for how what
//         the engine does for itself is placed
#pragma once

#include <cstdint>
#include <vector>

#include "tools/profile/builder.h"
#include "tools/profile/formats/format.h"
#include "tools/profile/formats/v8/call_tree.h"

namespace culprit {

class V8Profile {
  public:
    // Takes up a member of the profile object, or of a chunk of one; false, and nothing read, for another.
    bool read_member(std::string_view key, JsonCursor& json, ProfileBuilder& builder);

    bool empty() const { return samples_.empty(); }
    // Counts the samples as "samples" and the time up to the next one as "time" (ns): garbage collection and
    // the engine's own work on top of what they interrupt, idle time nowhere. Returns the time from the first
    // to the last sample.
    double give(ThreadId thread, const Reading& reading, ProfileBuilder& builder);

  private:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};
    enum class Role : std::uint8_t {
        Function,
        Outside,
        OnTop
    };  // Outside: root and idle; OnTop: collector and engine
    struct Node {
        std::uint64_t id = 0;
        std::uint32_t parent = kNone;  // an index
        FrameId frame = 0;
        Role role = Role::Function;
        NodeId placed = kRootNode;  // in the profile's tree
        bool is_placed = false;
    };
    void read_node(JsonCursor& json, ProfileBuilder& builder);
    void read_old_tree(JsonCursor& json, ProfileBuilder& builder);
    void describe(Node& node, const CallFrame& frame, ProfileBuilder& builder);
    void link();
    std::uint32_t find(std::uint64_t id) const;
    NodeId place(std::uint32_t node, NodeId before, ProfileBuilder& builder);
    double interval_us(std::size_t sample) const;

    struct Link {
        std::uint64_t child, parent;  // ids
    };
    std::vector<Node> nodes_;
    std::vector<Link> links_;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> by_id_;  // sorted, once linked
    std::vector<std::uint64_t> samples_;
    std::vector<double> deltas_;  // microseconds to the sample before
    std::vector<double> times_;   // of old files, in place of deltas
};

}  // namespace culprit
