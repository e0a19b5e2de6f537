#include "tools/profile/profile.h"

#include <algorithm>

#include <fmt/format.h>

namespace culprit {

const Metric* Profile::metric(std::string_view name) const {
    const auto found = std::ranges::find(metrics, name, &Metric::name);
    return found == metrics.end() ? nullptr : &*found;
}

const Metric* Profile::default_metric() const {
    if (const Metric* samples = metric("samples")) return samples;
    return metrics.empty() ? nullptr : &metrics.front();
}

std::string Profile::thread_name(ThreadId id) const {
    const Thread& thread = threads[id];
    if (thread.name.empty()) return fmt::format("thread {}", thread.id);
    return thread.id == 0 ? thread.name : fmt::format("{} ({})", thread.name, thread.id);
}

std::size_t Profile::memory_bytes() const {
    std::size_t bytes = sizeof(Profile) + strings.memory_bytes() + frames.capacity() * sizeof(Frame) +
                        nodes.capacity() * sizeof(Node) + threads.capacity() * sizeof(Thread);
    for (const Metric& metric : metrics) {
        bytes += metric.cells.capacity() * sizeof(Cell) + metric.timeline.weight.capacity() * sizeof(double);
    }
    return bytes;
}

}  // namespace culprit
