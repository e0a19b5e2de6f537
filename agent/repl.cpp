#include "agent/repl.h"

#include "agent/mentions.h"
#include "base/text.h"

namespace culprit {

std::optional<std::string> read_message(LineSource& lines) {
    std::string message;
    for (;;) {
        const Line line = lines.next(message.empty() ? "> " : "  ", !message.empty());
        switch (line.what) {
            case Line::What::Text:
                if (line.text.empty() && message.empty()) return std::nullopt;
                if (line.text.empty()) return message;
                if (message.empty() && is_slash_command(line.text)) return line.text;
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

Result<> chat(const ChatParts& parts, LineSource& lines, const fs::path& base, Interrupts& interrupts) {
    while (!interrupts.leaving()) {
        const auto message = read_message(lines);
        if (!message) break;
        if (is_slash_command(*message)) {
            TRY_OK(run_slash_command(parts, *message));
            continue;
        }
        const TurnScope scope(interrupts);
        TurnParts turn = parts.turn();
        Terminal& terminal = turn.terminal;
        TRY_OK(admit_mentions(*message, base, turn.session, terminal));
        TRY_OK(run_turn(std::move(turn), std::string(trim(*message)), scope.token()));
        terminal.end_answer();
    }
    return {};
}

}  // namespace culprit
