// A source text as declarations made of tokens: what its syntax says, without blanks and comments.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tools/profile/intern.h"
#include "tools/source/index.h"

namespace culprit {

struct Token {
    StringId text = 0;
    bool is_name = false;  // an identifier
};

// A function, member or type. What is declared inside it has its tokens for itself.
struct Declared {
    Definition definition;         // without root and file
    std::string path;              // of the file, below its root
    std::vector<Token> tokens;     // in the order of the text
    std::vector<StringId> locals;  // sorted: its parameters and local variables
};

// Interns into `texts`. Nothing for a language that is not known. Fails as Parser::parse does.
Result<std::vector<Declared>> read_declared(std::string_view path, std::string_view text, StringTable& texts,
                                            std::stop_token stop);

}  // namespace culprit
