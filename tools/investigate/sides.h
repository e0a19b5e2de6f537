// Which of two things, by their names, is the state before a change and which the one after.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culprit {

// How much a name says that it is of the state before a change (negative) or after it (positive):
// "baseline.nettrace", "run-new/cpu.json". 0 if it says nothing.
int change_side(std::string_view name);

// The names of two source roots as the two states; empty where the names do not tell.
struct Sides {
    std::string before, after;
};
Sides sides_of(const std::vector<std::string>& roots);

}  // namespace culprit
