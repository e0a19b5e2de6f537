// A line for the shell, taken apart into the commands that it runs: for a policy that must know each of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culprit {

// One command of a line.
struct ShellCommand {
    std::vector<std::string> assignments = {};  // "NAME=value" before it
    std::vector<std::string> words = {};        // the program and its arguments, without quotes
    std::size_t literal = 0;  // so many of the first words are what they say; a later one may expand
    std::vector<std::string> writes_to = {};  // files that its output is sent to, but /dev/null
    bool follows = false;                     // runs only if the command before it succeeded: "&&"
};

// In, out  a line as `sh -c` or `bash -c` gets it -> its commands in order, joined by && || ; | & or line
// ends Fails    with Invalid, naming what it is, for whatever could run something that is not seen here: $(
// ), ` `,
//          < ( ), here-documents, functions, loops, braces, quotes without end, control characters. The shell
//          might take such a line, but no rule can be held against it.
Result<std::vector<ShellCommand>> parse_shell_line(std::string_view line);

// The words that a line would have if nothing in it had a meaning but blanks: for finding what must not be
// there in a line that parse_shell_line refuses. Quotes and backslashes are dropped, operators and
// parentheses end words.
std::vector<std::string> crude_words(std::string_view line);

}  // namespace culprit
