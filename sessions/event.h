// The events of a session, which are all of its state: the request to a model, the transcript and the report
// are views of them. One JSON object a line on disk (docs/sessions.md); inside the program there is no JSON
// but a tool's own data.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
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
    std::int64_t cached_tokens = 0;   // of the input: read from the provider's cache
    std::int64_t written_tokens = 0;  // of the input: written to it, where that has a price of its own

    Usage& operator+=(const Usage& other) {
        input_tokens += other.input_tokens;
        output_tokens += other.output_tokens;
        cached_tokens += other.cached_tokens;
        written_tokens += other.written_tokens;
        return *this;
    }
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

// The words that were given for each argument of a playbook.
using PlaybookWords = std::map<std::string, std::vector<std::string>, std::less<>>;

// A playbook by its name, or its file, and what it was started with: what was piped in by the name under
// which it was kept.
struct StartedPlaybook {
    std::string name;
    PlaybookWords words;
};

struct UserText {
    std::string text;
    StartedPlaybook playbook = {};  // that made the text; no name: the person typed it
};

enum class StopReason { Done, Calls, Length, Refused };

// What a provider must get back unchanged with a reply of its own: signed thinking and the like. It means
// nothing to anyone else.
struct Carried {
    std::string wire;  // whose it is: "anthropic"; empty: there is none
    std::string data;
};

// A model's whole reply. One without calls ends the turn.
struct AssistantReply {
    std::string text;
    std::vector<ToolCall> calls;
    std::string model;  // who said it: "investigator", "gpt-5"
    Usage usage;
    StopReason stop = StopReason::Done;  // Length and Refused are kept; Calls follows from the calls
    Carried carried = {};
};

// What the policy said of a call, written before the call is run.
struct CallDecided {
    std::string call_id;
    bool allowed = true;
    std::string why;             // the rule, or what the person answered
    std::string shown = {};      // of what runs something: what it starts and needs, as it was shown
    std::string arguments = {};  // as the person edited them; empty: as the model gave them
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

// A figure, name or citation in a write-up, and what checking it against the session's results said.
struct CheckedClaim {
    enum class Kind { Figure, Name, Citation };
    enum class Status {
        Verified,    // a result of the session, or the source, says so
        Derived,     // follows from verified figures beside it
        Unverified,  // does not hold
        Unknown,     // cannot be told: a proposal, or a name outside of the sources
    };
    Kind kind = Kind::Figure;
    std::string text;
    Status status = Status::Unverified;
    std::string evidence;            // the result that says so: "E7"
    std::string why;                 // what is wrong, or what it follows from
    std::size_t begin = 0, end = 0;  // in the text that was checked; not kept in the log
};

// What the checker found in the write-up before it.
struct WriteUpChecked {
    std::vector<CheckedFrame> frames;
    std::vector<CheckedClaim> claims;
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

// What the program said to the model of its own accord, in the person's place: "your reply was empty".
struct Nudged {
    std::string text;
};

// From here on the model is shown a line in place of each of these results; the whole of each is in the
// session's artefact folder.
struct ResultsShortened {
    std::vector<std::string> evidence;  // "E7"
};

// From here on this stands for all that came before it, but for the roots.
struct Summarized {
    std::string text;     // written by the model, or by the program if the model could not
    std::string message;  // the person's, if its turn goes on
    std::vector<std::pair<std::string, Usage>> spent;  // by all models until then
};

// The person took the last turn back: it is left out of everything that is made of the log, but for what it
// cost.
struct Undone {
    std::vector<std::pair<std::string, Usage>> spent;  // by models in that turn
};

// The text of a file beside the session, as it stands in a recording.
struct ArtifactKept {
    std::string name, text;
};

using EventBody =
    std::variant<SessionStarted, RootAdded, UserText, AssistantReply, CallDecided, ToolResult, WriteUpChecked,
                 Note, Cancelled, TurnFailed, Nudged, ResultsShortened, Summarized, Undone, ArtifactKept>;

struct Event {
    Time at;
    EventBody body;
};

std::string_view to_string(CheckedFrame::Status status);
std::string_view to_string(CheckedClaim::Kind kind);
std::string_view to_string(CheckedClaim::Status status);

}  // namespace culprit
