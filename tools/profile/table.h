// What the text reports of other tools say, and what benchmarks measured: rows without stacks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace culprit {

struct TableRow {
    std::string name;                  // a function, or an instruction with its address
    std::string module;                // empty if the report does not say
    double self = -1, inclusive = -1;  // shares from 0 to 1; -1 if the report does not say
    double samples = -1;
    std::string note;  // what else the row says: the command, the source line above an instruction
};

struct Table {
    std::string title;  // what it is of, in the report's words
    std::vector<TableRow> rows;
};

// One benchmark, or one figure of it.
struct Measurement {
    std::string name, unit;
    double mean = 0;
    double deviation = 0;     // of single values
    std::uint64_t count = 0;  // of values
};

}  // namespace culprit
