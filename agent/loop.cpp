#include "agent/loop.h"

#include <set>

#include "agent/cited_frames.h"
#include "agent/compose.h"
#include "agent/grounding.h"
#include "agent/policy.h"
#include "base/text.h"

namespace culprit {
namespace {

class Turn {
  public:
    Turn(TurnParts parts, std::stop_token stop)
        : session_(parts.session),
          provider_(parts.provider),
          terminal_(parts.terminal),
          invoke_(std::move(parts.run_call)),
          limits_(parts.limits),
          stop_(std::move(stop)) {}

    Result<TurnEnd> run() {
        for (int step = 0; step < limits_.most_steps; ++step) {
            auto answer = ask();
            if (!answer && repairing_ && answer.error().fault != Fault::Cancelled) {
                terminal_.notice("The call stack could not be repaired: " + answer.error().what);
                answer = Answer{};  // what there is gets shown, with its marks
            }
            if (!answer) return end_without_answer(answer.error());
            const bool empty = answer->text.empty() && answer->calls.empty();
            if (empty && !repairing_) {
                return end_without_answer(
                    {Fault::Unavailable, "the model said nothing; send the message again"});
            }
            if (!empty)
                TRY_OK(session_.record(AssistantReply{.text = answer->text,
                                                      .calls = answer->calls,
                                                      .model = std::string(provider_.model()),
                                                      .usage = answer->usage}));
            if (answer->calls.empty()) {
                TRY(const bool done, conclude(*answer));
                if (done) return TurnEnd::Answered;
                continue;
            }
            terminal_.answer(gate_.take_held());
            terminal_.end_answer();
            for (std::size_t i = 0; i < answer->calls.size(); ++i) {
                TRY(const bool done, run_call(answer->calls[i]));
                if (!done) return cancel_calls(std::span(answer->calls).subspan(i));
            }
        }
        const std::string what = fmt::format(
            "{} steps without an answer: the limit of one turn. Say 'go on' to let it "
            "continue",
            limits_.most_steps);
        terminal_.failure(what);
        TRY_OK(session_.record(TurnFailed{.fault = "limit", .what = what}));
        return TurnEnd::Limited;
    }

  private:
    Result<Answer> ask() {
        Request request{.tools = all_tools()};
        Workspace& workspace = session_.workspace();
        TRY(request.system, system_prompt(workspace.roots, workspace.memory.head()));
        add_conversation(session_.events(), request);
        shown_.clear();
        if (!repairing_) gate_ = {};
        Result<> kept;
        auto answer = provider_.stream(
            request,
            [&](const Delta& delta) {
                const auto* text = std::get_if<TextDelta>(&delta);
                if (text && !repairing_ && kept) kept = show(gate_.feed(text->text));
            },
            stop_);
        if (!kept) return std::unexpected(std::move(kept).error());
        if (answer) make_ids_unique(answer->calls);
        return answer;
    }

    // In the partial file first, then on the screen.
    Result<> show(std::string_view piece) {
        if (piece.empty()) return {};
        TRY_OK(session_.keep_partial(piece));
        shown_ += piece;
        terminal_.answer(piece);
        return {};
    }

    // Models name their calls as they like; an id must name one call of its reply.
    static void make_ids_unique(std::vector<ToolCall>& calls) {
        std::set<std::string, std::less<>> taken;
        for (ToolCall& call : calls) {
            const std::string wanted = call.id.empty() ? "call" : call.id;
            for (int number = 1; call.id.empty() || !taken.insert(call.id).second; ++number) {
                call.id = fmt::format("{}_{}", wanted, number);
            }
        }
    }

    // False if the person stopped it.
    Result<bool> run_call(const ToolCall& call) {
        if (stop_.stop_requested()) return false;
        TRY(const Error refusal, decide_call(call));
        const std::string evidence = session_.next_evidence();
        ToolResult result{.call_id = call.id, .tool = call.name, .evidence = evidence};
        if (refusal.what.empty()) {
            Workbench bench = session_.workspace().bench(stop_);
            auto invoked = invoke_(call, evidence, bench);
            if (!invoked && invoked.error().fault == Fault::Cancelled) return false;
            TRY(result, std::move(invoked));
        } else {
            result.fault = to_string(refusal.fault);
            result.text = refusal.what;
        }
        TRY_OK(session_.record(result));
        terminal_.call_done(call, result);
        return true;
    }

