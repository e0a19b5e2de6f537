#include "agent/loop.h"

#include <set>

#include "agent/cited_frames.h"
#include "agent/compose.h"
#include "agent/deadline.h"
#include "agent/grounding.h"
#include "agent/nudges.h"
#include "agent/policy.h"
#include "agent/repeated_calls.h"
#include "agent/room.h"
#include "agent/side_by_side.h"
#include "base/text.h"

namespace culprit {
namespace {

class Turn {
  public:
    Turn(TurnParts parts, std::stop_token stop)
        : session_(parts.session),
          provider_(parts.provider),
          terminal_(parts.terminal),
          tools_(parts.tools),
          parts_(std::move(parts)),
          budget_(parts_.limits, provider_.facts().prices),
          deadline_(std::move(stop), parts_.limits.most_time),
          stop_(deadline_.token()) {}

    Result<TurnEnd> run() {
        for (int step = 0;; ++step) {
            if (const std::string limit = budget_.reached(step); !limit.empty()) return end_at_limit(limit);
            auto answer = ask();
            if (!answer && repairing_ && answer.error().fault != Fault::Cancelled) {
                terminal_.notice("The call stack could not be repaired: " + answer.error().what);
                answer = Answer{};  // what there is gets shown, with its marks
            }
            if (!answer) return end_without_answer(answer.error());
            budget_.add(answer->usage);
            const bool empty = answer->text.empty() && answer->calls.empty();
            if (empty && !repairing_) {
                if (nudges_++ == kMostNudges) return end_without_answer(silence(*answer));
                TRY_OK(session_.record(Nudged{nudge(*answer)}));
                continue;
            }
            if (!empty) TRY_OK(record(*answer));
            if (answer->calls.empty()) {
                TRY(const bool done, conclude(*answer));
                if (done) return TurnEnd::Answered;
                continue;
            }
            terminal_.answer(gate_.take_held());
            terminal_.end_answer();
            TRY(const std::size_t done, run_calls(*answer));
            if (done < answer->calls.size()) return cancel_calls(std::span(answer->calls).subspan(done));
        }
    }

  private:
    Result<Request> compose() {
        if (parts_.before_reply) parts_.before_reply();
        return compose_request(session_, tools_, provider_.model());
    }

    // The next reply. If the conversation does not fit the model's window, room is made first; if it turns
    // out only then that it does not, once more.
    Result<Answer> ask() {
        TRY(Request request, compose());
        Usage used;
        TRY_OK(make_room_in(request, Fit::Estimated, used));
        auto answer = stream(request);
        if (!answer && answer.error().fault == Fault::TooLarge && shown_.empty()) {
            TRY_OK(make_room_in(request, Fit::Refused, used));
            answer = stream(request);
        }
        budget_.add(used);
        return answer;
    }

    Result<> make_room_in(Request& request, Fit fit, Usage& used) {
        TRY(const bool made_room, make_room(session_, provider_, request, fit, terminal_, used, stop_));
        if (!made_room) return {};
        TRY(request, compose());
        return {};
    }

    Result<Answer> stream(const Request& request) {
        shown_.clear();
        if (!repairing_) gate_ = {};
        Result<> kept;
        auto answer = provider_.stream(
            request,
            [&](const Delta& delta) {
                if (const auto* notice = std::get_if<NoticeDelta>(&delta)) terminal_.notice(notice->text);
                const auto* text = std::get_if<TextDelta>(&delta);
                if (text && !repairing_ && kept) kept = show(gate_.feed(text->text));
            },
            stop_);
        if (!kept) return std::unexpected(std::move(kept).error());
        if (answer) {
            provider_.estimate().learn(request_bytes(request), answer->usage.input_tokens);
            make_ids_unique(answer->calls);
        }
        return answer;
    }

    Result<> record(const Answer& answer) {
        return session_.record(AssistantReply{.text = answer.text,
                                              .calls = answer.calls,
                                              .model = std::string(provider_.model()),
                                              .usage = answer.usage,
                                              .stop = answer.stop,
                                              .carried = answer.carried});
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

    bool only_reads(std::string_view name) const {
        const OfferedTool* tool = tools_.find(name);
        return tool && tool->effect == Effect::Reads;
    }

    // The calls of a reply: neighbours that only read side by side, the others one by one. How many have
    // their results; fewer than there are if the turn was stopped.
    Result<std::size_t> run_calls(const Answer& answer) {
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

    Result<std::size_t> run_together(const Answer& answer, std::span<const ToolCall> calls) {
        if (stop_.stop_requested()) return 0;
        std::vector<Error> refusals;
        std::vector<std::string> evidence;
        for (const ToolCall& call : calls) {
            TRY(Error refusal, decide_call(answer, call));
            refusals.push_back(std::move(refusal));
            evidence.push_back(session_.next_evidence(evidence.size()));
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
            Workbench bench = session_.workspace().bench(stop_);
            return parts_.run_call(calls[i], evidence[i], bench);
        };
        std::size_t done = 0;
        const auto keep = [&](std::size_t i, Result<ToolResult> result) -> Result<bool> {
            if (!result && result.error().fault == Fault::Cancelled) return false;
            if (!result) return std::unexpected(std::move(result).error());
            TRY_OK(session_.record(*result));
            terminal_.call_done(calls[i], *result);
            done = i + 1;
            return true;
        };
        TRY_OK(run_side_by_side<ToolResult>(calls.size(), parts_.limits.side_by_side, run_one, keep));
        return done;
    }

    // What keeps the call from being run; an empty text if nothing does.
    Result<Error> decide_call(const Answer& answer, const ToolCall& call) {
        if (is_cut(answer, call)) return Error{Fault::Invalid, std::string(kCutCall)};
        const std::string hint =
            repetition_hint(session_.events(), call, [&](std::string_view name) { return only_reads(name); });
        if (!hint.empty()) return Error{Fault::Denied, hint};
        const OfferedTool* tool = tools_.find(call.name);
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
        const std::string_view why = deadline_.passed()
                                         ? "the time for this turn was over before this had a result"
                                         : "the engineer stopped this before it had a result";
        for (const ToolCall& call : calls) {
            TRY_OK(session_.record(ToolResult{.call_id = call.id,
                                              .tool = call.name,
                                              .evidence = session_.next_evidence(),
                                              .text = std::string(why),
                                              .fault = std::string(to_string(Fault::Cancelled))}));
        }
        if (deadline_.passed()) return end_at_limit(time_limit());
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
        if (error.fault == Fault::Cancelled && deadline_.passed()) return end_at_limit(time_limit());
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

    std::string time_limit() const {
        return duration_text(static_cast<double>(parts_.limits.most_time.count()) * 1e6) +
               " without an answer";
    }

    Result<TurnEnd> end_at_limit(std::string_view limit) {
        const std::string what =
            fmt::format("{}: the limit of one turn. Say 'go on' to let it continue", limit);
        terminal_.failure(what);
        TRY_OK(session_.record(TurnFailed{.fault = "limit", .what = what, .partial = shown_}));
        return TurnEnd::Limited;
    }

    Session& session_;
    Provider& provider_;
    Terminal& terminal_;
    Toolbox& tools_;
    TurnParts parts_;
    Budget budget_;
    Deadline deadline_;
    std::stop_token stop_;
    int nudges_ = 0;
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
