// The command line, as what it says.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "agent/config.h"
#include "agent/playbooks/start.h"
#include "agent/tool_commands.h"

namespace culprit {

struct Options {
    std::vector<std::string> roots;  // "NAME=PATH" or "PATH"
    ModelFlags model;
    PrintAs format = PrintAs::Text;
    int most_steps = 0;                // 0: as the settings say
    double timeout_s = 0;              // of a turn; 0: as the settings say
    bool verbose = false;              // ask: what it took, on stderr
    std::vector<std::string> allow;    // rules for what may run without a question
    std::vector<std::string> plugins;  // servers of the project that may be started

    std::string command = "chat";  // the subcommand
    std::string script;            // chat: a file with what is typed
    std::string text;              // ask: the message; "-" or empty: stdin
    std::string output_schema;     // ask: a file
    std::string batch;             // ask: a file with a message a line; "-": stdin
    unsigned at_once = 4;          // ask: messages of a batch
    bool all = false;              // sessions: of all projects
    bool html = false;             // report
    int turn = 0;                  // fork: the last turn to keep; 0: all
    bool enter_sends = false;      // chat: a message ends with its line
    bool resumed = false;          // ask: go on with `session`
    std::string session;           // resume, record, ask: which
    std::string file;              // replay, record: the recording
    bool live_model = false;       // replay
    bool recorded_tools = false;   // replay
    bool update = false;           // replay
    ToolCommand tool;              // set if the subcommand is a tool

    std::string playbook;             // the subcommand is this one, by name or by its file
    PlaybookWords words;              // of its arguments
    std::vector<std::string> unread;  // the same as they were typed, where the playbook is not known yet
    bool debug = false;               // playbooks: show what is sent, and what it took
    bool echo_input = false;          // playbooks: the input before the answer
    bool chat_after = false;          // playbooks: go on as a chat
    std::string output_form;          // playbooks: what the model is told of the form of its answer
};

// What to do, or the exit code if there is nothing more to do (help and version have been printed, wrong use
// explained).
// Each playbook of the shelf is a subcommand, unless its name is one already.
std::variant<Options, int> parse_command_line(int argc, char** argv, const PlaybookShelf& shelf);

}  // namespace culprit