    // What keeps the call from being run; an empty text if nothing does.
    Result<Error> decide_call(const ToolCall& call) {
        const Tool* tool = find_tool(call.name);
        if (!tool) return Error{};  // invoke says which there are
        Decision decision = decide(tool->effect, terminal_.can_ask());
        if (decision.verdict == Decision::Verdict::Ask) {
            const bool yes = terminal_.confirm(fmt::format("Run {} {}?", call.name, call.arguments));
            decision = {yes ? Decision::Verdict::Allow : Decision::Verdict::Deny,
                        yes ? "the person said yes" : "the person said no"};
        }
        const bool allowed = decision.verdict == Decision::Verdict::Allow;
        TRY_OK(session_.record(CallDecided{call.id, allowed, decision.why}));
        if (allowed) return Error{};
        return Error{Fault::Denied, fmt::format("{} was not run: {}", call.name, decision.why)};
    }

    Result<TurnEnd> cancel_calls(std::span<const ToolCall> calls) {
        for (const ToolCall& call : calls) {
            TRY_OK(session_.record(ToolResult{.call_id = call.id,
                                              .tool = call.name,
                                              .evidence = session_.next_evidence(),
                                              .text = "the engineer stopped this before it had a result",
                                              .fault = std::string(to_string(Fault::Cancelled))}));
        }
        TRY_OK(session_.record(Cancelled{}));
        terminal_.notice("Stopped. What was found so far is kept; go on with a remark or another question.");
        return TurnEnd::Cancelled;
    }

    // Checks the write-up. False: the model is asked to repair it.
    Result<bool> conclude(const Answer& answer) {
        if (repairing_)
            write_up_ = with_frames_of(write_up_, answer.text);
        else
            write_up_ = answer.text;
        if (!is_write_up(write_up_)) {
            terminal_.answer(gate_.take_held());
            finish(answer.stop);
            return true;
        }
        Checked checked = check_write_up(write_up_, session_.workspace().roots, session_.workspace().source);
        if (!checked.repair_request.empty() && !std::exchange(repairing_, true)) {
            write_up_ = checked.text;
            TRY_OK(
                session_.record(WriteUpChecked{.frames = checked.frames, .asked = checked.repair_request}));
            return false;
        }
        TRY_OK(session_.record(WriteUpChecked{.frames = checked.frames, .shown = checked.text}));
        terminal_.answer(std::string_view(checked.text).substr(gate_.passed()));
        terminal_.end_answer();
        terminal_.answer("\n" + verdict_line(checked.frames, !session_.workspace().roots.sources().empty()) +
                         "\n");
        finish(answer.stop);
        return true;
    }

    void finish(StopReason stop) {
        terminal_.end_answer();
        if (stop == StopReason::Length)
            terminal_.notice("The answer reached the model's limit of length; say 'go on' for the rest.");
        if (stop == StopReason::Refused) terminal_.notice("The model declined to go on.");
    }

    Result<TurnEnd> end_without_answer(const Error& error) {
        terminal_.end_answer();
        if (error.fault == Fault::Cancelled) {
            TRY_OK(session_.record(Cancelled{shown_}));
            terminal_.notice(
                "Stopped. What was said so far is kept; go on with a remark or another question.");
            return TurnEnd::Cancelled;
        }
        TRY_OK(session_.record(TurnFailed{std::string(to_string(error.fault)), error.what, shown_}));
        terminal_.failure(error.what);
        return TurnEnd::Failed;
    }

    Session& session_;
    Provider& provider_;
    Terminal& terminal_;
    CallRunner invoke_;
    TurnLimits limits_;
    std::stop_token stop_;
    FrameGate gate_;
    std::string shown_;     // of the reply that is coming
    std::string write_up_;  // the answer, while it is being repaired
    bool repairing_ = false;
};

}  // namespace

Result<TurnEnd> run_turn(TurnParts parts, std::string message, std::stop_token stop) {
    TRY_OK(parts.session.record(UserText{std::move(message)}));
    return Turn(std::move(parts), std::move(stop)).run();
}

}  // namespace culprit
