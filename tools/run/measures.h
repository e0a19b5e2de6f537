// What a stress test or benchmark says about itself in its output, as numbers with names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tools/run/run_verdict.h"

namespace culprit {

struct Measure {
    std::string name;  // "messages_per_s", "latency.p99", "records/sec", "Encode.Mean"
    double value = 0;
};

// The last JSON object of the output, alone on its line or over several at the end: each number in it, its
// path as the name.
std::vector<Measure> measures_in_json(std::string_view output);

// The rows of BenchmarkDotNet's summary: "Method.Mean" and "Method.Allocated", in nanoseconds and bytes.
std::vector<Measure> measures_in_benchmark(std::string_view output);

// Numbers per second in prose: "98,765.4 records/sec (9.4 MB/sec)". Of each unit the last.
std::vector<Measure> measures_in_text(std::string_view output);

// What the first group of the expression matched last, as a number; thousands may be grouped by commas. Fails
// with Invalid if it is no expression of RE2 or has no group, NotFound if it matches nowhere or no number.
Result<Measure> measure_by_pattern(std::string_view output, const std::string& pattern);

// The first of these that finds something: JSON, BenchmarkDotNet, text.
std::vector<Measure> measures_in(std::string_view output);

// Whether more of it is better, by its name; nothing if the name does not tell.
std::optional<Better> better_of(std::string_view name);

// The measure that a test is about if nobody says which: one of throughput, else one of time. Null if there
// is none.
const Measure* main_measure(const std::vector<Measure>& measures);

}  // namespace culprit
