#include "agent/report.h"

#include <map>
#include <set>

#include <md4c-html.h>
#include <re2/re2.h>

#include "agent/console.h"
#include "agent/grounding/write_up.h"
#include "base/text.h"
#include "sessions/event_json.h"

namespace culprit {
namespace {

constexpr std::size_t kLinesOfEvidence = 40;

struct ReportedTurn {
    std::string asked, answer, verdict, model;
};

struct Evidence {
    const ToolResult* result = nullptr;
    const ToolCall* call = nullptr;
};

struct Report {
    SessionSummary summary;
    std::vector<ReportedTurn> turns;
    std::map<std::string, Evidence> evidence;  // cited or not
    std::vector<std::string> roots;
};

// Reads events one after the other.
class Collector {
  public:
    explicit Collector(Report& report) : report_(report) {}

    void operator()(const RootAdded& event) {
        report_.roots.push_back(fmt::format("{} ({})", event.name, event.path));
    }
    void operator()(const UserText& event) {
        report_.turns.push_back({.asked = event.text, .answer = {}, .verdict = {}, .model = {}});
    }
    void operator()(const AssistantReply& event) {
        for (const ToolCall& call : event.calls) calls_[call.id] = &call;
        if (report_.turns.empty() || !event.calls.empty()) return;
        report_.turns.back().answer = event.text;
        report_.turns.back().model = event.model;
    }
    void operator()(const ToolResult& event) {
        const auto call = calls_.find(event.call_id);
        report_.evidence[event.evidence] = {&event, call == calls_.end() ? nullptr : call->second};
    }
    void operator()(const WriteUpChecked& event) {
        if (report_.turns.empty() || !event.asked.empty()) return;
        if (!event.shown.empty()) report_.turns.back().answer = event.shown;
        report_.turns.back().verdict = verdict_line(event, true);
    }
    void operator()(const Cancelled& event) { stopped(event.partial, "(stopped)"); }
    void operator()(const TurnFailed& event) { stopped(event.partial, "(" + event.what + ")"); }
    template <class Other>
    void operator()(const Other&) {}

