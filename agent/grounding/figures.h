// Numbers with a unit in a text: what a write-up claims, and what tools have measured.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct Figure {
    enum class Measure { Share, Duration, Bytes, Factor, Count };
    Measure measure = Measure::Count;
    double value = 0;                // share: 1 is all; time: ns; bytes: B; factor and count: as written
    double step = 0;                 // what one unit of the last digit is worth: 61.3 % has 0.001
    std::string noun;                // of a count: "samples"; empty: a bare number
    bool is_rough = false;           // "about 60 %", "nearly 2x"
    bool has_sign = false;           // "+45 %": a change
    std::size_t begin = 0, end = 0;  // in the text, unit and all
};

// The figures of a text, in order. With `bare`, numbers without a unit too (a table's), as counts.
std::vector<Figure> figures_in(std::string_view text, bool bare = false);

// Whether `claimed` is `measured`, rounded: as exact as it is written, and no more exact than what is known.
// Rough ones may be off by a twentieth.
bool is_rounding_of(const Figure& claimed, const Figure& measured);

// Whether `claimed` follows from two others by a sum, a difference, a ratio or a change in percent, given how
// far each was rounded.
bool follows_from(const Figure& claimed, const Figure& a, const Figure& b);

}  // namespace culprit
