#include "agent/loop.h"

#include <set>

#include "agent/compose.h"
#include "agent/deadline.h"
#include "agent/grounding/gate.h"
#include "agent/grounding/write_up.h"
#include "agent/nudges.h"
#include "agent/room.h"
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
          stop_(deadline_.token()),
          calls_({session_, terminal_, tools_, parts_.run_call, parts_.judge, parts_.limits.side_by_side,
                  parts_.opening},
                 stop_) {}

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
            TRY(const std::size_t done, calls_.run(*answer));
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
        if (!std::exchange(opened_, true) && !parts_.opening.empty())
            return Answer{.calls = parts_.opening, .stop = StopReason::Calls};
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
        facts_.reset();
        if (!repairing_)
            gate_ = AnswerGate([this](std::string_view text) { return may_show(text); },
                               parts_.checks_answer ? AnswerGate::Checks::All : AnswerGate::Checks::WriteUps);
        Result<> kept;
        terminal_.working(repairing_ ? fmt::format("{} repairs what did not hold", provider_.model())
                                     : fmt::format("asking {}", provider_.model()));
        auto answer = provider_.stream(
            request,
            [&](const Delta& delta) {
                if (const auto* notice = std::get_if<NoticeDelta>(&delta)) terminal_.notice(notice->text);
                if (const auto* call = std::get_if<CallDelta>(&delta))
                    terminal_.working(fmt::format("{} calls {}", provider_.model(), call->name));
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
        TRY_OK(session_.record(AssistantReply{.text = answer.text,
                                              .calls = answer.calls,
                                              .model = std::string(provider_.model()),
                                              .usage = answer.usage,
                                              .stop = answer.stop,
                                              .carried = answer.carried}));
        shown_.clear();  // it is in the log
        return {};
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

    Result<TurnEnd> cancel_calls(std::span<const ToolCall> calls) {
        const std::string_view why = deadline_.passed()
                                         ? "the time for this turn was over before this had a result"
                                         : "the engineer stopped this before it had a result";
        TRY_OK(calls_.close(calls, why));
        if (deadline_.passed()) return end_at_limit(time_limit());
        TRY_OK(session_.record(Cancelled{}));
        terminal_.notice("Stopped. What was found so far is kept; go on with a remark or another question.");
        return TurnEnd::Cancelled;
    }

    // Whether all that the last line of a write-up claims holds: it is shown before the rest is there.
    bool may_show(std::string_view text) {
        const std::size_t line = text.rfind('\n') == std::string_view::npos ? 0 : text.rfind('\n') + 1;
        if (!facts_) facts_.emplace(session_.events());
        const auto claims = check_claims(text, ground(*facts_), line);
        return std::ranges::none_of(claims, [](const CheckedClaim& claim) {
            return claim.status == CheckedClaim::Status::Unverified;
        });
    }

    Ground ground(const Facts& facts) const {
        return {facts, session_.workspace().roots, session_.workspace().source};
    }

    // Checks the write-up. False: the model is asked to repair it.
    Result<bool> conclude(const Answer& answer) {
        write_up_ = repairing_ ? with_repair(write_up_, answer.text) : answer.text;
        if (!repairing_) streamed_ = answer.text;
        if (!parts_.checks_answer && !is_write_up(write_up_)) {
            terminal_.answer(gate_.take_held());
            finish(answer.stop);
            return true;
        }
        const Facts facts(session_.events());
        Checked checked = check_write_up(write_up_, ground(facts));
        WriteUpChecked event{.frames = std::move(checked.frames), .claims = std::move(checked.claims)};
        if (!checked.repair_request.empty() && !std::exchange(repairing_, true)) {
            event.asked = checked.repair_request;
            TRY_OK(session_.record(std::move(event)));
            return false;
        }
        event.shown = checked.text;
        TRY_OK(session_.record(event));
        terminal_.checked(event);
        terminal_.answer(rest_of(checked.text));
        terminal_.end_answer();
        terminal_.answer("\n" + verdict_line(event, !session_.workspace().roots.sources().empty()) + "\n");
        finish(answer.stop);
        return true;
    }

    // What of the checked write-up has not been shown yet; all of it if a repair changed what has.
    std::string rest_of(const std::string& checked) const {
        const std::string_view shown = std::string_view(streamed_).substr(0, gate_.passed());
        if (checked.starts_with(shown)) return checked.substr(shown.size());
        return "\n\nCorrected:\n\n" + checked;
    }

    void finish(StopReason stop) {
        terminal_.end_answer();
        if (stop == StopReason::Length)
            terminal_.notice("The answer reached the model's limit of length; say 'go on' for the rest.");
        if (stop == StopReason::Refused) terminal_.notice("The model declined to go on.");
    }

    // A write-up that cannot be repaired any more is shown as it is, with its marks.
    Result<> show_unrepaired() {
        if (repairing_) TRY_OK(conclude(Answer{}));
        return {};
    }

    Result<TurnEnd> end_without_answer(const Error& error) {
        TRY_OK(show_unrepaired());
        terminal_.end_answer();
        if (error.fault == Fault::Cancelled && deadline_.passed()) return tell_limit(time_limit());
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
        TRY_OK(show_unrepaired());
        return tell_limit(limit);
    }

    Result<TurnEnd> tell_limit(std::string_view limit) {
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
    ReplyCalls calls_;
    int nudges_ = 0;
    bool opened_ = false;  // the opening calls were made
    AnswerGate gate_{[](std::string_view) { return true; }};
    std::string shown_;           // of the reply that is coming
    std::string streamed_;        // the answer as it came
    std::string write_up_;        // the same, while it is being repaired
    std::optional<Facts> facts_;  // of the session, while an answer comes
    bool repairing_ = false;
};

}  // namespace

Result<TurnEnd> run_turn(TurnParts parts, std::string message, std::stop_token stop) {
    TRY_OK(parts.session.record(UserText{std::move(message), parts.playbook}));
    return Turn(std::move(parts), std::move(stop)).run();
}

}  // namespace culprit
