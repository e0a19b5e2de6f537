// The loop: ask the model, do what it asks for, until it answers.
#pragma once

#include "agent/budget.h"
#include "agent/provider/provider.h"
#include "agent/reply_calls.h"
#include "agent/session.h"
#include "agent/terminal.h"

namespace culprit {

// What a turn works with; borrowed.
struct TurnParts {
    Session& session;
    Provider& provider;
    Terminal& terminal;
    Toolbox& tools;
    CallRunner run_call;
    Judge judge;  // of each call, before it is run
    TurnLimits limits = {};
    std::function<void()> before_reply = {};  // called before the model is asked, e.g. to take new tools in
    // Made before the model is asked, as if it had: what the person started by name (a playbook), so they run
    // without a question.
    std::vector<ToolCall> opening = {};
    StartedPlaybook playbook = {};  // that made the message, if one did
    bool checks_answer = false;     // whatever its form; else only a write-up's claims are checked
};

enum class TurnEnd {
    Answered,
    Cancelled,  // by the person
    Failed,     // the model could not be asked, or said nothing
    Limited,    // a limit was reached
    Unread,     // what a playbook begins with failed, and no model goes on
};

// One turn: from the person's message to the answer. Everything goes into the log before it is acted on or
// shown as done; what went wrong has been shown when this returns. Fails only if the log cannot be written.
Result<TurnEnd> run_turn(TurnParts parts, std::string message, std::stop_token stop);

}  // namespace culprit
