#include <cmath>

#include "rivers.h"

namespace rivers {

Basin::Basin(std::size_t reaches) {
    for (std::size_t i = 0; i < reaches; ++i) {
        const int downstream = i == 0 ? -1 : static_cast<int>((i - 1) / 2);
        reaches_.push_back({"reach-" + std::to_string(i), downstream, 1.0 + static_cast<double>(i % 7), 5.0, 0});
    }
}

void Basin::rain(double millimetres) {
    for (Reach& reach : reaches_) reach.inflow += millimetres * reach.length;
}

void Basin::route(double hours) {
    for (std::size_t i = reaches_.size(); i-- > 0;) {
        Reach& reach = reaches_[i];
        reach.volume += reach.inflow;
        reach.inflow = 0;
        const double out = reach.volume * (1 - std::exp(-hours / reach.length));
        reach.volume -= out;
        if (reach.downstream >= 0) reaches_[static_cast<std::size_t>(reach.downstream)].inflow += out;
    }
}

int Basin::find(const std::string& name) const {
    const std::size_t dash = name.find('-');
    const int number = std::atoi(name.c_str() + dash + 1);
    return number < static_cast<int>(reaches_.size()) ? number : -1;
}

double stage_of(double volume, double length) {
    double stage = std::sqrt(volume / length);
    for (int i = 0; i < 3; ++i) stage = (stage + volume / length / stage) / 2;
    return stage;
}

}  // namespace rivers
