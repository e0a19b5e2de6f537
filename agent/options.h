// The command line, as what it says.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "agent/config.h"
#include "agent/tool_commands.h"

namespace culprit {

struct Options {
    std::vector<std::string> roots;  // "NAME=PATH" or "PATH"
    ModelFlags model;
    PrintAs format = PrintAs::Text;
    int most_steps = 0;                // 0: as the settings say
    double timeout_s = 0;              // of a turn; 0: as the settings say
    bool verbose = false;              // ask: what it took, on stderr
    std::vector<std::string> plugins;  // servers of the project that may be started

    std::string command = "chat";  // the subcommand
    std::string script;            // chat: a file with what is typed
    std::string text;              // ask: the message; "-" or empty: stdin
    std::string output_schema;     // ask: a file
    std::string batch;             // ask: a file with a message a line; "-": stdin
    unsigned at_once = 4;          // ask: messages of a batch
    bool resumed = false;          // ask: go on with `session`
    std::string session;           // resume, record, ask: which
    std::string file;              // replay, record: the recording
    bool live_model = false;       // replay
    bool recorded_tools = false;   // replay
    bool update = false;           // replay
    ToolCommand tool;              // set if the subcommand is a tool
};

// What to do, or the exit code if there is nothing more to do (help and version have been printed, wrong use
// explained).
std::variant<Options, int> parse_command_line(int argc, char** argv);

}  // namespace culprit
