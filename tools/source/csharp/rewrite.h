// C# that the grammar does not know, written as C# that it knows and that means the same to the index. Bytes keep their
// places, so that the tree of the rewritten text is walked over the original.
#pragma once

#include <string>
#include <string_view>

namespace culprit::csharp {

// Cheap, for every file: `async` as a name, `allows ref struct`, assignment behind `?.` and `?[`. False if nothing had to
// be changed; `out` is the text then.
bool rewrite_words(std::string_view text, std::string& out);

// For a file that did not parse: collection expressions that look like attributes, `and not` behind a declared name,
// pointers that are followed.
std::string rewrite_brackets(std::string text);

}  // namespace culprit::csharp
