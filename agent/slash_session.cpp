// Slash commands about sessions: listing, going on with another, taking back, writing out.
#include <charconv>
#include <functional>

#include "agent/playbooks/play.h"
#include "agent/replay.h"
#include "agent/report.h"
#include "agent/session_commands.h"
#include "agent/slash_commands.h"
#include "agent/transcript.h"
#include "base/text.h"

namespace culprit {
namespace {

using What = AfterCommand::What;

SessionStore store_of(const ChatParts& chat) { return SessionStore(chat.turn().session.project().state()); }

Result<AfterCommand> run_sessions(const ChatParts& chat, std::string_view rest) {
    std::vector<std::string> warnings;
    const auto sessions =
        list_sessions(chat.turn().session.project(), {.text = std::string(rest)}, chat.models, warnings, {});
    if (!sessions) return show_error(chat, sessions.error());
    for (const std::string& warning : warnings) chat.turn().terminal.notice(warning);
    if (sessions->empty())
        return show(chat,
                    rest.empty() ? "There is no session in this project yet.\n" : "No session has that.\n");
    std::string text = "|  | last | turns | model | about |\n|---:|---|---:|---|---|\n";
    for (const ListedSession& each : *sessions) {
        const SessionSummary& session = each.summary;
        const std::string found =
            each.found.empty() ? "" : fmt::format(" — turn {}: {}", each.turn, cell(each.found));
        text += fmt::format("| {} | {} | {} | {} | {}{} |\n", session.number,
                            replace_all(time_text(session.last).substr(0, 16), "T", " "), session.turns,
                            cell(session.model), cell(session.title), found);
    }
    return show(chat, text + "\n`/resume NUMBER` goes on with one of them.\n");
}

Result<AfterCommand> run_resume(const ChatParts& chat, std::string_view rest) {
    const auto place = store_of(chat).find(rest);
    if (!place) return show_error(chat, place.error());
    if (place->id == chat.turn().session.place().id) return show(chat, "That is this session.\n");
    return AfterCommand{What::Resume, place->id};
}

Result<AfterCommand> run_fork(const ChatParts& chat, std::string_view rest) {
    Session& session = chat.turn().session;
    if (session.events().empty())
        return show_error(chat, {Fault::NotFound, "nothing was said in this session yet"});
    int turns = 0;
    if (!rest.empty()) {
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), turns);
        if (error != std::errc() || end != rest.data() + rest.size() || turns < 1)
            return show_error(chat, {Fault::Invalid, "/fork takes the number of the last turn to keep"});
    }
    const auto place = store_of(chat).fork(session.place(), turns, Clock());
    if (!place) return show_error(chat, place.error());
    return AfterCommand{What::Resume, place->id};
}

Result<AfterCommand> run_undo(const ChatParts& chat, std::string_view) {
    Session& session = chat.turn().session;
    const auto message = session.last_message();
    if (!message) return show_error(chat, message.error());
    TRY_OK(session.undo());
    return show(chat, fmt::format("Taken back: {}\n", one_line(message->text, 200)));
}

Result<AfterCommand> run_retry(const ChatParts& chat, std::string_view rest) {
    Session& session = chat.turn().session;
    auto message = session.last_message();
    if (!message) return show_error(chat, message.error());
    const StartedPlaybook& started = message->playbook;
    if (started.name.empty() || !rest.empty()) {
        TRY_OK(session.undo());
        return AfterCommand{What::Send, rest.empty() ? std::move(message->text) : std::string(rest)};
    }
    const auto playbook = find_playbook(chat.playbooks, started.name, chat.base);
    if (!playbook) return show_error(chat, playbook.error());
    TRY_OK(session.undo());
    TRY_OK(chat.play(*playbook, started.words));
    return AfterCommand{};
}

Result<fs::path> target(const ChatParts& chat, std::string_view rest, std::string_view suffix) {
    if (!rest.empty()) return file_to_write(chat.base, rest);
    const Session& session = chat.turn().session;
    return session.project().state() / "reports" / (session.place().id + std::string(suffix));
}

// Writes the file that was named, or one in the reports' folder, and says so.
Result<AfterCommand> write_for(const ChatParts& chat, std::string_view rest, std::string_view suffix,
                               const std::function<Result<>(const fs::path&)>& write) {
    const auto file = target(chat, rest, suffix);
    if (!file) return show_error(chat, file.error());
    const auto result = write(*file);
    return result ? show(chat, fmt::format("Written: {}\n", file->string()))
                  : show_error(chat, result.error());
}

Result<AfterCommand> run_save(const ChatParts& chat, std::string_view rest) {
    return write_for(chat, rest, ".jsonl", [&](const fs::path& file) -> Result<> {
        const SessionPlace& place = chat.turn().session.place();
        TRY(const Log log, Log::read(place.log));
        return record_session(log.events(), file, place.artifacts);
    });
}

Result<AfterCommand> run_export(const ChatParts& chat, std::string_view rest) {
    return write_for(chat, rest, ".transcript.md", [&](const fs::path& file) -> Result<> {
        TRY(const Log log, Log::read(chat.turn().session.place().log));
        return write_file(file, transcript(log.events(), 100000));
    });
}

Result<AfterCommand> run_report(const ChatParts& chat, std::string_view rest) {
    return write_for(chat, rest, ".md", [&](const fs::path& file) -> Result<> {
        TRY(const std::string text, report_of(chat.turn().session.place(), report_form_of(file)));
        return write_file(file, text);
    });
}

Result<AfterCommand> run_replay(const ChatParts& chat, std::string_view rest) {
    fs::path file = chat.base / rest;
    if (rest.empty()) {
        // The session as it is now, as a recording.
        const Session& session = chat.turn().session;
        const auto log = Log::read(session.place().log);
        if (!log) return show_error(chat, log.error());
        file = session.project().state() / "reports" / (session.place().id + ".jsonl");
        if (const auto saved = record_session(log->events(), file, session.place().artifacts); !saved)
            return show_error(chat, saved.error());
    }
    const auto difference = replay(file, {}, {});
    if (!difference) return show_error(chat, difference.error());
    return show(chat, difference->empty() ? "The replay is the same as the recording.\n"
                                          : fmt::format("```diff\n{}```\n", *difference));
}

}  // namespace

std::vector<SlashCommand> session_slash_commands() {
    return {
        {"sessions", "[TEXT]", "the sessions of this project, or those in which TEXT stands", run_sessions},
        {"resume", "[SESSION]", "go on with another session: its number, its id, or the beginning of it",
         run_resume},
        {"fork", "[TURN]", "go on with a copy of this session, up to a turn", run_fork},
        {"undo", "", "take the last turn back", run_undo},
        {"retry", "[TEXT]", "take the last turn back, and ask it again or TEXT in its place", run_retry},
        {"save", "[FILE]", "write the session as a recording that can be replayed", run_save},
        {"export", "[FILE]", "write what was said as Markdown", run_export},
        {"report", "[FILE]", "write the answers with their evidence: .md, .html or .json", run_report},
        {"replay", "[FILE]", "run a recording, or this session, again and compare", run_replay},
    };
}

}  // namespace culprit
