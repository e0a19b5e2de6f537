// Playbooks as subcommands: `culprit topn FILE --problem TEXT`.
#pragma once

#include "agent/options.h"
#include "prompts/shelf.h"

namespace CLI {
class App;
}

namespace culprit {

// Adds a subcommand for each playbook whose name is none yet, and `playbook NAME|FILE [WORD…]` for all.
void add_playbook_commands(CLI::App& app, Options& options, const PlaybookShelf& shelf);

}  // namespace culprit
