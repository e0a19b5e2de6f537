// A Markdown file with settings in YAML before it, between lines of "---".
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace culprit {

struct FrontMatter {
    Json fields = Json::object();  // null, booleans, numbers and text as YAML has them; quoted is text
    std::string body;              // what comes after
    std::string warning;           // set if the settings are no YAML and were read line by line
};

// Settings that are no YAML (other tools write descriptions with colons and quotes as they come) are read as
// "name: rest of the line", further lines going on with the last name. A text without settings is all body.
// Fails with Invalid if the settings have no end, are larger than 64 kB or nest deeper than 20.
Result<FrontMatter> read_front_matter(std::string_view text, std::string_view what);

}  // namespace culprit
