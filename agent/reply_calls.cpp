#include "agent/reply_calls.h"

#include <algorithm>

#include "agent/nudges.h"
#include "agent/policy.h"
#include "agent/repeated_calls.h"
#include "agent/side_by_side.h"

namespace culprit {
namespace {

// "profile_diff, and 3 more"
std::string working_text(std::span<const ToolCall> calls) {
    return calls.size() == 1 ? calls.front().name
                             : fmt::format("{}, and {} more", calls.front().name, calls.size() - 1);
}

}  // namespace

bool ReplyCalls::only_reads(std::string_view name) const {
    const OfferedTool* tool = parts_.tools.find(name);
    return tool && tool->effect == Effect::Reads;
}

Result<std::size_t> ReplyCalls::run(const Answer& answer) {
    const std::span<const ToolCall> calls = answer.calls;
    for (std::size_t done = 0; done < calls.size();) {
        std::size_t end = done + 1;
        if (only_reads(calls[done].name))
            while (end < calls.size() && only_reads(calls[end].name)) ++end;
        TRY(const std::size_t ran, run_together(answer, calls.subspan(done, end - done)));
        done += ran;
        if (done < end) return done;
    }
    return calls.size();
}

Result<std::size_t> ReplyCalls::run_together(const Answer& answer, std::span<const ToolCall> calls) {
    if (stop_.stop_requested()) return 0;
    std::vector<Error> refusals;
    std::vector<std::string> evidence;
    for (const ToolCall& call : calls) {
        TRY(Error refusal, decide_call(answer, call));
        refusals.push_back(std::move(refusal));
        evidence.push_back(parts_.session.next_evidence(evidence.size()));
    }
    const auto run_one = [&](std::size_t i) -> Result<ToolResult> {
        if (stop_.stop_requested()) return std::unexpected(cancelled());
        if (!refusals[i].what.empty()) {
            return ToolResult{.call_id = calls[i].id,
                              .tool = calls[i].name,
                              .evidence = evidence[i],
                              .text = refusals[i].what,
                              .fault = std::string(to_string(refusals[i].fault))};
        }
        Workbench bench = parts_.session.workspace().bench(stop_);
        bench.progress = [this](std::string_view what, double share) {
            parts_.terminal.progress(what, share);
        };
        return parts_.run_call(calls[i], evidence[i], bench);
    };
    std::size_t done = 0;
    const auto keep = [&](std::size_t i, Result<ToolResult> result) -> Result<bool> {
        if (!result && result.error().fault == Fault::Cancelled) return false;
        if (!result) return std::unexpected(std::move(result).error());
        TRY_OK(parts_.session.record(*result));
        parts_.terminal.call_done(calls[i], *result);
        done = i + 1;
        if (done < calls.size()) parts_.terminal.working(working_text(calls.subspan(done)));
        return true;
    };
    parts_.terminal.working(working_text(calls));
    TRY_OK(run_side_by_side<ToolResult>(calls.size(), parts_.side_by_side, run_one, keep));
    return done;
}

// What keeps the call from being run; an empty text if nothing does.
Result<Error> ReplyCalls::decide_call(const Answer& answer, const ToolCall& call) {
    if (is_cut(answer, call)) return Error{Fault::Invalid, std::string(kCutCall)};
    const std::string hint = repetition_hint(parts_.session.events(), call,
                                             [&](std::string_view name) { return only_reads(name); });
    if (!hint.empty()) return Error{Fault::Denied, hint};
    const OfferedTool* tool = parts_.tools.find(call.name);
    if (!tool) return Error{};  // invoke says which there are
    const bool is_started = std::ranges::any_of(parts_.started, [&](const ToolCall& each) {
        return each.name == call.name && each.arguments == call.arguments;
    });
    Decision decision = is_started ? Decision{Decision::Verdict::Allow, "the person started it by name"}
                                   : decide(tool->effect, parts_.terminal.can_ask());
    if (decision.verdict == Decision::Verdict::Ask) {
        const bool yes = parts_.terminal.confirm(fmt::format("Run {} {}?", call.name, call.arguments));
        decision = {yes ? Decision::Verdict::Allow : Decision::Verdict::Deny,
                    yes ? "the person said yes" : "the person said no"};
    }
    const bool allowed = decision.verdict == Decision::Verdict::Allow;
    TRY_OK(parts_.session.record(CallDecided{call.id, allowed, decision.why}));
    if (allowed) return Error{};
    return Error{Fault::Denied, fmt::format("{} was not run: {}", call.name, decision.why)};
}

Result<> ReplyCalls::close(std::span<const ToolCall> calls, std::string_view why) {
    for (const ToolCall& call : calls) {
        TRY_OK(parts_.session.record(ToolResult{.call_id = call.id,
                                                .tool = call.name,
                                                .evidence = parts_.session.next_evidence(),
                                                .text = std::string(why),
                                                .fault = std::string(to_string(Fault::Cancelled))}));
    }
    return {};
}

}  // namespace culprit
