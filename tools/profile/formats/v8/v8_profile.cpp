#include "tools/profile/formats/v8/v8_profile.h"

#include <algorithm>

namespace culprit {
namespace {

template <class Number>
void read_numbers(JsonCursor& json, std::vector<Number>& numbers) {
    for (json.begin_array(); json.next_element();) {
        Number number{};
        if (json.read(number)) numbers.push_back(number);
    }
}

}  // namespace

bool V8Profile::read_member(std::string_view key, JsonCursor& json, ProfileBuilder& builder) {
    if (key == "nodes") {
        for (json.begin_array(); json.next_element();) read_node(json, builder);
    } else if (key == "head") {
        read_old_tree(json, builder);
    } else if (key == "samples") {
        read_numbers(json, samples_);
    } else if (key == "timeDeltas") {
        read_numbers(json, deltas_);
    } else if (key == "timestamps") {
        read_numbers(json, times_);
    } else {
        return false;
    }
    return true;
}

void V8Profile::read_node(JsonCursor& json, ProfileBuilder& builder) {
    Node node;
    CallFrame frame;
    std::vector<std::uint64_t> children;
    std::uint64_t parent = 0;
    bool has_parent = false;
    std::string_view key;
    for (json.begin_object(); json.next_member(key);) {
        if (key == "id")
            json.read(node.id);
        else if (key == "parent")
            has_parent = json.read(parent);
        else if (key == "callFrame")
            frame.read(json);
        else if (key == "children")
            read_numbers(json, children);
        else
            json.skip();
    }
    for (const std::uint64_t child : children) links_.push_back({child, node.id});
    if (has_parent) links_.push_back({node.id, parent});
    describe(node, frame, builder);
    nodes_.push_back(node);
}

// Nodes within nodes, as the engine's own interface wrote it before there was an inspector.
void V8Profile::read_old_tree(JsonCursor& json, ProfileBuilder& builder) {
    std::vector<std::pair<std::uint32_t, CallFrame>> open;
    read_tree(
        json,
        [&] {
            const std::uint32_t parent = open.empty() ? kNone : open.back().first;
            open.emplace_back(static_cast<std::uint32_t>(nodes_.size()), CallFrame{});
            nodes_.push_back({.parent = parent});
        },
        [&](std::string_view key) {
            if (key == "id") return json.read(nodes_[open.back().first].id) || true;
            return open.back().second.read_member(key, json);
        },
        [&] {
            describe(nodes_[open.back().first], open.back().second, builder);
            open.pop_back();
        });
}

void V8Profile::describe(Node& node, const CallFrame& frame, ProfileBuilder& builder) {
    node.frame = frame.frame(builder);
    if (frame.name == "(root)" || frame.name == "(idle)" || frame.url == "native dummy.js")
        node.role = Role::Outside;
    if (frame.name == "(garbage collector)" || frame.name == "(program)") node.role = Role::OnTop;
}

std::uint32_t V8Profile::find(std::uint64_t id) const {
    const auto found = std::ranges::lower_bound(by_id_, std::pair(id, std::uint32_t{0}));
    return found != by_id_.end() && found->first == id ? found->second : kNone;
}

void V8Profile::link() {
    by_id_.clear();
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) by_id_.emplace_back(nodes_[i].id, i);
    std::ranges::sort(by_id_);
    for (const Link& link : links_) {
        const std::uint32_t child = find(link.child), parent = find(link.parent);
        if (child != kNone && parent != kNone && child != parent) nodes_[child].parent = parent;
    }
}

// The node of the tree for one of the file's, with those above it. Parents that run in a circle end at the
// root.
NodeId V8Profile::place(std::uint32_t index, NodeId before, ProfileBuilder& builder) {
    if (nodes_[index].role == Role::OnTop) return builder.child(before, nodes_[index].frame);
    std::vector<std::uint32_t> path;
    for (; index != kNone && nodes_[index].role != Role::Outside && !nodes_[index].is_placed;
         index = nodes_[index].parent) {
        if (nodes_[index].role == Role::OnTop || path.size() > nodes_.size()) break;
        path.push_back(index);
    }
    NodeId node = index != kNone && nodes_[index].is_placed ? nodes_[index].placed : kRootNode;
    for (; !path.empty(); path.pop_back()) {
        Node& step = nodes_[path.back()];
        node = step.placed = builder.child(node, step.frame);
        step.is_placed = true;
    }
    return node;
}

// From the sample before to this one.
double V8Profile::interval_us(std::size_t sample) const {
    if (!times_.empty()) {
        return sample > 0 && sample < times_.size() ? times_[sample] - times_[sample - 1] : 0;
    }
    return sample < deltas_.size() ? deltas_[sample] : 0;
}

double V8Profile::give(ThreadId thread, const Reading& reading, ProfileBuilder& builder) {
    link();
    const auto samples = builder.metric("samples", "count"), time = builder.metric("time", "ns");
    NodeId node = kRootNode;
    bool is_idle = true;
    double elapsed = 0, valid = 0, from = 0;  // microseconds; times that go back stand still
    const auto spend = [&](double until) {
        const double start = std::max(from * 1e3, reading.from_ns),
                     span = std::min(until * 1e3, reading.to_ns) - start;
        from = until;
        if (is_idle || span <= 0) return;
        builder.add(time, node, thread, 0, span);
        builder.add_time(time, start, span, span);
    };
    for (std::size_t i = 0; i < samples_.size(); ++i) {
        if (i > 0) elapsed += interval_us(i);
        const std::uint32_t index = find(samples_[i]);
        if (i == 0 || samples_[i] != samples_[i - 1]) {
            spend(valid = std::max(valid, elapsed));
            is_idle = index == kNone || nodes_[index].role == Role::Outside;
            node = is_idle ? kRootNode : place(index, node, builder);
        }
        const double at_ns = elapsed * 1e3;
        if (is_idle || at_ns < reading.from_ns || at_ns >= reading.to_ns) continue;
        builder.add(samples, node, thread, 0, 1);
        builder.add_time(samples, at_ns, 0, 1);
    }
    spend(std::max(valid, elapsed));
    return std::max(valid, elapsed) * 1e3;
}

}  // namespace culprit
