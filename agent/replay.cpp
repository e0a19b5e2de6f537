#include "agent/replay.h"

#include <algorithm>

#include <re2/re2.h>

#include "agent/console.h"
#include "agent/offer.h"
#include "agent/playbooks/start.h"
#include "agent/provider/replayer.h"
#include "base/process.h"
#include "base/text.h"
#include "sessions/event_json.h"
#include "tools/invoke.h"

namespace culprit {
namespace {

// Tells the replayer of each finished call.
class ReplayTerminal : public SilentTerminal {
  public:
    explicit ReplayTerminal(Replayer* replayer) : replayer_(replayer) {}
    void call_done(const ToolCall&, const ToolResult&) override {
        if (replayer_) replayer_->call_done();
    }

  private:
    Replayer* replayer_;
};

// What differs from run to run and means nothing.
std::string masked(std::string text) {
    RE2::GlobalReplace(&text, R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?)", "TIME");
    RE2::GlobalReplace(&text, R"(/tmp/[\w.-]+)", "/tmp/TEMPORARY");
    RE2::GlobalReplace(&text, R"(\bpid \d+)", "pid N");
    return text;
}

// An event as lines that compare: what the program made of it, without times.
struct Comparable {
    std::string operator()(const UserText& event) const { return "user: " + event.text; }
    std::string operator()(const AssistantReply& event) const {
        std::string text = "assistant: " + event.text;
        for (const ToolCall& call : event.calls)
            text += fmt::format("\ncall {} {} {}", call.id, call.name, call.arguments);
        return text;
    }
    // The result says whether the call ran and why not; where the decision stands depends on what ran side by
    // side.
    std::string operator()(const CallDecided&) const { return {}; }
    std::string operator()(const ToolResult& event) const {
        return fmt::format("tool: {} {} {}\n{}\n{}", event.evidence, event.tool, event.fault, event.text,
                           event.data.is_null() ? "" : dump_json(event.data, 1));
    }
    std::string operator()(const WriteUpChecked& event) const {
        std::string text = "checked:";
        for (const CheckedFrame& frame : event.frames) {
            text += fmt::format("\n{} {}:{} {} {}", frame.symbol, frame.file, frame.line,
                                to_string(frame.status), frame.why);
        }
        return text + "\n" + event.asked + "\n" + event.shown;
    }
    std::string operator()(const Cancelled& event) const { return "cancelled: " + event.partial; }
    std::string operator()(const TurnFailed& event) const {
        return fmt::format("failed: {}: {}\n{}", event.fault, event.what, event.partial);
    }
    std::string operator()(const SessionStarted&) const { return {}; }
    std::string operator()(const RootAdded&) const { return {}; }
    std::string operator()(const Note&) const { return {}; }
    std::string operator()(const Nudged& event) const { return "nudge: " + event.text; }
    std::string operator()(const ResultsShortened&) const { return {}; }
    std::string operator()(const Summarized&) const { return {}; }
    std::string operator()(const Undone&) const { return {}; }
    std::string operator()(const ArtifactKept&) const { return {}; }
};

std::vector<std::string> comparable(std::span<const Event> events) {
    std::vector<std::string> lines;
    for (const Event& event : events) {
        std::string text = std::visit(Comparable{}, event.body);
        if (!text.empty()) lines.push_back(masked(std::move(text)));
    }
    return lines;
}

Result<std::string> unified_diff(const std::string& recorded, const std::string& now) {
    TRY(const TemporaryFolder folder, TemporaryFolder::make("culprit-diff"));
    TRY_OK(write_file(folder.path() / "recorded", recorded + "\n"));
    TRY_OK(write_file(folder.path() / "now", now + "\n"));
    TRY(const Finished diff,
        run({.argv = {"diff", "-u", "--label", "recorded", "--label", "now", "recorded", "now"},
             .folder = folder.path()},
            {}));
    return diff.out;
}

Result<std::string> first_difference(std::span<const Event> recorded, std::span<const Event> now) {
    const std::vector<std::string> before = comparable(recorded);
    const std::vector<std::string> after = comparable(now);
    const auto [a, b] = std::ranges::mismatch(before, after);
    if (a == before.end() && b == after.end()) return std::string();
    return unified_diff(a == before.end() ? "(the recording ends here)" : *a,
                        b == after.end() ? "(the replay ends here)" : *b);
}

// Answers a call with what the recording has for the same tool and arguments.
class RecordedTools {
  public:
    explicit RecordedTools(std::span<const Event> events) {
        std::vector<const ToolCall*> calls;
        for (const Event& event : events) {
            if (const auto* reply = std::get_if<AssistantReply>(&event.body)) {
                for (const ToolCall& call : reply->calls) calls.push_back(&call);
            }
            const auto* result = std::get_if<ToolResult>(&event.body);
            for (auto call = calls.begin(); result && call != calls.end(); ++call) {
                if ((*call)->id != result->call_id) continue;
                known_.push_back({*call, result});
                calls.erase(call);
                break;
            }
        }
    }

    // What was asked for several times is answered in turn.
    Result<ToolResult> answer(const ToolCall& call, std::string_view evidence) {
        const ToolResult* found = nullptr;
        for (auto& [known, result, used] : known_) {
            if (known->name != call.name || known->arguments != call.arguments) continue;
            found = result;
            if (!std::exchange(used, true)) break;
        }
        if (found) {
            ToolResult answer = *found;
            answer.call_id = call.id;
            answer.evidence = evidence;
            return answer;
        }
        return ToolResult{.call_id = call.id,
                          .tool = call.name,
                          .evidence = std::string(evidence),
                          .text = "the recording has no result for this call",
                          .fault = std::string(to_string(Fault::NotFound))};
    }

