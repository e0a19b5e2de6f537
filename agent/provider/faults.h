// What a model server's errors mean: who can act on them, and how.
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace culprit {

// The reason in the body of an error: {"error":{"message":…}}, {"message":…}, {"error":"…"}, or its text.
std::string reason_in(std::string_view body);

// The error of a status that is not 2xx: Denied (401, 403), NotFound (404), Unavailable (408, 409, 429, 5xx),
// TooLarge (the conversation does not fit the model's window), else Invalid. `what` names status and reason;
// who asked adds what to do.
Error status_error(int status, std::string_view body);

// The error that a server reports inside of a stream, by its type or code and its message. It is taken as
// passing unless its type says that the request is at fault.
Error reported_error(const Json& error);

// "Retry-After": seconds, or milliseconds in "retry-after-ms"; 0 if there is none. A date is taken as none.
std::chrono::milliseconds retry_after(std::string_view seconds, std::string_view milliseconds);

}  // namespace culprit
