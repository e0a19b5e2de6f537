// What a project's guideline files demand of its code, "hot paths allocate nothing", and what of the code
// breaks it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/investigate/inquiry.h"

namespace culprit {

// A sentence that forbids a kind of cost.
struct ProjectRule {
    std::string file;                       // "ROOT/AGENTS.md"
    int line = 0;                           // where the sentence begins
    std::string text;                       // the sentence
    std::vector<std::string_view> forbids;  // kinds of cost: "allocation", "contention", …
    std::string evidence;                   // of the file: "E9"
};

// The rules of a text; examples in fences and headings are none. Without file and evidence.
std::vector<ProjectRule> rules_in(std::string_view text);

// Those of AGENTS.md, CLAUDE.md, CONTRIBUTING.md and copilot-instructions.md in the folders from the root
// down to that of `file` ("ROOT/path"), outermost first. What is not there yet is left out; the inquiry is
// waiting then.
std::vector<ProjectRule> rules_for(Inquiry& inquiry, const std::string& file);

// The rules that code of these kinds of cost breaks.
std::vector<ProjectRule> broken_by(std::vector<ProjectRule> rules, const std::vector<std::string>& kinds);

// "It breaks a rule of the project, "Hot paths allocate nothing." (ROOT/AGENTS.md:line 12) [E9]": a line for
// each.
std::string rules_text(const std::vector<ProjectRule>& broken);

}  // namespace culprit
