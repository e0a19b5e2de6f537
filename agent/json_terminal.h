// A turn as events for programs, one JSON object a line on stdout (docs/json.md).
#pragma once

#include <string>

#include "agent/live_output.h"
#include "agent/terminal.h"
#include "base/json.h"

namespace culprit {

// {"type":"text","text"}, {"type":"tool","name","arguments","evidence","text"[,"fault"],"elapsed_ms"},
// {"type":"output","text"} of a command that runs, {"type":"notice","text"} and {"type":"error","text"}, as
// they happen. Answers no question.
class JsonTerminal : public Terminal {
  public:
    static constexpr int kVersion = 1;  // of the events; stands in the first one

    void start(std::string_view model);
    // The last event: the fields of `--format json` and the exit code.
    void result(Json answer, int exit_code);

    void answer(std::string_view piece) override;
    void end_answer() override {}
    void call_output(Stream stream, std::string_view piece) override;
    void call_done(const ToolCall& call, const ToolResult& result) override;
    void notice(std::string_view text) override;
    void failure(std::string_view text) override;
    bool can_ask() const override { return false; }
    bool confirm(std::string_view) override { return false; }
    std::optional<std::string> ask(std::string_view, std::string_view) override { return std::nullopt; }

  private:
    void write(const Json& event);

    LiveOutput live_{2000};
};

}  // namespace culprit
