// A question that is asked without a person there: `culprit ask`.
#pragma once

#include "agent/console.h"
#include "agent/loop.h"
#include "agent/output_schema.h"
#include "agent/tool_commands.h"

namespace culprit {

struct AskedOnce {
    TurnEnd end = TurnEnd::Failed;
    Json json;  // what --format json prints (docs/json.md)
};

// A finding, in an answer, is one for the shell too.
int exit_code(const AskedOnce& asked);

// Runs the turn. With a schema the answer must fit it: if it does not, the model is asked once to repair it;
// what it then gives stands in json["output"], or the turn has failed. Fails as run_turn does.
Result<AskedOnce> ask_once(const TurnParts& parts, std::string message, const OutputSchema* schema,
                           const ModelTable& models, std::stop_token stop);

// What is asked once, up to the answer, with what is shown on the way at a terminal.
using AskOnce = std::function<Result<AskedOnce>(Terminal& terminal, std::stop_token stop)>;

// Asks, and prints in the format that is wanted; `value_only`: only what fits the schema. The exit code.
// Fails as `ask_it` does.
Result<int> print_answer(PrintAs format, bool value_only, std::string_view model, const AskOnce& ask_it,
                         std::stop_token stop);

// The console of a run whose answer is printed by someone else: notices and failures on stderr, nothing on
// stdout.
class QuietConsole : public Console {
  public:
    void answer(std::string_view) override {}
    void end_answer() override {}
};

enum class StdinAs {
    Message,     // waited for to its end
    Attachment,  // only a pipe or a file, and left out if its first byte does not come
};

// What was piped in. Empty: nothing was, and `told` says so where that may be a surprise. Fails with
// Cancelled on stop, with Invalid for more than 10 MB.
Result<std::string> read_stdin(StdinAs use, std::string& told, std::stop_token stop);

// TEXT with what was piped in after it.
std::string with_attachment(std::string_view text, std::string_view attached);

}  // namespace culprit
