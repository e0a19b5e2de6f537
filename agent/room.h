// Making room in the model's window before a request does not fit it, or after it did not.
#pragma once

#include "agent/provider/provider.h"
#include "agent/session.h"
#include "agent/terminal.h"

namespace culprit {

enum class Fit {
    Estimated,  // only if the request seems to be too large
    Refused,    // the provider said that it is
};

// Shortens old results to a line each; if that is not enough, has the model sum up what came before, or does
// so without it if it cannot. Both become events; true if there is one. What the summary took is added to
// `used`. Fails if the log cannot be written, or with Cancelled.
Result<bool> make_room(Session& session, Provider& provider, const Request& request, Fit fit,
                       Terminal& terminal, Usage& used, std::stop_token stop);

}  // namespace culprit
