// From measurements to suspects: the methods of the program itself that cost more than before, or most, and
// what the source says of each.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/investigate/costs.h"
#include "tools/investigate/inquiry.h"
#include "tools/investigate/rules.h"
#include "tools/investigate/work.h"

namespace culprit {

struct SourceLine {
    int number = 0;
    std::string text;
};

// A member as the source tools give it.
struct Place {
    std::string symbol;      // "Shop.Cart.Add"
    std::string arguments;   // "(Item item, int count)", as declared
    std::string root, file;  // file: "ROOT/path"
    int line = 0, first_line = 0, last_line = 0;
    std::vector<SourceLine> body;
};

// A member on the way to a suspect, and the line at which it calls the next one.
struct Step {
    std::string symbol, arguments, file;
    int line = 0;
};

// What a suspect spends its weight in, as a share of the suspect's: code that it calls, or types of objects.
struct Leaf {
    std::string name;
    double share = 0;
};

// What the text of a suspect says by itself: a pattern that costs.
struct Finding {
    std::string file;  // "ROOT/path"
    int line = 0;
    std::string title, why, fix;
};

// A cost per unit of work, before and after.
struct PerUnit {
    double before = 0, after = 0;  // ns, or bytes allocated
    bool is_time = true;
    std::string evidence;
};

// A share of the samples that rises while the program runs.
struct Rise {
    double first = 0, last = 0;  // in the first and the last third of the recording
    std::string evidence;        // "E7, E8"
};

struct Suspect {
    std::string name;               // "Shop.Cart.Add(Item, int)", as the profile tools show it
    std::vector<Cost> costs;        // the one that makes it a suspect first; none if nothing was measured
    std::vector<Leaf> leaves;       // heaviest first: where its time is spent, or what it allocates or throws
    std::string evidence;           // of its leaves: "E7"
    std::optional<Place> place;     // none: not found in the sources
    std::optional<Place> baseline;  // the same member in the root of the state before
    int cost_line = 0;              // the line of `place` that costs
    bool is_line_guessed = false;   // nothing tells which it is: the first to look at
    std::vector<Step> path;         // outermost first, without the suspect
    std::vector<Finding> findings;  // of its text, those that fit its costs
    std::string findings_evidence;  // "E9"
    std::vector<ProjectRule> broken;  // rules of the project that its costs break
    std::optional<Rise> rise;         // it costs the more the longer the program runs
    std::vector<PerUnit> per_unit;    // where the work of both recordings is known
};

// How much there is of one dimension, in all.
struct Ranking {
    const Dimension* dimension = nullptr;
    double before = 0, after = 0;  // time: shares, and of no use
    std::string verdict;           // of profile_diff, as it writes it: "changed", "no_names", …
    std::string evidence;
    double unnamed = 0;  // what code without names explains, which is no suspect
};

struct Measurements {
    bool is_compared() const { return profiles.size() >= 2; }
    const std::string& profile_in_question() const { return profiles[is_compared() ? 1 : 0]; }

    const Dimension* only = nullptr;        // the one that was asked for
    std::string unit;                       // of work: "order"; empty: it is not known
    std::vector<std::string> profiles;      // those that could be read
    std::vector<std::string> problems;      // why others could not, and what the tools warn of
    std::vector<std::string> descriptions;  // a line for each profile, with its evidence
    std::vector<std::string> signs;         // lines on the whole program: pauses, a deadlock, a starved pool
    std::vector<Ranking> rankings;          // those that there are, time first
    std::vector<Suspect> suspects;          // those of time first, heaviest first
};

// Reads the profiles and ranks, in every dimension or in one alone, which then counts however small it is.
// Nothing while calls are missing.
std::optional<Measurements> measure(Inquiry& inquiry, const std::vector<std::string>& profiles,
                                    const Dimension* only = nullptr, const Work& work = {});

// The methods of the program in one dimension, as they were ranked, `limit` of them. Null: not there yet.
const ToolResult* ask_ranking(Inquiry& inquiry, const Measurements& measured, const Dimension& dimension,
                              int limit = 40);
// The weight of a row of it.
Cost::Part cost_of_row(Inquiry& inquiry, const Measurements& measured, const Dimension& dimension,
                       const Json& row);

// Finds each suspect in the sources: its text, now and before, the line that costs, the way that leads to it.
// Then those come first whose text has changed, unless others explain more than twice as much.
// False while calls are missing.
bool locate(Inquiry& inquiry, std::vector<Suspect>& suspects);

struct CostLine {
    int number = 0;
    bool is_guessed = false;
};

// The line of the body that costs: the one whose calls and objects the leaves point to, else one with a
// finding; else, as a guess, where it loops or begins.
CostLine find_cost_line(const std::vector<SourceLine>& body, const std::vector<Leaf>& leaves,
                        const std::vector<Finding>& findings = {});

// The numbered lines of read_file's text: "   12  code".
std::vector<SourceLine> numbered_lines(std::string_view text);

// The lines of `now` that `before` does not have, blank ones and brackets aside.
std::vector<SourceLine> new_lines(const std::vector<SourceLine>& now, const std::vector<SourceLine>& before);

// "Shop.Cart.Add" of "Shop.Cart.Add(Item, int)", and of a lambda in it.
std::string plain_symbol(std::string_view shown);
// An expression that finds this text in the names of frames.
std::string escaped(std::string_view text);

}  // namespace culprit
