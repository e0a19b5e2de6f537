// `culprit init`: a commented culprit.toml for the project as it is.
#pragma once

#include <string>

#include "agent/project.h"

namespace culprit {

// What stands in the repository, as far as settings depend on it.
struct RepositoryFacts {
    std::vector<std::pair<std::string, std::size_t>> languages;  // with their files, most first
    std::vector<std::string> builds;                             // "CMakeLists.txt", "Shop.sln"
    std::vector<std::string> benchmarks;                         // folders whose names say so
    std::vector<std::string> compose;                            // files that start containers
    std::vector<std::string> guidelines;                         // AGENTS.md, CLAUDE.md
    std::vector<std::string> profiles;                           // traces that lie there
};

// Looks at the files that version control would show, at most 200,000.
RepositoryFacts look_at_repository(const fs::path& folder, std::stop_token stop);

// The text of the file. Every setting in it is a comment until the person takes it up.
std::string settings_text(const RepositoryFacts& facts);

// Writes culprit.toml and the state folder; what it did, for people. Fails with Invalid if the file is there.
Result<std::string> init_project(const Project& project, std::stop_token stop);

}  // namespace culprit
