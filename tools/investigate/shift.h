// Where a program spends more than it did: two profiles laid over each other, function by function.
//
// Two recordings differ in length and in how often they sampled, and shares shrink when something else grows.
// So the side after is scaled until the functions that nobody touched cost what they did (the weighted median
// of their ratios); then a difference is a share of all that was spent before. Threads that do nothing but
// wait, and wherever one has nothing to do, are left out of both sides.
//
// Code outside of the program counts for the function that called it.
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "tools/profile/analysis.h"

namespace culprit {

// The function that a frame is, by a name that is the same on both sides; empty: code outside of the program.
using NameFrame = std::function<std::string(FrameId frame)>;

struct ShiftSide {
    const Profile* profile = nullptr;
    const Metric* metric = nullptr;
    std::vector<std::string> names;  // of each frame; empty: outside
    double work = 0;                 // units of work done; 0: not known
};

struct FunctionShift {
    std::string name;
    double before = 0, after = 0;                      // its own, as shares of all before; after is scaled
    double before_inclusive = 0, after_inclusive = 0;  // with all that it calls; recursion counts once
    double events_before = 0, events_after = 0;
    double noise = 0;             // standard error of the own change, as sampling makes it
    double grew = 0, shrank = 0;  // of the own change: what is left of it when shifts are cancelled
};

// A call path of the program's own functions. Node 0 is the root and of no function; parents come first.
struct ShiftNode {
    std::size_t parent = 0;
    std::size_t function = 0;
    double before = 0, after = 0;  // own weight
    double grew = 0, shrank = 0;
};

struct Shift {
    std::vector<FunctionShift> functions;
    std::vector<ShiftNode> nodes;
    double scale = 1;  // what the side after was multiplied with, beyond its total
    // How far the untouched functions differ among themselves, as a share: half of them by more. A change
    // that is not larger than that may be one of the machine. 0 if units of work are known.
    double uncertainty = 0;
    double cancelled = 0;                         // growth that moved from elsewhere
    std::size_t idle_before = 0, idle_after = 0;  // threads that were left out
    double events_before = 0, events_after = 0;   // what is left
};

// `is_touched` tells whether a function, by name, was edited: such ones are no yardstick. `moved` tells
// whether code of one may have gone to the other, by name: then what the first lost is taken off what the
// second gained, as it is between a function and one that it calls. Fails with Invalid if a side has no
// weight.
struct ShiftRules {
    std::function<bool(std::string_view name)> is_touched;
    std::function<bool(std::string_view from, std::string_view to)> has_moved;
};
Result<Shift> find_shift(const ShiftSide& before, const ShiftSide& after, const ShiftRules& rules);

}  // namespace culprit
