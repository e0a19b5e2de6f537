#include "agent/ask.h"

#include <array>

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/exit_codes.h"
#include "agent/json_terminal.h"
#include "agent/spending.h"
#include "agent/terminal_modes.h"
#include "agent/transcript.h"
#include "base/process.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostStdin = 10'000'000;
constexpr std::chrono::milliseconds kFirstByte{10000};

bool is_pipe_or_file() {
    struct stat status {};
    if (::fstat(STDIN_FILENO, &status) != 0) return false;
    return S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode);
}

Json asked_json(const TurnParts& parts, const ModelTable& models) {
    Json json = answer_json(parts.session.place().id, parts.session.events());
    const auto cost = cost_of(spent_in_turn(parts.session.events()), models);
    json["usage"]["cost"] = cost ? Json(*cost) : Json();
    return json;
}

}  // namespace

Result<AskedOnce> ask_once(const TurnParts& parts, std::string message, const OutputSchema* schema,
                           const ModelTable& models, std::stop_token stop) {
    if (schema) message += schema->request();
    TRY(TurnEnd end, run_turn(parts, std::move(message), stop));
    Json json = asked_json(parts, models);
    if (!schema || end != TurnEnd::Answered) return AskedOnce{end, std::move(json)};
    auto value = schema->read(text_at(json, "answer"));
    if (!value) {
        parts.terminal.notice("The answer does not fit the schema, the model is asked to repair it: " +
                              value.error().what);
        TRY(end, run_turn(parts, schema_repair_request(value.error()), stop));
        json = asked_json(parts, models);
        if (end != TurnEnd::Answered) return AskedOnce{end, std::move(json)};
        value = schema->read(text_at(json, "answer"));
    }
    if (value) {
        json["output"] = *std::move(value);
        return AskedOnce{end, std::move(json)};
    }
    json["error"] =
        fmt::format("the answer does not fit the schema, repaired or not: {}", value.error().what);
    parts.terminal.failure(text_at(json, "error"));
    return AskedOnce{TurnEnd::Failed, std::move(json)};
}

int exit_code(const AskedOnce& asked) {
    return asked.end == TurnEnd::Answered && flag_at(asked.json, "finding") ? kFinding : exit_code(asked.end);
}

Result<int> print_answer(PrintAs format, bool value_only, std::string_view model, const AskOnce& ask_it,
                         std::stop_token stop) {
    const QuietKeys keys(QuietKeys::Keys::TheShells);
    Console console;
    QuietConsole quiet;
    SilentTerminal silent;
    JsonTerminal events;
    if (format == PrintAs::StreamJSON) events.start(model);
    Terminal& terminal = format == PrintAs::StreamJSON ? static_cast<Terminal&>(events)
                         : format == PrintAs::JSON     ? static_cast<Terminal&>(silent)
                         : value_only                  ? static_cast<Terminal&>(quiet)
                                                       : static_cast<Terminal&>(console);
    TRY(AskedOnce asked, ask_it(terminal, std::move(stop)));
    const int code = exit_code(asked);
    if (format == PrintAs::StreamJSON)
        events.result(std::move(asked.json), code);
    else if (format == PrintAs::JSON)
        print(STDOUT_FILENO, dump_json(asked.json, 2) + "\n");
    else if (asked.json.contains("output"))
        print(STDOUT_FILENO, dump_json(asked.json["output"], 2) + "\n");
    return code;
}

Result<std::string> read_stdin(StdinAs use, std::string& told, std::stop_token stop) {
    const bool attached = use == StdinAs::Attachment;
    if (attached && !is_pipe_or_file()) return std::string();
    const LentTerminal lent;  // who types it sees it
    const StopSignal signal(stop);
    std::string text;
    for (;;) {
        std::array<pollfd, 2> set{{{STDIN_FILENO, POLLIN, 0}, {signal.fd(), POLLIN, 0}}};
        const int wait = attached && text.empty() ? static_cast<int>(kFirstByte.count()) : -1;
        const int ready = ::poll(set.data(), set.size(), wait);
        if (stop.stop_requested()) return std::unexpected(cancelled());
        if (ready == 0) {
            told = fmt::format(
                "Nothing came on stdin within {} s: it is left out. '-' in place of the text waits for it.",
                kFirstByte.count() / 1000);
            return std::string();
        }
        if (ready < 0 || !set[0].revents) continue;
        std::array<char, 65536> piece;
        const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
        if (got <= 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(got));
        if (text.size() > kMostStdin)
            return fail(Fault::Invalid, "more than {} on stdin; name the file in the message instead",
                        bytes_text(kMostStdin));
    }
}

std::string with_attachment(std::string_view text, std::string_view attached) {
    if (trim(attached).empty()) return std::string(text);
    return fmt::format("{}\n\n[Attached:]\n{}", text, attached);
}

}  // namespace culprit
