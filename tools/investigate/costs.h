// What a program can spend more of, as a trace measures it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct Dimension {
    std::string_view metric;  // of the profile tools; empty: the profile's own, which is time in most
    std::string_view of;      // "of the samples", "allocated": what a number of it means
    double least;  // of a second, in the metric's unit: a program that spends less is not slow for it
    std::string_view patterns;   // the costs of find_patterns that fit, separated by blanks
    bool without_waits = false;  // threads that wait are left out: what is left is nearest to CPU time
};

// Time first: what the others cost shows there in the end.
std::span<const Dimension> dimensions();
// One that is asked for: a metric's name, "time", or "cpu", which is time without waits. Null: no such one.
const Dimension* dimension_named(std::string_view name);
bool is_time(const Dimension& dimension);

// A method's own weight in one dimension, with that of the code it calls outside of the program. Time: shares
// of all samples. The others: in the metric's unit, a second of recording. Lambdas of the method are parts of
// their own.
struct Cost {
    struct Part {
        double before = 0, after = 0;
        double explains = 0;  // of all that grew; with one profile, of the total
    };
    const Dimension* dimension = nullptr;
    std::vector<Part> parts;
    std::string evidence;  // of the ranking: "E7"

    Part sum() const;
};

// "12.0 % -> 61.3 % of the samples, 59.9 % of what grew"; with one profile what is there now. Sums are
// stated.
std::string cost_text(const Cost& cost, bool compared);
// One side of it: "12.0 %", "3.1 MB/s".
std::string amount_text(const Dimension& dimension, double amount);
// "28.0 % + 7.9 % = 35.9 %"; what is nothing is left out, and one part stands alone.
std::string sum_text(const std::vector<double>& parts, const std::function<std::string(double)>& text);

}  // namespace culprit
