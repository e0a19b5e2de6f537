// The levels that explain a series best when the rest is noise: of values that carry on a part of the one
// before, or that flip between two levels.
#pragma once

#include <span>
#include <vector>

#include "tools/jobs/segmentation.h"

namespace culprit {

struct Levels {
    Starts starts;
    std::vector<double> plain;  // the series without flips
};

// Of a finite series of at least ten values, of about the size of one.
Levels best_levels(std::span<const double> series);

// Takes off what comes again with a fixed period in the noise about these levels; false if nothing does. What
// is cut into levels but is none (a climb) would seem to come again with each of them.
bool take_off_ripple(std::span<double> series, const Starts& starts);

Noise noise_about(std::span<const double> series, const Starts& starts, Course course);

}  // namespace culprit
