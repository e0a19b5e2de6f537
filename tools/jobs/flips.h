// Noise that flips between two levels: a benchmark whose memory or code lands in one of two layouts, and
// stays there for a while.
//
// Method    two normal distributions of one variance, the hidden state carried on from value to value
//           (a hidden Markov model, trained on its likeliest path)
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace culprit {

struct Flips {
    std::vector<bool> upper;  // of each value; empty if there are no two levels
    double gap = 0;           // between them
    double surprise = 0;      // -2 log likelihood of just these flips

    // The series as it were had it stayed at the lower level.
    std::vector<double> taken_off(std::span<const double> series) const;
    // And back.
    void put_on(std::span<double> series) const;
};

Flips find_flips(std::span<const double> noise);

}  // namespace culprit
