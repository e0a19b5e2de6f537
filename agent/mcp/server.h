// `culprit mcp`: every tool, served over stdin and stdout by the Model Context Protocol.
//
// Calls that only read run side by side, the others one by one; what would run something needs a rule that
// allows it, as no person can be asked. Each call and its result is logged in a session.
#pragma once

#include <stop_token>

#include "agent/consent.h"
#include "agent/session.h"
#include "tools/toolbox.h"

namespace culprit {

// Serves until stdin ends or `stop`; calls that still run are stopped then. Fails if the session cannot be
// written.
Result<> serve_mcp(Session& session, const Toolbox& tools, const Judge& judge, std::stop_token stop);

}  // namespace culprit
