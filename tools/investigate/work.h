// How much work a recording saw, so that costs can be told per unit of it: per order, per request.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace culprit {

struct Work {
    double before = 0, after = 0;
    std::string unit;  // "order"
};

// What a program says that it has done: a total in a JSON object ("orders": 812), or a rate, over `seconds`.
struct Done {
    double count = 0;
    std::string unit;
};
std::optional<Done> done_in(std::string_view output, double seconds);

// What a message tells of both sides: "812,000 orders before and 96,000 orders after". Nothing if it does not
// tell of two.
std::optional<Work> work_in(std::string_view message);

}  // namespace culprit
