// The calls of a reply: decided, run, logged and shown.
#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <string_view>

#include "agent/consent.h"
#include "agent/provider/provider.h"
#include "agent/session.h"
#include "agent/terminal.h"

namespace culprit {

// Runs one call and names its result; invoke() of tools/invoke.h, or what stands in for it in a replay.
// Called from several threads at once, for calls that only read.
using CallRunner =
    std::function<Result<ToolResult>(const ToolCall& call, std::string_view evidence, Workbench& bench)>;

class ReplyCalls {
  public:
    struct Parts {  // borrowed
        Session& session;
        Terminal& terminal;
        const Toolbox& tools;
        const CallRunner& run_call;
        const Judge& judge;
        unsigned side_by_side;                   // calls that only read, at once
        std::span<const ToolCall> started = {};  // by the person, by name: they are not asked about again
    };
    ReplyCalls(const Parts& parts, std::stop_token stop) : parts_(parts), stop_(std::move(stop)) {}

    // Neighbours that only read side by side, the others one by one; results in the order of the calls. How
    // many have theirs: fewer than there are if the turn was stopped. Fails if the log cannot be written.
    Result<std::size_t> run(const Answer& answer);

    // Gives those that have none a result that says why.
    Result<> close(std::span<const ToolCall> calls, std::string_view why);

  private:
    bool only_reads(std::string_view name) const;
    Result<std::size_t> run_together(const Answer& answer, std::span<const ToolCall> calls);
    struct Prepared {
        ToolCall call;  // with the arguments as the person edited them
        bool is_edited = false;
        Error refusal = {};  // what keeps it from being run; an empty text if nothing does
        Needs granted = {};
    };
    Result<Prepared> prepare(const Answer& answer, const ToolCall& call);
    Result<ToolResult> run_prepared(const Prepared& prepared, const std::string& evidence);

    Parts parts_;
    std::stop_token stop_;
    std::string stopped_;  // what a call that was stopped had to say
};

}  // namespace culprit
