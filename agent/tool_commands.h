// The tools as subcommands for people and scripts: `culprit profile top FILE --limit 5`. All of it comes from
// the tool table.
#pragma once

#include <functional>

#include "agent/project.h"

namespace CLI {
class App;
}

namespace culprit {

enum class PrintAs { Text, JSON, StreamJSON };  // the last of ask alone

// A tool as it was called on the command line.
struct ToolCommand {
    const Tool* tool = nullptr;
    Json arguments;  // as a model would give them, paths as they were typed
};

// Adds a subcommand for each tool, and has `chosen` filled in when one is parsed.
void add_tool_commands(CLI::App& app, ToolCommand& chosen);

// What runs something is not asked about, as a person typed it; what it needs is opened in the sandbox, and
// where there is none, that is told and it runs without.
//
// Runs it and prints to stdout; what went wrong goes to stderr. If the only required argument was left out,
// it is read from stdin, one call a line. Returns the exit code.
int run_tool_command(const ToolCommand& command, PrintAs format, Workspace& workspace, const fs::path& base,
                     Workbench& bench);

}  // namespace culprit
