// What the person allows: the rules, the question where no rule says, and what is remembered of the answers.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/policy.h"
#include "agent/terminal.h"
#include "tools/toolbox.h"

namespace culprit {

// What came of asking whether a call may run.
struct Permit {
    bool allowed = false;
    std::string why;        // the rule, or what the person answered
    std::string shown;      // what it starts and needs, as the person was or would have been shown it
    std::string arguments;  // as the person edited them; empty: as the model gave them
    Needs granted;          // what the sandbox opens
};

// Whether the call may run. Fails with what its plan failed with, or Cancelled if the person stopped.
using Judge = std::function<Result<Permit>(const OfferedTool& tool, const ToolCall& call, Workbench& bench,
                                           Terminal& terminal)>;

class Consent {
  public:
    // `own_folder`: where "always" is kept, for this project alone, in allowed.toml; empty: nowhere, it then
    // counts as long as the object lives. Rules that cannot be read are told of in `warnings`.
    Consent(const fs::path& project, fs::path own_folder, std::vector<std::string>& warnings);

    // Adds rules; what is wrong with one is told of in `warnings`, and it is left out.
    void add(RuleKind kind, const std::vector<std::string>& rules, std::vector<std::string>& warnings);

    Result<Permit> judge(const OfferedTool& tool, const ToolCall& call, Workbench& bench, Terminal& terminal);

  private:
    struct Proposal;
    Result<Permit> ask(Proposal proposal, Workbench& bench, Terminal& terminal);
    Result<Proposal> propose(const OfferedTool& tool, std::string arguments, Workbench& bench,
                             bool can_ask) const;
    Result<std::optional<Proposal>> edit(const Proposal& proposal, Workbench& bench,
                                         Terminal& terminal) const;
    void allow_always(Proposal& proposal, const std::string& own_rule, Terminal& terminal);
    Result<std::string> remember(const std::string& rule);

    fs::path project_, own_folder_;
    Rules rules_;
};

// What a call that the person started by name may do: what its plan says.
Result<Permit> permit_by_name(const OfferedTool& tool, const ToolCall& call, Workbench& bench);

// The command lines, a line each, then where, and what they need: what a question shows.
std::string shown_plan(const Plan& plan, const Roots& roots);

}  // namespace culprit
