// Where the level of a series of measurements changes for good.
//
// Method    logarithms (plain values where some are 0 or below), single spikes cleaned, then the segments
// whose
//           squared error plus a penalty for each is least (PELT: exact, about linear time), for penalties
//           from small to large. Of these the segmentation counts that best explains the series when the rest
//           is noise in which each value carries on a part of the one before (so levels that noise wanders
//           through are not taken for changes); last, changes that are no step where they stand are dropped.
// Source    Killick, Fearnhead, Eckley 2012 (PELT); Chakar, Lebarbier, Levy-Leduc, Robin 2017 and Romano,
//           Rigaill, Runge, Fearnhead 2022 (autocorrelated noise)
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace culprit {

// The index of the first value after each change, rising. NaN counts as the value before it; nothing is found
// in less than ten. Time grows with the length where levels change now and then, with its square where they
// never do.
std::vector<std::size_t> change_points(std::span<const double> values);

}  // namespace culprit
