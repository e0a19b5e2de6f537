#include "agent/repl.h"

#include <array>
#include <cerrno>

#include <re2/re2.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/attachments.h"
#include "agent/mentions.h"
#include "agent/terminal_modes.h"
#include "base/text.h"

namespace culprit {

std::optional<std::string> read_message(LineSource& lines, bool enter_sends) {
    std::string message;
    for (;;) {
        const Line line = lines.next(message.empty() ? "> " : "  ", !message.empty());
        switch (line.what) {
            case Line::What::Text:
                if (line.text.empty() && message.empty()) return std::nullopt;
                if (message.empty() && trim(line.text).empty()) break;  // spaces alone say nothing
                if (line.text.empty()) return message;
                if (message.empty() && (enter_sends || is_slash_command(line.text))) return line.text;
                message += line.text + "\n";
                break;
            case Line::What::End:
                if (trim(message).empty()) return std::nullopt;
                return message;
            case Line::What::Dropped: message.clear(); break;
            case Line::What::Left: return std::nullopt;
        }
    }
}

Result<> admit_mentions(std::string_view message, const fs::path& base, Session& session,
                        Terminal& terminal) {
    const Roots& roots = session.workspace().roots;
    for (const Mention& mention : find_mentions(message, base)) {
        const std::string path = mention.path.string();
        if (roots.resolve(path)) continue;
        if (!mention.is_folder) {
            TRY_OK(session.add_file(mention.path));
            terminal.notice(fmt::format("May read the file {} ({})", roots.shown(mention.path), path));
            continue;
        }
        if (is_too_broad(mention.path)) {
            terminal.notice(
                fmt::format("{} is too broad to be a source root; name a folder of sources", path));
            continue;
        }
        std::string name = root_name_for(mention.path);
        for (int number = 2; roots.find(name); ++number)
            name = fmt::format("{}-{}", root_name_for(mention.path), number);
        if (terminal.can_ask() && !terminal.confirm(fmt::format("May I read the sources in {}?", path)))
            continue;
        TRY_OK(session.add_source(name, mention.path));
        terminal.notice(fmt::format("May read the source root {}/ ({})", name, path));
    }
    return {};
}

Result<std::string> edit_message(std::string_view text) {
    TRY(const TemporaryFolder folder, TemporaryFolder::make("culprit-message"));
    const std::string file = (folder.path() / "message.md").string();
    TRY_OK(write_file(file, text, Mode::Private));
    const std::string command = "${VISUAL:-${EDITOR:-vi}} \"$1\"";
    // It has the terminal, and the signals as it finds them when a shell starts it.
    const std::array<const char*, 6> argv = {"sh", "-c", command.c_str(), "culprit", file.c_str(), nullptr};
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    const LentTerminal lent;
    pid_t child = -1;
    const int failed =
        ::posix_spawnp(&child, "sh", nullptr, &attributes, const_cast<char* const*>(argv.data()), environ);
    ::posix_spawnattr_destroy(&attributes);
    int status = 0;
    while (!failed && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (failed || status != 0) return fail(Fault::Unavailable, "the editor failed; EDITOR names another");
    return read_file(file, 8u << 20);
}

namespace {

// "Remember that …", "forget about …": without a model the program does it, as the command does; any other
// message stays as it is.
std::string as_memory_command(std::string message) {
    static const RE2 kWords(
        R"((?i)\s*(?:please,?\s+)?(remember|forget)(?:\s*:|\s+that\b|\s+about\b)\s*(\S[^\n]*)\s*)");
    std::string command, rest;
    if (!RE2::FullMatch(message, kWords, &command, &rest)) return message;
    return fmt::format("/{} {}", to_lower(command), rest);
}

// One message: what is attached, then the turn.
Result<> send(const ChatParts& parts, const std::string& message, const fs::path& base,
              Interrupts& interrupts) {
    const TurnScope scope(interrupts);
    TurnParts turn = parts.turn();
    Terminal& terminal = turn.terminal;
    TRY_OK(admit_mentions(message, base, turn.session, terminal));
    TRY(turn.opening, attachments_of(message, base, turn.session));
    TRY_OK(run_turn(std::move(turn), std::string(trim(message)), scope.token()));
    terminal.end_answer();
    return {};
}

}  // namespace

Result<std::string> chat(const ChatParts& parts, LineSource& lines, const fs::path& base,
                         Interrupts& interrupts) {
    using What = AfterCommand::What;
    while (!interrupts.leaving()) {
        auto message = read_message(lines, parts.enter_sends);
        if (!message) break;
        if (parts.turn().provider.model() == "investigator") message = as_memory_command(*std::move(message));
        if (is_slash_command(*message)) {
            TRY(AfterCommand after, run_slash_command(parts, *message));
            if (after.what == What::Leave) break;
            if (after.what == What::Resume) return after.text;
            if (after.what == What::Stay) continue;
            message = after.text;
            if (after.what == What::Edit) {
                const auto edited = edit_message(after.text);
                if (!edited) parts.turn().terminal.failure(edited.error().what);
                if (!edited || trim(*edited).empty()) continue;
                message = *edited;
            }
            parts.turn().terminal.notice("> " + replace_all(std::string(trim(*message)), "\n", "\n  "));
        }
        TRY_OK(send(parts, *message, base, interrupts));
    }
    return std::string();
}

}  // namespace culprit
