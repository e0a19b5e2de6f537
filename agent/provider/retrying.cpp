#include "agent/provider/retrying.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::string_view kGoOn =
    "[Your reply was cut off by the connection. Go on exactly where it stopped, in the middle of the word if "
    "need be: "
    "repeat nothing and say nothing about the cut. Tool calls that you had begun did not arrive: make them "
    "again.]";

bool may_pass(Fault fault) {
    return fault == Fault::Unavailable || fault == Fault::TimedOut || fault == Fault::Corrupt;
}

std::chrono::milliseconds wait_before(int attempt, const Error& error, const RetryRules& rules) {
    if (error.retry_after.count() > 0) return error.retry_after;
    const auto doubled = rules.first_wait * (std::int64_t{1} << std::min(attempt, 20));
    static thread_local std::minstd_rand random{std::random_device{}()};
    const double jitter = std::uniform_real_distribution(0.75, 1.25)(random);
    return std::chrono::milliseconds(static_cast<std::int64_t>(
        static_cast<double>(std::min<std::int64_t>(doubled.count(), rules.longest_wait.count())) * jitter));
}

// False if it was stopped.
bool wait_for(std::chrono::milliseconds time, std::stop_token stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

// The same conversation, with what has come of the reply and the request to go on.
Request going_on(const Request& request, std::string_view said) {
    Request next{.system = request.system, .messages = request.messages, .tools = request.tools};
    if (trim(said).empty()) return next;
    next.messages.push_back({.role = Message::Role::Assistant, .text = said});
    next.messages.push_back({.role = Message::Role::User, .text = kGoOn});
    return next;
}

std::string seconds_text(std::chrono::milliseconds time) {
    return duration_text(static_cast<double>(time.count()) * 1e6);
}

}  // namespace

Result<Answer> RetryingProvider::stream(const Request& request, const OnDelta& on_delta,
                                        std::stop_token stop) {
    std::string said;  // of the reply, in all attempts
    const OnDelta keep = [&](const Delta& delta) {
        if (const auto* text = std::get_if<TextDelta>(&delta)) said += text->text;
        on_delta(delta);
    };
    for (int attempt = 1;; ++attempt) {
        const std::string before = said;
        auto answer = inner_->stream(before.empty() ? request : going_on(request, before), keep, stop);
        if (answer) {
            answer->text = before + answer->text;
            if (!before.empty()) answer->carried = {};  // it belongs to a part of the reply alone
            return answer;
        }
        const Error& error = answer.error();
        if (!may_pass(error.fault) || stop.stop_requested()) return answer;
        if (attempt >= rules_.attempts) {
            return std::unexpected(
                Error{error.fault, fmt::format("{} (after {} attempts); send again later, or choose "
                                               "another model with --model",
                                               error.what, attempt)});
        }
        const auto wait = wait_before(attempt - 1, error, rules_);
        if (wait > rules_.longest_asked) {
            return std::unexpected(
                Error{error.fault,
                      fmt::format("{}; it asks to wait {}: send again then", error.what, seconds_text(wait)),
                      error.retry_after});
        }
        on_delta(NoticeDelta{fmt::format("{}; asking again in {} ({} of {})", error.what, seconds_text(wait),
                                         attempt + 1, rules_.attempts)});
        if (!wait_for(wait, stop)) return std::unexpected(cancelled());
    }
}

}  // namespace culprit
