#include "agent/transcript.h"

#include <algorithm>
#include <map>
#include <ranges>

#include "agent/causes.h"
#include "agent/console.h"
#include "agent/grounding/write_up.h"
#include "base/text.h"
#include "sessions/event_json.h"

namespace culprit {
namespace {

class Writer {
  public:
    explicit Writer(std::size_t most_lines) : most_lines_(most_lines) {}

    void operator()(const UserText& event) {
        const auto lines = split_lines(event.text);
        for (const std::string_view line : lines | std::views::take(most_lines_))
            text_ += fmt::format("> {}\n", line);
        if (lines.size() > most_lines_)
            text_ += fmt::format("> … {} more lines\n", lines.size() - most_lines_);
        text_ += "\n";
    }
    void operator()(const AssistantReply& event) {
        for (const ToolCall& call : event.calls) calls_[call.id] = &call;
        reply_ = event.text;
        if (!event.calls.empty()) say(event.text);
    }
    void operator()(const ToolResult& event) {
        const auto call = calls_.find(event.call_id);
        const std::string arguments = call == calls_.end() ? "" : shown_arguments(*call->second);
        const auto lines = split_lines(event.text);
        text_ += fmt::format("• [{}] {} {} → {}{}\n", event.evidence, event.tool, one_line(arguments, 80),
                             event.fault.empty() ? "" : event.fault + ": ",
                             one_line(lines.empty() ? "" : lines.front(), 80));
    }
    void operator()(const WriteUpChecked& event) {
        if (!event.asked.empty()) return;
        say(event.shown.empty() ? reply_ : event.shown);
        text_ += verdict_line(event, true) + "\n";
        reply_.clear();
    }
    void operator()(const Cancelled& event) {
        say(event.partial);
        text_ += "(stopped)\n";
    }
    void operator()(const TurnFailed& event) {
        say(event.partial);
        text_ += fmt::format("({})\n", event.what);
    }
    void operator()(const Note& event) { text_ += event.text + "\n"; }
    template <class Other>
    void operator()(const Other&) {}

    // An answer that was not checked is shown when its turn ends.
    void end_turn() { say(std::exchange(reply_, {})); }
    std::string take() { return std::move(text_); }

  private:
    void say(std::string_view text) {
        if (trim(text).empty()) return;
        text_ += fmt::format("{}\n\n", trim(text));
    }

    std::size_t most_lines_;
    std::string text_;
    std::string reply_;
    std::map<std::string_view, const ToolCall*> calls_;
};

bool begins_turn(const Event& event) { return std::holds_alternative<UserText>(event.body); }

}  // namespace

std::string transcript(std::span<const Event> events, std::size_t most_turns, std::size_t most_lines) {
    const auto turns = static_cast<std::size_t>(std::ranges::count_if(events, begins_turn));
    std::size_t skip = turns - std::min(turns, most_turns);
    Writer writer(most_lines);
    std::string text = skip > 0 ? fmt::format("({} earlier turns)\n\n", skip) : "";
    ++skip;  // the turn that is written first begins at the message with this number
    for (const Event& event : events) {
        if (begins_turn(event)) {
            if (skip == 0)
                writer.end_turn();
            else
                --skip;
        }
        if (skip == 0) std::visit(writer, event.body);
    }
    writer.end_turn();
    return text + writer.take();
}

Json answer_json(std::string_view session, std::span<const Event> events) {
    const auto last = std::ranges::find_if(events.rbegin(), events.rend(), begins_turn);
    std::string answer, error;
    Json frames = Json::array(), figures = Json::array(), names = Json::array();
    Usage usage;
    for (const Event& event : std::span(last.base(), events.end())) {
        if (const auto* reply = std::get_if<AssistantReply>(&event.body)) {
            answer = reply->text;
            usage.input_tokens += reply->usage.input_tokens;
            usage.output_tokens += reply->usage.output_tokens;
            usage.cached_tokens += reply->usage.cached_tokens;
        }
        const auto* checked = std::get_if<WriteUpChecked>(&event.body);
        if (checked && checked->asked.empty()) {
            answer = checked->shown;
            frames = frames_json(checked->frames);
            figures = claims_json(checked->claims, CheckedClaim::Kind::Figure);
            names = claims_json(checked->claims, CheckedClaim::Kind::Name);
        }
        if (const auto* failed = std::get_if<TurnFailed>(&event.body)) error = failed->what;
        if (std::holds_alternative<Cancelled>(event.body)) error = "cancelled";
    }
    Json causes = Json::array();
    for (const RankedCause& cause : causes_of(answer)) {
        causes.push_back({{"rank", cause.rank},
                          {"kind", cause.kind},
                          {"symbol", cause.symbol},
                          {"file", cause.file},
                          {"line", cause.line},
                          {"share", cause.share},
                          {"evidence", cause.evidence}});
    }
    Json json = {{"session", session}, {"answer", answer}, {"frames", frames},          {"figures", figures},
                 {"names", names},     {"causes", causes}, {"usage", usage_json(usage)}};
    if (!error.empty()) json["error"] = error;
    return json;
}

}  // namespace culprit
