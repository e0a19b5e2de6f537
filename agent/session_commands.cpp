#include "agent/session_commands.h"

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

#include "agent/console.h"
#include "agent/replay.h"
#include "agent/report.h"
#include "base/process.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostProjects = 1000;

// A folder a line.
fs::path projects_file() {
    const fs::path own = own_state_folder();
    return own.empty() ? fs::path() : own / "projects";
}

std::vector<fs::path> known_projects() {
    std::vector<fs::path> folders;
    const auto text = read_file(projects_file(), 1 << 20);
    std::error_code code;
    for (const std::string_view line : text ? split_lines(*text) : std::vector<std::string_view>()) {
        if (fs::is_directory(fs::path(line) / ".culprit" / "sessions", code)) folders.emplace_back(line);
    }
    return folders;
}

// The logs that hold the text at all; ripgrep tells that fastest.
Result<std::vector<std::string>> logs_with(const std::string& text, const fs::path& folder,
                                           std::stop_token stop) {
    // As it stands in JSON.
    std::string quoted = dump_json(Json(text));
    quoted = quoted.substr(1, quoted.size() - 2);
    TRY(const Finished finished,
        run({.argv = {"rg", "--no-config", "--files-with-matches", "--ignore-case", "--fixed-strings",
                      "--glob=*.jsonl", "--no-ignore", "--hidden", "-e", quoted, "--", folder.string()}},
            stop));
    std::vector<std::string> ids;
    for (const std::string_view line : split_lines(finished.out))
        ids.push_back(fs::path(line).stem().string());
    return ids;
}

// What a person or a model said, or a tool answered.
std::string_view text_of(const EventBody& body) {
    if (const auto* user = std::get_if<UserText>(&body)) return user->text;
    if (const auto* reply = std::get_if<AssistantReply>(&body)) return reply->text;
    if (const auto* result = std::get_if<ToolResult>(&body)) return result->text;
    return {};
}

bool find_text(const Log& log, const std::string& text, ListedSession& session) {
    for (const Event& event : log.events()) {
        if (std::holds_alternative<UserText>(event.body)) ++session.turn;
        for (const std::string_view line : split_lines(text_of(event.body))) {
            if (!contains_ignoring_case(line, text)) continue;
            session.found = one_line(trim(line), 120);
            return true;
        }
    }
    return false;
}

Result<> add_project(const fs::path& folder, const SessionQuery& query, const ModelTable& models,
                     std::vector<ListedSession>& sessions, std::vector<std::string>& warnings,
                     std::stop_token stop) {
    const SessionStore store(folder / ".culprit");
    std::vector<std::string> with_text;
    if (!query.text.empty()) {
        TRY(with_text, logs_with(query.text, folder / ".culprit" / "sessions", stop));
        if (with_text.empty()) return {};
    }
    for (SessionSummary& summary : store.list(warnings)) {
        ListedSession session{.project = folder, .summary = std::move(summary), .cost = {}, .found = {}};
        if (!query.text.empty() && std::ranges::find(with_text, session.summary.place.id) == with_text.end())
            continue;
        const auto log = query.text.empty() ? Log::read_tail(session.summary.place.log)
                                            : Log::read(session.summary.place.log);
        if (!log || (!query.text.empty() && !find_text(*log, query.text, session))) continue;
        session.cost = cost_of(spent_by_model(log->events()), models);
        sessions.push_back(std::move(session));
    }
    return {};
}

}  // namespace

Result<std::vector<ListedSession>> list_sessions(const Project& project, const SessionQuery& query,
                                                 const ModelTable& models, std::vector<std::string>& warnings,
                                                 std::stop_token stop) {
    std::vector<fs::path> folders = {project.folder};
    if (query.all_projects) {
        for (const fs::path& folder : known_projects()) {
            if (std::ranges::find(folders, folder) == folders.end()) folders.push_back(folder);
        }
    }
    std::vector<ListedSession> sessions;
    for (const fs::path& folder : folders)
        TRY_OK(add_project(folder, query, models, sessions, warnings, stop));
    std::ranges::stable_sort(sessions, std::ranges::greater(),
                             [](const ListedSession& each) { return each.summary.last; });
    return sessions;
}

