// Commands on other machines, through the person's own ssh: its configuration, keys, agent and jump hosts.
#pragma once

#include <stop_token>
#include <string>

#include "tools/run/connections.h"
#include "tools/run/runner.h"

namespace culprit {

struct HostRequest {
    std::string host;  // as ssh takes it: "web1", "me@10.0.0.7"
    std::string line;  // for the shell there
    std::string input = {};
    std::chrono::milliseconds limit{std::chrono::minutes(1)};
    std::string name = "host";  // of the file that keeps its output
    bool shown = true;          // while it runs, at the terminal
};

// Runs the line there, to its end or its limit; the limit counts on that machine too, where it has
// timeout(1). A stop ends it there at once, with what it started. Nothing asks for a password. Fails with
// Invalid for a name that ssh would take for an option, Unavailable if the host cannot be found or reached,
// does not answer, or cuts the connection in the middle (with what came until then), Denied if it is not the
// host that ssh knows or takes no key, each with the next step; else as Runner::run does.
Result<RunReport> run_on_host(Runner& runner, const HostRequest& request, std::stop_token stop);

}  // namespace culprit
