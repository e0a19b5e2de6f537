// From measurements to suspects: the methods of the program itself that cost more than before, or most, and
// what the source says of each.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/investigator/clues.h"
#include "agent/investigator/conversation.h"

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

// What a suspect spends its weight in, as a share of the suspect's.
struct Leaf {
    std::string name;
    double share = 0;
};

struct Suspect {
    std::string name;  // "Shop.Cart.Add(Item, int)", as the profile tools show it
    double before = 0,
           after = 0;     // its own weight with that of the code it calls outside of the program, as shares
    double explains = 0;  // of all that grew; with one profile the same as `after`
    std::vector<Leaf> leaves;       // heaviest first
    std::optional<Place> place;     // none: not found in the sources
    std::optional<Place> baseline;  // the same member in the root of the state before
    int cost_line = 0;              // the line of `place` that costs
    std::vector<Step> path;         // outermost first, without the suspect
    std::string evidence;           // of its leaves: "E7"
};

struct Measurements {
    std::vector<std::string> profiles;      // those that could be read
    std::vector<std::string> problems;      // why others could not, and what the tools warn of
    std::vector<std::string> descriptions;  // a line for each profile, with its evidence
    std::string unit, metric, verdict;
    std::string evidence;           // of the ranking
    std::vector<Suspect> suspects;  // heaviest first
};

// Reads the profiles and ranks. Nothing while calls are missing.
std::optional<Measurements> measure(Conversation& conversation, const Clues& clues);

// Finds each suspect in the sources: its text, now and before, the line that costs, the way that leads to it.
// False while calls are missing.
bool locate(Conversation& conversation, std::vector<Suspect>& suspects);

// The line of the body that costs: the one whose calls the leaves point to, else where it loops.
int find_cost_line(const std::vector<SourceLine>& body, const std::vector<Leaf>& leaves);

// The lines of `now` that `before` does not have, blank ones and brackets aside.
std::vector<SourceLine> new_lines(const std::vector<SourceLine>& now, const std::vector<SourceLine>& before);

// "Shop.Cart.Add" of "Shop.Cart.Add(Item, int)", and of a lambda in it.
std::string plain_symbol(std::string_view shown);

}  // namespace culprit
