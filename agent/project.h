// The project that culprit was started in, and what it keeps there.
#pragma once

#include "base/files.h"
#include "memory/project_memory.h"
#include "prompts/shelf.h"
#include "tools/profile/store.h"
#include "tools/roots.h"
#include "tools/run/background.h"
#include "tools/run/connections.h"
#include "tools/run/sandbox.h"
#include "tools/source/index.h"
#include "tools/tool.h"

namespace culprit {

struct Project {
    fs::path folder;  // the nearest one above that has .culprit or .git, else the one we were started in
    fs::path state() const { return folder / ".culprit"; }
};

Project find_project(const fs::path& from);

// Makes the state folder, with a .gitignore that keeps everything but memory and playbooks out of version
// control.
Result<> prepare_state(const Project& project);

// The person's home folder; empty if they have none.
fs::path home_folder();

// What the person's programs keep about themselves: $XDG_STATE_HOME/culprit, else ~/.local/state/culprit;
// empty without a home.
fs::path own_state_folder();

// Where what is typed in the project is kept: the person's own, so it lies in their state folder, and a
// project in which nothing was said yet stays as it is. Without a home in the project's, once that is there.
fs::path typed_messages_file(const Project& project);

// What the guideline files (AGENTS.md, CLAUDE.md) in `folder` and above it, up to `project`, say: outermost
// first, each with its path, 32 kB at most; a file that says the same as another is left out.
std::string guidelines_for(const fs::path& project, const std::vector<fs::path>& folders);

// What tools work with, for as long as the program runs.
struct Workspace {
    explicit Workspace(const Project& project);
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    Workbench bench(std::stop_token stop);
    // To run what a call was granted; what it leaves goes into `artifacts`, its output to `show`.
    Runner runner(const fs::path& artifacts, Needs granted, OnOutput show);

    Project project;
    Roots roots;
    SourceIndex source;
    ProfileStore profiles;
    ProjectMemory memory;
    PlaybookShelf playbooks;
    std::string guidelines;  // what the project's AGENTS.md and CLAUDE.md say
    Sandbox sandbox;
    Connections connections;
    Background background;  // of the session; ends with it
};

}  // namespace culprit
