// Names of code, files and evidence in a text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct NameMention {
    enum class Kind { Code, File };
    Kind kind = Kind::Code;
    std::string name;                // "Shop.Cart.Add", without arguments; "Cart.cs", "runs/before.nettrace"
    std::size_t begin = 0, end = 0;  // in the text

    std::string_view last_part() const;  // "Add"; of a file its name without folders
};

// What can only be meant as a name: words with parts ("Cart.Add", "std::sort", "Cart.cs"), words in
// backquotes, words of several humps ("CartIndex"), a word before "()".
std::vector<NameMention> names_in(std::string_view text);

struct Citation {
    std::string evidence;            // "E7"
    std::size_t begin = 0, end = 0;  // of the brackets that hold it
};
// "[E7]", and each of "[E7, E9]".
std::vector<Citation> citations_in(std::string_view text);

}  // namespace culprit
