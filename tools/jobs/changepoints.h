// Where the level of a series of measurements changes for good.
//
// Method    logarithms (plain values where some are 0 or below), single spikes cleaned, then the segments
//           whose squared error plus a penalty for each is least, for penalties from small to large. Of these
//           the segmentation counts that best explains the series when the rest is noise in which each value
//           carries on a part of the one before (so levels that noise wanders through are not taken for
//           changes) or flips between two levels. Changes that are no step where they stand are dropped. A
//           ripple of a fixed period in what is left (days of the week) is taken off, and the search made
//           again. A series that only wanders or climbs has no levels: it is described by few straight lines
//           as seen from afar, and changes where one ends.
// Long      series are gone through in windows of 1024 values; what lies 512 before the end is settled.
// Source    Chakar, Lebarbier, Levy-Leduc, Robin 2017 and Romano, Rigaill, Runge, Fearnhead 2022
//           (autocorrelated noise); Beaulieu, Killick 2018 (levels or trends); Zhang, Siegmund 2007 (the
//           penalty, as van den Burg, Williams 2020 use it: on the scale of the whole series)
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace culprit {

// What later values cannot alter of a series that grows.
struct Settled {
    std::size_t first = 0;             // values before this one are not needed any more
    std::vector<std::size_t> changes;  // up to `first`, rising
};

// The index of the first value after each change, rising. NaN counts as the value before it; nothing is found
// in less than ten. Time grows with the length; for a series that wanders with the square of a window.
std::vector<std::size_t> change_points(std::span<const double> values);

// The same, told the values from settled.first on, which moves on where there are enough. However a series is
// handed over, the changes are those of the whole.
std::vector<std::size_t> change_points(std::span<const double> tail, Settled& settled);

}  // namespace culprit
