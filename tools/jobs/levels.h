// The levels that explain a series best when the rest is noise: of values that carry on a part of the one
// before, that flip between two levels, or that come again with a fixed period.
#pragma once

#include <span>
#include <vector>

#include "tools/jobs/segmentation.h"

namespace culprit {

struct Levels {
    Starts starts;
    std::vector<double> plain;  // the series without ripple and flips
};

// Of a finite series of at least ten values, of about the size of one.
Levels best_levels(std::span<const double> series);

Noise noise_about(std::span<const double> series, const Starts& starts, Course course);

}  // namespace culprit
