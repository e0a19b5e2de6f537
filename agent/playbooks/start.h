// From what a person typed to a playbook that can be run: arguments read, inputs where tools can read them,
// commands run.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "agent/session.h"
#include "prompts/playbook.h"
#include "sessions/event.h"
#include "tools/toolbox.h"

namespace culprit {

// What stands after "/topn": words, those in quotes as one, "--name VALUE" for options. Invalid: more words
// than the playbook has arguments, or an option that it has not.
Result<PlaybookWords> words_of(const Playbook& playbook, std::string_view line);

// How the ids of opening calls begin.
inline constexpr std::string_view kOpeningId = "opening_";

struct PlaybookStart {
    std::string message;  // for the model: what was typed, then the playbook
    std::string words;    // what the person said in words of their own, for who does without a playbook
    std::vector<ToolCall> opening;
    std::string echo;     // the inputs, for --echo-input
    PlaybookWords again;  // what starts it once more, with the inputs that were kept
};

struct PlaybookInputs {
    fs::path base;                                    // where relative paths begin
    std::function<Result<std::string>()> piped = {};  // what is piped in; empty: nothing can be
    std::function<void(std::string_view)> tell;       // what is done meanwhile
    std::stop_token stop;
};

// Files become readable in the session; what was piped in and what commands printed is kept beside it. Fails
// with Invalid, saying how the playbook is called, if a required argument is missing, NotFound for a file
// that is not there, or as look_at() does.
Result<PlaybookStart> start_playbook(const Playbook& playbook, const PlaybookWords& words, Session& session,
                                     const PlaybookInputs& inputs);

// "culprit topn [INPUT] [--problem TEXT]"
std::string usage_of(const Playbook& playbook, std::string_view before);

// The tools that the playbook leaves to the model; all if it names none.
Toolbox tools_for(const Playbook& playbook, const Toolbox& tools);

// The tool by which a model opens a playbook by itself. `shelf` must outlive the toolbox.
OfferedTool playbook_tool(const PlaybookShelf& shelf);

}  // namespace culprit
