// The conversation with a person: reads messages, lets the files they name be read, runs turns.
#pragma once

#include <optional>

#include "agent/interrupts.h"
#include "agent/line_source.h"
#include "agent/slash_commands.h"

namespace culprit {

// Reads one message: lines up to a blank one (or one line, if Enter sends), or a command of one line. None:
// the person leaves.
std::optional<std::string> read_message(LineSource& lines, bool enter_sends = false);

// `text` in the person's editor ($VISUAL, $EDITOR, vi), as it was saved. Fails with Unavailable if the editor
// does.
Result<std::string> edit_message(std::string_view text);

// Files that the message names may be read from now on, folders become source roots: after a yes where a
// person can be asked, at once where not. Each is told of.
Result<> admit_mentions(std::string_view message, const fs::path& base, Session& session, Terminal& terminal);

// Runs turns and commands until the person leaves; the id of the session to go on with, empty if they leave
// for good. Fails only if the log cannot be written.
Result<std::string> chat(const ChatParts& parts, LineSource& lines, const fs::path& base,
                         Interrupts& interrupts);

}  // namespace culprit