  private:
    struct Known {
        const ToolCall* call;
        const ToolResult* result;
        bool used = false;
    };
    std::vector<Known> known_;
};

// What lies beside a session and no call of the replay writes again: what was piped in, attached or
// collected.
std::string kept_artifacts(const fs::path& folder, Time at) {
    constexpr std::size_t kMost = 32 << 20;
    static const RE2 kOfResult(R"(E\d+\.txt)");
    std::vector<fs::path> files;
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(folder, code)) {
        if (entry.is_regular_file(code) && !RE2::FullMatch(entry.path().filename().string(), kOfResult))
            files.push_back(entry.path());
    }
    std::ranges::sort(files);
    std::string lines;
    for (const fs::path& file : files) {
        const auto text = read_file(file, kMost);
        const bool fits = text && text->size() + lines.size() < kMost && valid_utf8(*text) == *text;
        const std::string name = file.filename().string();
        lines +=
            encode_event(fits ? Event{at, ArtifactKept{name, *text}}
                              : Event{at, Note{fmt::format(
                                              "the artefact {} is left out: no text, or too large", name)}}) +
            "\n";
    }
    return lines;
}

// The events of the turn that begins with the message at `from`, without that message.
std::span<const Event> turn_at(std::span<const Event> events, std::size_t from) {
    const auto rest = events.subspan(from + 1);
    const auto next = std::ranges::find_if(
        rest, [](const Event& event) { return std::holds_alternative<UserText>(event.body); });
    return rest.first(static_cast<std::size_t>(next - rest.begin()));
}

}  // namespace

Result<std::string> replay(const fs::path& recording, const ReplaySettings& settings, std::stop_token stop) {
    TRY(const Log recorded, Log::read(recording));
    TRY(const TemporaryFolder folder, TemporaryFolder::make("culprit-replay"));
    const Project project{folder.path()};
    Workspace workspace(project);
    const Clock clock;
    Session session(project, workspace, clock);
    RecordedTools recorded_tools(recorded.events());
    Toolbox tools;
    const PlaybookShelf built_in;
    TRY_OK(tools.add(playbook_tool(built_in)));
    TRY_OK(tools.add(open_tools_tool()));
    // What a call ran then is not run again.
    const auto is_recorded = [&](const ToolCall& call) {
        const OfferedTool* tool = tools.find(call.name);
        return settings.recorded_tools || (tool && tool->effect == Effect::Runs);
    };
    const CallRunner run_call = [&](const ToolCall& call, std::string_view evidence, Workbench& bench) {
        if (is_recorded(call)) return recorded_tools.answer(call, evidence);
        return invoke(call, evidence, session.place().artifacts, tools, bench);
    };
    const Judge as_recorded = [](const OfferedTool&, const ToolCall&, Workbench&, Terminal&) {
        return Result<Permit>(Permit{.allowed = true, .why = "it is replayed"});
    };

    TRY(const fs::path real, real_path(recording));
    for (std::size_t i = 0; i < recorded.events().size(); ++i) {
        if (stop.stop_requested()) return std::unexpected(cancelled());
        const EventBody& body = recorded.events()[i].body;
        if (const auto* root = std::get_if<RootAdded>(&body)) {
            const fs::path path = real.parent_path() / root->path;
            TRY_OK(root->is_file ? session.add_file(path) : session.add_source(root->name, path));
        }
        if (const auto* kept = std::get_if<ArtifactKept>(&body)) {
            TRY_OK(session.keep(kept->name, kept->text));
            TRY_OK(session.record(*kept));
        }
        const auto* user = std::get_if<UserText>(&body);
        if (!user) continue;
        std::stop_source turn_stop;
        const std::stop_callback forward(stop, [&] { turn_stop.request_stop(); });
        Replayer replayer(turn_at(recorded.events(), i), [&] { turn_stop.request_stop(); });
        ReplayTerminal terminal(settings.live ? nullptr : &replayer);
        Provider& provider = settings.live ? *settings.live : replayer;
        TRY_OK(run_turn({.session = session,
                         .provider = provider,
                         .terminal = terminal,
                         .tools = tools,
                         .run_call = run_call,
                         .judge = as_recorded,
                         .limits = {.side_by_side = 1}},  // a recorded stop comes between two calls
                        user->text, turn_stop.get_token()));
    }
    TRY(std::string difference, first_difference(recorded.events(), session.events()));
    if (settings.update && !difference.empty()) TRY_OK(record_session(session.events(), recording));
    return difference;
}

Result<> record_session(std::span<const Event> events, const fs::path& recording, const fs::path& artifacts) {
    TRY(const fs::path target, real_path(recording));
    const Project project = find_project(target.parent_path());
    std::string lines;
    bool are_kept = artifacts.empty();
    for (Event event : events) {
        auto* root = std::get_if<RootAdded>(&event.body);
        if (root && lies_within(root->path, project.folder)) {
            root->path = fs::path(root->path).lexically_relative(target.parent_path()).string();
            if (root->is_file) root->name = root->path;
        }
        // A recording that is recorded again has them already.
        if (std::holds_alternative<ArtifactKept>(event.body) && !artifacts.empty()) continue;
        lines += encode_event(event) + "\n";
        if (!std::exchange(are_kept, true)) lines += kept_artifacts(artifacts, event.at);
    }
    return write_file(recording, lines);
}

}  // namespace culprit
