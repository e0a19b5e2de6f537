#include "agent/json_terminal.h"

#include <unistd.h>

#include "agent/console.h"

namespace culprit {

void JsonTerminal::write(const Json& event) { print(STDOUT_FILENO, dump_json(event) + "\n"); }

void JsonTerminal::start(std::string_view model) {
    write({{"type", "start"},
           {"version", kVersion},
           {"program", "culprit " CULPRIT_VERSION},
           {"model", model}});
}

void JsonTerminal::result(Json answer, int exit_code) {
    Json event = {{"type", "result"}, {"exit_code", exit_code}};
    event.update(answer);
    write(event);
}

void JsonTerminal::answer(std::string_view piece) {
    if (!piece.empty()) write({{"type", "text"}, {"text", piece}});
}

void JsonTerminal::call_output(Stream, std::string_view piece) {
    for (const std::string& line : live_.take(piece)) write({{"type", "output"}, {"text", line}});
}

void JsonTerminal::call_done(const ToolCall& call, const ToolResult& result) {
    for (const std::string& line : live_.finish()) write({{"type", "output"}, {"text", line}});
    auto arguments = parse_json(call.arguments, "");
    Json event = {{"type", "tool"},
                  {"name", call.name},
                  {"arguments", arguments ? *std::move(arguments) : Json(call.arguments)},
                  {"evidence", result.evidence},
                  {"text", result.text},
                  {"elapsed_ms", result.elapsed.count()}};
    if (!result.fault.empty()) event["fault"] = result.fault;
    write(event);
}

void JsonTerminal::notice(std::string_view text) { write({{"type", "notice"}, {"text", text}}); }

void JsonTerminal::failure(std::string_view text) { write({{"type", "error"}, {"text", text}}); }

}  // namespace culprit
