// The events of a session, which are all of its state: the request to a model, the transcript and the report
// are views of them. One JSON object a line on disk (docs/sessions.md); inside the program there is no JSON
// but a tool's own data.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/json.h"

namespace culprit {

struct Usage {
    std::int64_t input_tokens = 0;  // all that were sent, cached ones too
    std::int64_t output_tokens = 0;
    std::int64_t cached_tokens = 0;  // of the input
};

// A call that a model asks for. `arguments` is JSON as the model wrote it, so it may be none.
struct ToolCall {
    std::string id, name, arguments;
};

// The first event of a log.
struct SessionStarted {
    static constexpr int kVersion = 1;  // of the log's format
    std::string id;
    std::string program;  // "culprit 0.1.0"
    int version = kVersion;
};

// A folder or file that the session may read from here on. `path` is absolute, or relative to the log's
// folder.
struct RootAdded {
    std::string name, path;
    bool is_file = false;
};

struct UserText {
    std::string text;
};

// A model's whole reply. One without calls ends the turn.
struct AssistantReply {
    std::string text;
    std::vector<ToolCall> calls;
    std::string model;  // who said it: "investigator", "gpt-5"
    Usage usage;
};

// What the policy said of a call, written before the call is run.
struct CallDecided {
    std::string call_id;
    bool allowed = true;
    std::string why;  // the rule, or what the person answered
};

// A file that holds the whole of what a result shows a part of.
struct Artifact {
    std::string path;  // below the session's artefact folder
    std::uint64_t bytes = 0;
    std::string hash;  // content_hash
};

// Every call has exactly one.
struct ToolResult {
    std::string call_id, tool;
    std::string evidence;  // "E7": how write-ups cite it
    std::string text;      // as the model gets it
    Json data;             // the same for programs, null if it was too large for the log
    std::string fault;     // why there is none, as to_string(Fault) names it; empty for a good result
    Artifact artifact;     // path empty: text is the whole
    std::chrono::milliseconds elapsed{0};
};

// One frame of a call stack in a write-up, and what checking it against the source said.
struct CheckedFrame {
    enum class Status { Verified, Corrected, Unverified };
    std::string symbol, file;  // file: as the write-up names it
    int line = 0;
    Status status = Status::Unverified;
    std::string why;  // what was corrected, or what is wrong with it
};

// What the checker found in the write-up before it.
struct WriteUpChecked {
    std::vector<CheckedFrame> frames;
    std::string shown;  // the text as shown, where that is not what the model wrote
    std::string asked;  // what the model was asked to repair; its next reply is the repair. Empty: nothing
};

struct Note {
    std::string text;  // for people: what the program did of its own accord
};

// The person stopped the turn.
struct Cancelled {
    std::string partial;  // what had been shown of the reply by then
};

// The turn ended without an answer.
struct TurnFailed {
    std::string fault, what;
    std::string partial;
};

using EventBody = std::variant<SessionStarted, RootAdded, UserText, AssistantReply, CallDecided, ToolResult,
                               WriteUpChecked, Note, Cancelled, TurnFailed>;

struct Event {
    Time at;
    EventBody body;
};

std::string_view to_string(CheckedFrame::Status status);

}  // namespace culprit
