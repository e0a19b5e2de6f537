// The one gate that every call passes: what a call may do, held against the rules of the person. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/tool.h"

namespace culprit {

// "dotnet build +network +write=src": the words with which a command begins, and what it may need. The words
// are compared one by one with those of the command as the shell sees them, so "dotnet build" is not
// "dotnet build; rm -rf ~", nor "dotnet buildx". One word may be a tool's name: any call of it. "*" is any
// command. What a rule does not grant, a command that it lets pass does not get.
struct Rule {
    std::string text;                // as it was written
    std::vector<std::string> words;  // none: only in a denial, of what needs something
    Needs grants;
};

// Paths in it are relative to `folder`; "~" is the home folder. Invalid: quotes without end, an unknown "+…",
// or no word in a rule that allows.
enum class RuleKind { Allow, Deny };
Result<Rule> parse_rule(std::string_view text, RuleKind kind, const fs::path& folder);

struct Rules {
    std::vector<Rule> allow, deny;
    fs::path folder;  // programs named by a path in a rule are seen from here: the project's folder
};

struct AskedCall {
    std::string_view tool;
    Effect effect = Effect::Runs;
    const Plan* plan = nullptr;  // of a tool that has one
};

struct Circumstances {
    bool can_ask = false;    // there is a person at a terminal
    std::string no_sandbox;  // why commands cannot be boxed here; empty: they can
};

struct Decision {
    enum class Verdict { Allow, Deny, Ask };
    Verdict verdict = Verdict::Deny;
    std::string why;  // the rule that decided, for the log and, when denied, for the model
    std::vector<std::string> rules = {};  // rules that would let it pass from now on; none: no rule can
};

// A denial counts before what allows. A line of several commands passes if each of them does; harmless ones
// (cd, echo, grep, head, …) pass beside others in the sandbox. A line that cannot be taken apart is allowed
// by no rule but "*" or the tool's name. Where there is no sandbox only rules that say +unconfined count.
Decision decide(const AskedCall& asked, const Rules& rules, const Circumstances& where);

}  // namespace culprit
