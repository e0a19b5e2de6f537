// Completion for shells, and the manual page: both made from the command line as it is declared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
}

namespace culprit {

// What the last of `words` (those after "culprit") may become: subcommands and options. Empty where it is a
// file.
std::vector<std::string> complete_command_line(const CLI::App& app, const std::vector<std::string>& words);

// The script for bash, zsh or fish. It asks the program itself, so it never grows old. Fails with Invalid for
// another shell.
Result<std::string> completion_script(std::string_view shell);

// A page for man(1), in roff.
std::string manual_page(const CLI::App& app);

}  // namespace culprit
