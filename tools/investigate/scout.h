// Without a measurement: from a description in words to the code that it speaks of, along the calls from
// there, to what fits the symptom.
//
// Words are laid on the names of functions, a rare one weighing more than a common one. From the functions
// that fit best the calls are followed; what copies, waits or loops on the way is listed as far as it fits.
// All of it is a guess until it is measured, and `Lead::sureness` says how good a one.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "tools/investigate/wording.h"
#include "tools/source/index.h"

namespace culprit {

// A function that the description speaks of.
struct Entry {
    Definition definition;
    std::vector<std::string> words;  // of the description, that its names have
    double score = 0;
};

// What one line does that fits the symptom.
struct Mark {
    int line = 0;
    std::string text;             // the line, trimmed
    std::string what, fix, cost;  // "copies into a new array"; cost as patterns have it
    std::string pattern;          // its id; empty: told by the line alone
    bool is_in_loop = false;
};

// A function on the way, and the line at which it calls the next one.
struct Hop {
    Definition definition;
    int call_line = 0;
};

struct Lead {
    Definition definition;
    std::vector<Hop> path;     // from the entry on, without the function itself
    std::vector<Mark> marks;   // the one that weighs most first
    bool has_changed = false;  // its text differs from that in the state before
    double score = 0;
    enum class Sureness { Low, Medium } sureness = Sureness::Low;
};

struct Scouted {
    Symptom symptom = Symptom::Unknown;
    std::vector<Entry> entries;  // best first
    std::vector<Lead> leads;     // likeliest first
    std::size_t functions = 0;   // that were walked
    bool is_partial = false;     // there was more to walk
};

struct ScoutOrder {
    std::string_view about;              // the description
    Symptom symptom = Symptom::Unknown;  // Unknown: as the description has it
    std::string root = {};               // only this root; empty: all
    std::string baseline = {};           // the root of the state before
};

// Nothing found is no failure: entries or leads are empty then. Fails with Cancelled.
Result<Scouted> scout(const ScoutOrder& order, SourceIndex& source, std::stop_token stop);

}  // namespace culprit
