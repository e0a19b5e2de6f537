#include "agent/reply_calls.h"

#include <algorithm>

#include "agent/nudges.h"
#include "agent/repeated_calls.h"
#include "agent/side_by_side.h"
#include "tools/run/runner.h"

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
    std::vector<Prepared> prepared;
    std::vector<std::string> evidence;
    for (const ToolCall& call : calls) {
        auto next = prepare(answer, call);
        if (!next && next.error().fault == Fault::Cancelled) return 0;
        if (!next) return std::unexpected(std::move(next).error());
        prepared.push_back(*std::move(next));
        evidence.push_back(parts_.session.next_evidence(evidence.size()));
    }
    const auto run_one = [&](std::size_t i) { return run_prepared(prepared[i], evidence[i]); };
    std::size_t done = 0;
    const auto keep = [&](std::size_t i, Result<ToolResult> result) -> Result<bool> {
        if (!result && result.error().fault == Fault::Cancelled) {
            if (result.error().what != cancelled().what) stopped_ = result.error().what;
            return false;
        }
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

Result<ToolResult> ReplyCalls::run_prepared(const Prepared& prepared, const std::string& evidence) {
    if (stop_.stop_requested()) return std::unexpected(cancelled());
    const ToolCall& call = prepared.call;
    if (!prepared.refusal.what.empty()) {
        return ToolResult{.call_id = call.id,
                          .tool = call.name,
                          .evidence = evidence,
                          .text = prepared.refusal.what,
                          .fault = std::string(to_string(prepared.refusal.fault))};
    }
    Workbench bench = parts_.session.workspace().bench(stop_);
    const auto show = [this](Stream stream, std::string_view piece) {
        parts_.terminal.call_output(stream, piece);
        return true;
    };
    bench.progress = [this](std::string_view what, double share) { parts_.terminal.progress(what, share); };
    Runner runner =
        parts_.session.workspace().runner(parts_.session.place().artifacts, prepared.granted, show);
    bench.runner = &runner;
    TRY(ToolResult result, parts_.run_call(call, evidence, bench));
    if (prepared.is_edited)
        result.text =
            fmt::format("[the engineer changed the call before it ran: {}]\n{}", call.arguments, result.text);
    return result;
}

Result<ReplyCalls::Prepared> ReplyCalls::prepare(const Answer& answer, const ToolCall& call) {
    Prepared prepared{.call = call};
    const auto refuse = [&](Fault fault, std::string what) {
        prepared.refusal = {fault, std::move(what)};
        return prepared;
    };
    if (is_cut(answer, call)) return refuse(Fault::Invalid, std::string(kCutCall));
    std::string hint = repetition_hint(parts_.session.events(), call,
                                       [&](std::string_view name) { return only_reads(name); });
    if (!hint.empty()) return refuse(Fault::Denied, std::move(hint));
    const OfferedTool* tool = parts_.tools.find(call.name);
    if (!tool) return prepared;  // invoke says which there are
    Workbench bench = parts_.session.workspace().bench(stop_);
    Runner runner = parts_.session.workspace().runner(parts_.session.place().artifacts, {}, {});
    bench.runner = &runner;
    const bool is_started = std::ranges::any_of(parts_.started, [&](const ToolCall& each) {
        return each.name == call.name && each.arguments == call.arguments;
    });
    auto permit =
        is_started ? permit_by_name(*tool, call, bench) : parts_.judge(*tool, call, bench, parts_.terminal);
    if (!permit && permit.error().fault == Fault::Cancelled)
        return std::unexpected(std::move(permit).error());
    if (!permit) return refuse(permit.error().fault, permit.error().what);
    TRY_OK(parts_.session.record(
        CallDecided{call.id, permit->allowed, permit->why, permit->shown, permit->arguments}));
    if (!permit->allowed)
        return refuse(Fault::Denied, fmt::format("{} was not run: {}", call.name, permit->why));
    prepared.is_edited = !permit->arguments.empty();
    if (prepared.is_edited) prepared.call.arguments = permit->arguments;
    prepared.granted = permit->granted;
    return prepared;
}

Result<> ReplyCalls::close(std::span<const ToolCall> calls, std::string_view why) {
    for (const ToolCall& call : calls) {
        const std::string said = std::exchange(stopped_, {});  // of the first, which was running
        TRY_OK(parts_.session.record(
            ToolResult{.call_id = call.id,
                       .tool = call.name,
                       .evidence = parts_.session.next_evidence(),
                       .text = said.empty() ? std::string(why) : fmt::format("{}: {}", why, said),
                       .fault = std::string(to_string(Fault::Cancelled))}));
    }
    return {};
}

}  // namespace culprit
