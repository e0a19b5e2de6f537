#include "sessions/event_json.h"

#include <algorithm>
#include <array>
#include <span>

namespace culprit {
namespace {

constexpr std::array<std::string_view, 3> kStatusNames = {"verified", "corrected", "unverified"};

constexpr std::array<std::string_view, 3> kClaimKinds = {"figure", "name", "citation"};
constexpr std::array<std::string_view, 4> kClaimStatuses = {"verified", "derived", "unverified", "unknown"};

// The value of an enumeration with this name; its first one if none has it.
template <class Enum>
Enum named(std::span<const std::string_view> names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    return static_cast<Enum>(found == names.end() ? 0 : found - names.begin());
}

CheckedFrame::Status status_of(std::string_view name) {
    for (std::size_t i = 0; i < kStatusNames.size(); ++i) {
        if (kStatusNames[i] == name) return static_cast<CheckedFrame::Status>(i);
    }
    return CheckedFrame::Status::Unverified;
}

// One name, one writer and one reader for each type of event.
std::string_view type_of(const SessionStarted&) { return "session"; }
std::string_view type_of(const RootAdded&) { return "root"; }
std::string_view type_of(const UserText&) { return "user"; }
std::string_view type_of(const AssistantReply&) { return "assistant"; }
std::string_view type_of(const CallDecided&) { return "decision"; }
std::string_view type_of(const ToolResult&) { return "tool"; }
std::string_view type_of(const WriteUpChecked&) { return "checked"; }
std::string_view type_of(const Note&) { return "note"; }
std::string_view type_of(const Cancelled&) { return "cancelled"; }
std::string_view type_of(const TurnFailed&) { return "error"; }
std::string_view type_of(const Nudged&) { return "nudge"; }
std::string_view type_of(const ResultsShortened&) { return "shortened"; }
std::string_view type_of(const Summarized&) { return "summary"; }
std::string_view type_of(const Undone&) { return "undo"; }
std::string_view type_of(const ArtifactKept&) { return "artifact"; }

Usage read_usage(const Json& usage) {
    return {integer_at(usage, "input"), integer_at(usage, "output"), integer_at(usage, "cached"),
            integer_at(usage, "written")};
}

void write(Json& json, const SessionStarted& event) {
    json["id"] = event.id;
    json["program"] = event.program;
    json["version"] = event.version;
}
void read(const Json& json, SessionStarted& event) {
    event.id = text_at(json, "id");
    event.program = text_at(json, "program");
    event.version = static_cast<int>(integer_at(json, "version", 1));
}

void write(Json& json, const RootAdded& event) {
    json["name"] = event.name;
    json["path"] = event.path;
    if (event.is_file) json["file"] = true;
}
void read(const Json& json, RootAdded& event) {
    event.name = text_at(json, "name");
    event.path = text_at(json, "path");
    event.is_file = flag_at(json, "file");
}

void write(Json& json, const UserText& event) {
    json["text"] = event.text;
    if (!event.playbook.name.empty())
        json["playbook"] = {{"name", event.playbook.name}, {"words", event.playbook.words}};
}
void read(const Json& json, UserText& event) {
    event.text = text_at(json, "text");
    const Json& playbook = member(json, "playbook");
    event.playbook.name = text_at(playbook, "name");
    for (const auto& [argument, words] : member(playbook, "words").items()) {
        for (const Json& word : words) {
            if (word.is_string()) event.playbook.words[argument].push_back(word.get<std::string>());
        }
    }
}

void write(Json& json, const AssistantReply& event) {
    json["text"] = event.text;
    if (!event.calls.empty()) json["calls"] = Json::array();
    for (const ToolCall& call : event.calls) {
        json["calls"].push_back({{"id", call.id}, {"name", call.name}, {"arguments", call.arguments}});
    }
    json["model"] = event.model;
    json["usage"] = usage_json(event.usage);
    if (event.stop == StopReason::Length) json["stop"] = "length";
    if (event.stop == StopReason::Refused) json["stop"] = "refused";
    if (!event.carried.wire.empty()) {
        json["carried"] = {{"wire", event.carried.wire}, {"data", event.carried.data}};
    }
}
void read(const Json& json, AssistantReply& event) {
    event.text = text_at(json, "text");
    for (const Json& call : member(json, "calls")) {
        event.calls.push_back({text_at(call, "id"), text_at(call, "name"), text_at(call, "arguments")});
    }
    event.model = text_at(json, "model");
    event.usage = read_usage(member(json, "usage"));
    const std::string stop = text_at(json, "stop");
    event.stop = stop == "length"       ? StopReason::Length
                 : stop == "refused"    ? StopReason::Refused
                 : !event.calls.empty() ? StopReason::Calls
                                        : StopReason::Done;
    const Json& carried = member(json, "carried");
    event.carried = {text_at(carried, "wire"), text_at(carried, "data")};
}

void write(Json& json, const CallDecided& event) {
    json["call"] = event.call_id;
    json["allowed"] = event.allowed;
    json["why"] = event.why;
    if (!event.shown.empty()) json["shown"] = event.shown;
    if (!event.arguments.empty()) json["arguments"] = event.arguments;
}
void read(const Json& json, CallDecided& event) {
    event.call_id = text_at(json, "call");
    event.allowed = flag_at(json, "allowed");
    event.why = text_at(json, "why");
    event.shown = text_at(json, "shown");
    event.arguments = text_at(json, "arguments");
}

void write(Json& json, const ToolResult& event) {
    json["call"] = event.call_id;
    json["tool"] = event.tool;
    json["evidence"] = event.evidence;
    json["text"] = event.text;
    if (!event.data.is_null()) json["data"] = event.data;
    if (!event.fault.empty()) json["fault"] = event.fault;
    if (!event.artifact.path.empty()) {
        json["artifact"] = {
            {"path", event.artifact.path}, {"bytes", event.artifact.bytes}, {"hash", event.artifact.hash}};
    }
    json["ms"] = event.elapsed.count();
}
void read(const Json& json, ToolResult& event) {
    event.call_id = text_at(json, "call");
    event.tool = text_at(json, "tool");
    event.evidence = text_at(json, "evidence");
    event.text = text_at(json, "text");
    event.data = member(json, "data");
    event.fault = text_at(json, "fault");
    const Json& artifact = member(json, "artifact");
    event.artifact = {text_at(artifact, "path"), static_cast<std::uint64_t>(integer_at(artifact, "bytes")),
                      text_at(artifact, "hash")};
    event.elapsed = std::chrono::milliseconds(integer_at(json, "ms"));
}

void write(Json& json, const WriteUpChecked& event) {
    json["frames"] = frames_json(event.frames);
    if (!event.claims.empty()) json["claims"] = claims_json(event.claims, std::nullopt);
    if (!event.shown.empty()) json["shown"] = event.shown;
    if (!event.asked.empty()) json["asked"] = event.asked;
}
void read(const Json& json, WriteUpChecked& event) {
    for (const Json& frame : member(json, "frames")) {
        event.frames.push_back({text_at(frame, "symbol"), text_at(frame, "file"),
                                static_cast<int>(integer_at(frame, "line")),
                                status_of(text_at(frame, "status")), text_at(frame, "why")});
    }
    for (const Json& claim : member(json, "claims")) {
        event.claims.push_back(
            {.kind = named<CheckedClaim::Kind>(kClaimKinds, text_at(claim, "kind")),
             .text = text_at(claim, "text"),
             .status = named<CheckedClaim::Status>(kClaimStatuses, text_at(claim, "status")),
             .evidence = text_at(claim, "evidence"),
             .why = text_at(claim, "why")});
    }
    event.shown = text_at(json, "shown");
    event.asked = text_at(json, "asked");
}

void write(Json& json, const Note& event) { json["text"] = event.text; }
void read(const Json& json, Note& event) { event.text = text_at(json, "text"); }

void write(Json& json, const Cancelled& event) { json["partial"] = event.partial; }
void read(const Json& json, Cancelled& event) { event.partial = text_at(json, "partial"); }

void write(Json& json, const TurnFailed& event) {
    json["fault"] = event.fault;
    json["what"] = event.what;
    json["partial"] = event.partial;
}
void read(const Json& json, TurnFailed& event) {
    event.fault = text_at(json, "fault");
    event.what = text_at(json, "what");
    event.partial = text_at(json, "partial");
}

void write(Json& json, const Nudged& event) { json["text"] = event.text; }
void read(const Json& json, Nudged& event) { event.text = text_at(json, "text"); }

void write(Json& json, const ResultsShortened& event) { json["evidence"] = event.evidence; }
void read(const Json& json, ResultsShortened& event) {
    for (const Json& id : member(json, "evidence")) {
        if (id.is_string()) event.evidence.push_back(id);
    }
}

Json spent_json(const std::vector<std::pair<std::string, Usage>>& spent) {
    Json json = Json::array();
    for (const auto& [model, usage] : spent) {
        Json each = {{"model", model}};
        each.update(usage_json(usage));
        json.push_back(std::move(each));
    }
    return json;
}
std::vector<std::pair<std::string, Usage>> read_spent(const Json& json) {
    std::vector<std::pair<std::string, Usage>> spent;
    for (const Json& each : member(json, "spent"))
        spent.emplace_back(text_at(each, "model"), read_usage(each));
    return spent;
}

void write(Json& json, const Summarized& event) {
    json["text"] = event.text;
    json["message"] = event.message;
    json["spent"] = spent_json(event.spent);
}
void read(const Json& json, Summarized& event) {
    event.text = text_at(json, "text");
    event.message = text_at(json, "message");
    event.spent = read_spent(json);
}

void write(Json& json, const Undone& event) { json["spent"] = spent_json(event.spent); }
void read(const Json& json, Undone& event) { event.spent = read_spent(json); }

void write(Json& json, const ArtifactKept& event) {
    json["name"] = event.name;
    json["text"] = event.text;
}
void read(const Json& json, ArtifactKept& event) {
    event.name = text_at(json, "name");
    event.text = text_at(json, "text");
}

// Reads the body of the alternative whose type has this name, if there is one.
template <std::size_t I = 0>
bool read_body(std::string_view type, const Json& json, EventBody& body) {
    if constexpr (I == std::variant_size_v<EventBody>) {
        return false;
    } else {
        std::variant_alternative_t<I, EventBody> candidate;
        if (type_of(candidate) != type) return read_body<I + 1>(type, json, body);
        read(json, candidate);
        body = std::move(candidate);
        return true;
    }
}

}  // namespace

std::string_view to_string(CheckedFrame::Status status) {
    return kStatusNames[static_cast<std::size_t>(status)];
}

std::string_view to_string(CheckedClaim::Kind kind) { return kClaimKinds[static_cast<std::size_t>(kind)]; }

std::string_view to_string(CheckedClaim::Status status) {
    return kClaimStatuses[static_cast<std::size_t>(status)];
}

Json frames_json(const std::vector<CheckedFrame>& frames) {
    Json json = Json::array();
    for (const CheckedFrame& frame : frames) {
        json.push_back({{"symbol", frame.symbol},
                        {"file", frame.file},
                        {"line", frame.line},
                        {"status", to_string(frame.status)},
                        {"why", frame.why}});
    }
    return json;
}

Json claims_json(const std::vector<CheckedClaim>& claims, std::optional<CheckedClaim::Kind> kind) {
    Json json = Json::array();
    for (const CheckedClaim& claim : claims) {
        if (kind && claim.kind != *kind) continue;
        json.push_back({{"kind", to_string(claim.kind)},
                        {"text", claim.text},
                        {"status", to_string(claim.status)},
                        {"evidence", claim.evidence},
                        {"why", claim.why}});
    }
    return json;
}

Json usage_json(const Usage& usage) {
    Json json = {
        {"input", usage.input_tokens}, {"output", usage.output_tokens}, {"cached", usage.cached_tokens}};
    if (usage.written_tokens > 0) json["written"] = usage.written_tokens;
    return json;
}

std::string encode_event(const Event& event) {
    Json json;
    std::visit(
        [&](const auto& body) {
            json["type"] = type_of(body);
            json["at"] = time_text(event.at);
            write(json, body);
        },
        event.body);
    return dump_json(json);
}

Result<Event> decode_event(std::string_view line) {
    TRY(const Json json, parse_json(line, "the event"));
    if (!json.is_object()) return fail(Fault::Invalid, "the event is no JSON object");
    Event event;
    TRY(event.at, parse_time(text_at(json, "at")));
    const std::string type = text_at(json, "type");
    if (!read_body(type, json, event.body))
        return fail(Fault::NotFound, "events of type '{}' are not known", type);
    return event;
}

}  // namespace culprit
