// What is known of programs by their names: which run others, which do no harm, and with how many words a
// rule for one of them begins.
#pragma once

#include <string>
#include <vector>

#include "tools/run/plan.h"
#include "tools/run/shell_line.h"

namespace culprit {

// The command behind "time", "nice", "nohup", "timeout 10", "env" and the like, where their options are known
// and change nothing of what is run; else the command itself. What sets variables stays as it is.
ShellCommand without_wrappers(ShellCommand command);

// True for programs that run others, named by their arguments or in a script: sudo, xargs, find, sh, env, …
bool runs_others(const std::vector<std::string>& words);

// The words of a command, those of nested command lines in its arguments taken apart too ("sh -c 'rm x'").
std::vector<std::string> started_words(const ShellCommand& command);

// True for what only looks at what it is given or at files: cd, echo, grep, head, …; in the sandbox it can
// see nothing that a command may not.
bool is_harmless(const ShellCommand& command);

// The words of a rule that allows this command and its like, no more than that: "dotnet build" for "dotnet
// build -c Release"; all of the words where the first ones alone could do anything ("python3 -c …"). Empty if
// no rule can be made of it.
std::vector<std::string> rule_words(const ShellCommand& command);

// True if `needs` has something in common with what `denied` names; of paths, if one lies in the other.
bool needs_any(const Needs& needs, const Needs& denied);

}  // namespace culprit