std::string sessions_text(const std::vector<ListedSession>& sessions, bool all_projects) {
    std::string text;
    for (const ListedSession& each : sessions) {
        const SessionSummary& s = each.summary;
        const std::string cost = each.cost && *each.cost > 0 ? fmt::format("  ${:.4f}", *each.cost) : "";
        text += fmt::format("{:>3}  {}  {}  {:>3} turns  {}{}  {}\n", s.number, s.place.id,
                            time_text(s.last).substr(0, 16), s.turns, s.model, cost, s.title);
        if (all_projects) text += fmt::format("     in {}\n", each.project.string());
        if (!each.found.empty()) text += fmt::format("     turn {}: {}\n", each.turn, each.found);
    }
    return text;
}

Json sessions_json(const std::vector<ListedSession>& sessions) {
    Json list = Json::array();
    for (const ListedSession& each : sessions) {
        const SessionSummary& s = each.summary;
        list.push_back({{"id", s.place.id},
                        {"title", s.title},
                        {"started", time_text(s.started)},
                        {"last", time_text(s.last)},
                        {"turns", s.turns},
                        {"model", s.model},
                        {"number", s.number},
                        {"project", each.project.string()},
                        {"cost", each.cost ? Json(*each.cost) : Json()}});
        if (!each.found.empty()) list.back()["found"] = {{"turn", each.turn}, {"line", each.found}};
    }
    return list;
}

Result<int> print_sessions(const Options& options, const Project& project, const ModelTable& models,
                           std::stop_token stop) {
    std::vector<std::string> warnings;
    const SessionQuery query{.text = options.text, .all_projects = options.all};
    TRY(const auto sessions, list_sessions(project, query, models, warnings, stop));
    for (const std::string& warning : warnings) tell(warning);
    if (options.format == PrintAs::JSON) {
        print(STDOUT_FILENO, dump_json(sessions_json(sessions), 2) + "\n");
        return 0;
    }
    if (sessions.empty())
        tell(query.text.empty() ? "There is no session in this project yet." : "No session has that.");
    print(STDOUT_FILENO, printable(sessions_text(sessions, query.all_projects)));
    return 0;
}

Result<int> record_command(const Options& options, const Project& project, const fs::path& base) {
    TRY(const SessionPlace place, SessionStore(project.state()).find(options.session));
    TRY(const Log log, Log::read(place.log));
    TRY(const fs::path file, file_to_write(base, options.file));
    TRY_OK(record_session(log.events(), file, place.artifacts));
    tell(fmt::format("Recorded {} in {}.", place.id, options.file));
    return 0;
}

Result<int> report_command(const Options& options, const Project& project, const fs::path& base) {
    TRY(const SessionPlace place, SessionStore(project.state()).find(options.session));
    const ReportForm form = !options.file.empty()             ? report_form_of(options.file)
                            : options.format == PrintAs::JSON ? ReportForm::JSON
                            : options.html                    ? ReportForm::HTML
                                                              : ReportForm::Markdown;
    TRY(const std::string text, report_of(place, form));
    if (options.file.empty()) {
        print(STDOUT_FILENO, printable(text));
        return 0;
    }
    TRY(const fs::path file, file_to_write(base, options.file));
    TRY_OK(write_file(file, text));
    tell(fmt::format("Wrote the report of {} to {}.", place.id, options.file));
    return 0;
}

Result<int> fork_command(const Options& options, const Project& project) {
    const SessionStore store(project.state());
    TRY(const SessionPlace place, store.find(options.session));
    TRY(const SessionPlace copy, store.fork(place, options.turn, Clock()));
    print(STDOUT_FILENO, copy.id + "\n");
    tell(fmt::format("culprit resume {} goes on with it.", copy.id));
    return 0;
}

void note_project(const fs::path& folder) {
    const fs::path file = projects_file();
    if (file.empty()) return;
    std::vector<fs::path> folders = known_projects();
    if (std::ranges::find(folders, folder) != folders.end()) return;
    folders.push_back(folder);
    if (folders.size() > kMostProjects) folders.erase(folders.begin());
    std::string text;
    for (const fs::path& each : folders) text += each.string() + "\n";
    static_cast<void>(write_file(file, text, Mode::Private));
}

}  // namespace culprit
