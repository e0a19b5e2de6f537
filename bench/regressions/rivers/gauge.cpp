#include <algorithm>

#include "rivers.h"

namespace rivers {

constexpr std::size_t kKept = 96;

void Gauge::read(const Basin& basin) {
    const Reach& reach = basin.reaches()[static_cast<std::size_t>(reach_)];
    const double stage = stage_of(reach.volume, reach.length);
    if (levels_.size() < kKept) {
        levels_.push_back(stage);
        return;
    }
    levels_[next_] = stage;
    next_ = (next_ + 1) % kKept;
}

double Gauge::trend() const {
    double sum = 0;
    for (std::size_t i = 1; i < levels_.size(); ++i) sum += levels_[i] - levels_[i - 1];
    return levels_.size() < 2 ? 0 : sum / static_cast<double>(levels_.size() - 1);
}

double Gauge::highest() const { return levels_.empty() ? 0 : *std::max_element(levels_.begin(), levels_.end()); }

}  // namespace rivers
