// The project that culprit was started in, and what it keeps there.
#pragma once

#include "base/files.h"
#include "memory/project_memory.h"
#include "tools/profile/store.h"
#include "tools/roots.h"
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

// What tools work with, for as long as the program runs.
struct Workspace {
    explicit Workspace(const Project& project);
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    Workbench bench(std::stop_token stop);

    Roots roots;
    SourceIndex source;
    ProfileStore profiles;
    ProjectMemory memory;
};

}  // namespace culprit