  private:
    void stopped(const std::string& partial, const std::string& why) {
        if (!report_.turns.empty()) report_.turns.back().answer = partial + "\n\n" + why;
    }
    Report& report_;
    std::map<std::string_view, const ToolCall*> calls_;
};

std::set<std::string> cited(const Report& report) {
    static const RE2 kCitation(R"(\bE(\d{1,6})\b)");
    std::set<std::string> ids;
    for (const ReportedTurn& turn : report.turns) {
        re2::StringPiece rest(turn.answer);
        std::string number;
        while (RE2::FindAndConsume(&rest, kCitation, &number)) ids.insert("E" + number);
    }
    return ids;
}

std::string fenced(std::string_view text) {
    std::string fence = "```";
    while (text.contains(fence)) fence += '`';
    return fmt::format("{}\n{}{}{}\n", fence, text, text.ends_with('\n') ? "" : "\n", fence);
}

std::string head_of(const ToolResult& result) {
    const auto lines = split_lines(result.text);
    std::string text;
    for (std::size_t i = 0; i < std::min(lines.size(), kLinesOfEvidence); ++i)
        text += std::string(lines[i]) + "\n";
    if (lines.size() > kLinesOfEvidence)
        text += fmt::format("… {} more lines\n", lines.size() - kLinesOfEvidence);
    return text;
}

std::string markdown_of(const Report& report) {
    std::string text =
        fmt::format("# {}\n\nSession {}, {} to {} UTC, {} turns, answered by {}\n", report.summary.title,
                    report.summary.place.id, time_text(report.summary.started).substr(0, 16),
                    time_text(report.summary.last).substr(0, 16), report.turns.size(),
                    report.summary.model.empty() ? "nobody" : report.summary.model);
    for (const std::string& root : report.roots) text += fmt::format("- {}\n", root);
    std::size_t number = 0;
    for (const ReportedTurn& turn : report.turns) {
        text += fmt::format("\n---\n\n**{}. Asked**\n\n", ++number);
        for (const std::string_view line : split_lines(turn.asked)) text += fmt::format("> {}\n", line);
        text += fmt::format("\n{}\n", trim(turn.answer));
        if (!turn.verdict.empty()) text += fmt::format("\n*{}*\n", turn.verdict);
    }
    const auto ids = cited(report);
    if (!ids.empty()) text += "\n---\n\n# Evidence\n";
    std::vector<const Evidence*> sorted;
    for (const auto& [id, evidence] : report.evidence) {
        if (ids.contains(id)) sorted.push_back(&evidence);
    }
    const auto number_of = [](const Evidence* each) {
        return std::strtol(each->result->evidence.c_str() + 1, nullptr, 10);
    };
    std::ranges::sort(sorted, {}, number_of);
    for (const Evidence* each : sorted) {
        const std::string arguments = each->call ? shown_arguments(*each->call) : "";
        text += fmt::format("\n## [{}] {} `{}`\n\n{}", each->result->evidence, each->result->tool,
                            replace_all(one_line(arguments, 300), "`", "'"), fenced(head_of(*each->result)));
    }
    return text;
}

std::string html_of(const Report& report) {
    std::string body;
    const std::string markdown = markdown_of(report);
    const auto append = [](const MD_CHAR* piece, MD_SIZE size, void* into) {
        static_cast<std::string*>(into)->append(piece, size);
    };
    ::md_html(markdown.data(), static_cast<MD_SIZE>(markdown.size()), append, &body,
              MD_FLAG_TABLES | MD_FLAG_NOHTML, 0);
    std::string title = replace_all(replace_all(report.summary.title, "&", "&amp;"), "<", "&lt;");
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title>\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n"
        "<style>body{{max-width:60em;margin:2em auto;padding:0 1em;font:16px/1.5 "
        "system-ui,sans-serif;color:#222;background:#fff}}"
        "pre{{background:#f4f4f4;padding:.8em;overflow:auto}}code{{font-family:ui-monospace,monospace;font-"
        "size:90%}}"
        "blockquote{{border-left:3px solid "
        "#bbb;margin-left:0;padding-left:1em;color:#555}}table{{border-collapse:collapse}}"
        "td,th{{border:1px solid #ccc;padding:.2em .6em}}</style></head>\n<body>\n{}</body></html>\n",
        title, body);
}

std::string json_of(const Report& report) {
    Json turns = Json::array(), evidence = Json::array();
    for (const ReportedTurn& turn : report.turns)
        turns.push_back({{"asked", turn.asked},
                         {"answer", turn.answer},
                         {"verdict", turn.verdict},
                         {"model", turn.model}});
    const auto ids = cited(report);
    for (const auto& [id, each] : report.evidence) {
        if (!ids.contains(id)) continue;
        evidence.push_back({{"id", id},
                            {"tool", each.result->tool},
                            {"arguments", each.call ? each.call->arguments : ""},
                            {"text", each.result->text},
                            {"data", each.result->data}});
    }
    return dump_json({{"session", report.summary.place.id},
                      {"title", report.summary.title},
                      {"started", time_text(report.summary.started)},
                      {"last", time_text(report.summary.last)},
                      {"roots", report.roots},
                      {"turns", std::move(turns)},
                      {"evidence", std::move(evidence)}},
                     2) +
           "\n";
}

}  // namespace

ReportForm report_form_of(const fs::path& file) {
    const std::string suffix = file.extension().string();
    return suffix == ".html" || suffix == ".htm" ? ReportForm::HTML
           : suffix == ".json"                   ? ReportForm::JSON
                                                 : ReportForm::Markdown;
}

Result<std::string> report_of(const SessionPlace& place, ReportForm form) {
    TRY(const Log log, Log::read(place.log));
    Report report{.summary = summarize(place, log), .turns = {}, .evidence = {}, .roots = {}};
    Collector collector(report);
    for (const Event& event : log.events()) std::visit(collector, event.body);
    switch (form) {
        case ReportForm::Markdown: return markdown_of(report);
        case ReportForm::HTML: return html_of(report);
        case ReportForm::JSON: return json_of(report);
    }
    return std::string();
}

Result<fs::path> file_to_write(const fs::path& base, std::string_view given) {
    const fs::path file = base / given;
    std::error_code code;
    if (!fs::is_directory(file.parent_path(), code))
        return fail(Fault::NotFound, "there is no folder {} to write {} in; make it first, or name another",
                    file.parent_path().string(), file.filename().string());
    return file;
}

}  // namespace culprit
