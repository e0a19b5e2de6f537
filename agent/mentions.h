// Files and folders that a message names. What a person names may be read.
#pragma once

#include <string_view>
#include <vector>

#include "base/files.h"

namespace culprit {

struct Mention {
    fs::path path;  // real
    bool is_folder = false;
};

// The paths in `message` that exist: absolute ones, those below "~", and relative ones, with a "/" or naming
// a file, seen from `base`. Quotes and punctuation around them do not matter. In the order of the text, each
// once.
std::vector<Mention> find_mentions(std::string_view message, const fs::path& base);

// The words of a message. What stands in quotes or backquotes is one, without them, as paths may hold blanks.
std::vector<std::string_view> message_words(std::string_view text);

// A name for a root at `folder`: that of the folder itself, unless it says as little as "src" does.
std::string root_name_for(const fs::path& folder);

// True for folders that must not become a root by being mentioned: "/", the home folder and what lies above
// it, /etc and the like.
bool is_too_broad(const fs::path& folder);

}  // namespace culprit
