// What a tool that runs something says before it does: what it will start, and what of the machine it must
// reach. The person is shown both, and the sandbox opens nothing else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace culprit {

// Everything else of the disk is read-only; home folders, /tmp, /run and places of keys are empty but for the
// source roots, the session's artefacts and installed tool chains. Paths are absolute and real.
struct Needs {
    std::vector<fs::path> writes;   // folders and files it may write
    std::vector<fs::path> reads;    // folders and files of hidden places that it may read
    std::vector<fs::path> sockets;  // Unix sockets it may talk to
    bool network = false;
    bool processes = false;   // sees, and may signal, the person's processes
    bool unconfined = false;  // runs outside of the sandbox, with all that the person may do

    bool artifacts = false;  // may write in the session's artefact folder: granted to whatever is allowed

    bool operator==(const Needs&) const = default;
};

// Adds what `more` needs and `needs` has not got yet.
void add_needs(Needs& needs, const Needs& more);

// True if all that `wanted` asks for is in `granted`. What lies below a granted folder is granted, what may
// be written may be read, and without the sandbox everything is granted.
bool covers(const Needs& granted, const Needs& wanted);

// As it is written in rules and shown in questions: "+network +write=/home/you/src". Empty: no needs.
std::string needs_text(const Needs& needs);

// Something that is started: a program with its arguments, or a line for the shell.
struct Start {
    std::vector<std::string> argv = {};
    std::string line = {};                      // if argv is empty
    fs::path folder = {};                       // where it runs; real
    std::string host = {};                      // the line runs there, by ssh
    std::vector<std::string> environment = {};  // "NAME=value", added to ours
};

// As a person would type it: words quoted where they need it.
std::string start_text(const Start& start);
std::string quoted(const std::vector<std::string>& words);

struct Plan {
    std::vector<Start> starts;  // nothing: the call starts nothing, and is not asked about
    Needs needs = {};
    bool by_culprit = false;  // it does this itself: no program is started that could be boxed
    // The String argument that holds the command line, if there is one: what a person may edit. `replaces` is
    // left out of the arguments then.
    std::string_view editable = {}, replaces = {};
};

// True if it starts something that is to be boxed.
inline bool starts_programs(const Plan& plan) { return !plan.starts.empty() && !plan.by_culprit; }

}  // namespace culprit
