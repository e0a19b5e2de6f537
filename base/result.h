// Results and errors: how every part of culprit reports failure.
//
// A function that can fail returns Result<T>; exceptions of libraries end in the function that calls the
// library.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace culprit {

// Who can act on an error, and how.
//   Invalid      the input is wrong: correct it             NotFound     the named thing does not exist
//   Denied       a policy or permission refuses it          TimedOut     a stated limit was reached
//   Unavailable  may work later: retried, then shown        Corrupt      a file is damaged: names file and
//   place Cancelled    the person stopped it: unwinds quietly     Internal     a bug of culprit's own
//   TooLarge     more than the other side takes at once: make it smaller, then again
enum class Fault { Invalid, NotFound, Denied, TimedOut, Unavailable, Corrupt, Cancelled, Internal, TooLarge };

struct Error {
    Fault fault = Fault::Internal;
    std::string what;                          // what was tried, on what, and the next step
    std::chrono::milliseconds retry_after{0};  // with Unavailable: what the other side asked for; 0 = nothing
};

template <class T = void>
using Result = std::expected<T, Error>;

// An error to return: `return fail(Fault::NotFound, "no file {}", path);`
template <class... Args>
std::unexpected<Error> fail(Fault fault, fmt::format_string<Args...> format, Args&&... args) {
    return std::unexpected(Error{fault, fmt::format(format, std::forward<Args>(args)...)});
}

inline Error cancelled() { return {Fault::Cancelled, "cancelled"}; }

// The name of a fault as it stands in logs and JSON: "not_found".
std::string_view to_string(Fault fault);

}  // namespace culprit

#define CULPRIT_JOIN_(a, b) a##b
#define CULPRIT_JOIN(a, b) CULPRIT_JOIN_(a, b)

// Declares `declaration` from the value of a Result, or returns its error. A statement, never part of an
// expression: g++ 12 leaks half-built objects when a statement expression returns from inside a braced
// initialiser.
#define TRY(declaration, ...)                                                       \
    auto CULPRIT_JOIN(result_, __LINE__) = (__VA_ARGS__);                           \
    if (!CULPRIT_JOIN(result_, __LINE__))                                           \
        return std::unexpected(std::move(CULPRIT_JOIN(result_, __LINE__)).error()); \
    declaration = *std::move(CULPRIT_JOIN(result_, __LINE__))

// The same where there is nothing to keep.
#define TRY_OK(...)                                                \
    do {                                                           \
        if (auto result_ok_ = (__VA_ARGS__); !result_ok_)          \
            return std::unexpected(std::move(result_ok_).error()); \
    } while (false)
