#include "agent/provider/faults.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace culprit {
namespace {

// How providers say that a conversation is longer than the model's window.
constexpr std::array<std::string_view, 11> kTooLong = {
    "context_length_exceeded",
    "maximum context length",
    "context length",
    "context window",
    "prompt is too long",
    "input is too long",
    "too many tokens",
    "exceeds the maximum number of tokens",
    "input token count",
    "exceed context limit",
    "exceeds the available context size",
};

bool says_too_long(std::string_view text) {
    return std::ranges::any_of(kTooLong,
                               [&](std::string_view part) { return contains_ignoring_case(text, part); });
}

// Types and codes that say that to ask the same again is of no use.
bool is_at_fault(std::string_view type) {
    constexpr std::array<std::string_view, 7> kTypes = {
        "invalid_request_error", "invalid_prompt",   "authentication_error", "permission_error",
        "not_found_error",       "INVALID_ARGUMENT", "invalid_api_key",
    };
    return std::ranges::find(kTypes, type) != kTypes.end();
}

double number_in(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(number) && number > 0
               ? number
               : 0;
}

}  // namespace

std::string reason_in(std::string_view body) {
    if (auto json = parse_json(body, "the answer")) {
        if (json->is_array() && !json->empty()) json = Json(json->front());  // as Gemini has it
        for (const std::string& text : {text_at(member(*json, "error"), "message"), text_at(*json, "message"),
                                        text_at(*json, "error"), text_at(*json, "detail")}) {
            if (!text.empty()) return one_line(printable(text), 400);
        }
    }
    const std::string text = one_line(printable(trim(body)), 200);
    return text.empty() ? "it gave no reason" : text;
}

Error status_error(int status, std::string_view body) {
    const std::string what = fmt::format("the model server answered {}: {}", status, reason_in(body));
    if (status == 401 || status == 403) return {Fault::Denied, what};
    if (status == 404) return {Fault::NotFound, what};
    if ((status == 400 || status == 413 || status == 422) && says_too_long(body))
        return {Fault::TooLarge, what};
    if (status == 408 || status == 409 || status == 429 || status >= 500) return {Fault::Unavailable, what};
    return {Fault::Invalid, what};
}

Error reported_error(const Json& error) {
    const std::string code = text_at(error, "code"), type = text_at(error, "type"),
                      status = text_at(error, "status");
    const std::string message = error.is_string() ? error.get<std::string>() : text_at(error, "message");
    const std::string what =
        fmt::format("the model server reports in the middle of its answer: {}",
                    one_line(printable(message.empty() ? dump_json(error) : message), 400));
    if (says_too_long(code) || says_too_long(message)) return {Fault::TooLarge, what};
    if (is_at_fault(code) || is_at_fault(type) || is_at_fault(status)) return {Fault::Invalid, what};
    return {Fault::Unavailable, what};
}

std::chrono::milliseconds retry_after(std::string_view seconds, std::string_view milliseconds) {
    constexpr double kMost = 86400e3;
    if (const double number = number_in(milliseconds); number > 0)
        return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(number, kMost)));
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(number_in(seconds) * 1000, kMost)));
}

}  // namespace culprit
