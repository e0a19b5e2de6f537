// The subcommands that look at what there is and print it: models, tools, playbooks, doctor, init,
// completion.
#pragma once

#include <stop_token>

#include "agent/options.h"
#include "agent/project.h"

namespace culprit {

// What they look at; borrowed.
struct AboutParts {
    const Options& options;
    const Project& project;
    const PlaybookShelf& playbooks;
    const Variables& variables;
    const Settings& settings;
    std::stop_token stop;
};

bool is_about_command(std::string_view command);

// The exit code: 1 if doctor finds what culprit cannot work without.
Result<int> run_about_command(const AboutParts& parts);

}  // namespace culprit
