// How a repository starts the services it needs: its compose files and the scripts that call docker.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace culprit {

struct ComposeService {
    std::string name, image;
    std::vector<std::string> ports;  // as written: "9092:9092"
};

struct ComposeFile {
    fs::path path;
    std::vector<ComposeService> services;
};

struct DockerLine {
    fs::path path;
    int line = 0;
    std::string text;  // the line, which calls docker or compose
};

struct ServiceFiles {
    std::vector<ComposeFile> compose;
    std::vector<DockerLine> scripts;
    bool was_cut = false;  // the tree is larger than what was looked at
};

// Looks through the folder and those below it, but for what version control and builds leave there.
ServiceFiles find_service_files(const fs::path& folder);

// The services of a compose file as far as its lines tell: block style, two levels down. What is written
// another way is left out; docker itself reads the file when it is used.
std::vector<ComposeService> services_in(std::string_view yaml);

}  // namespace culprit
