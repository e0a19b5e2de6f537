#include "agent/project.h"

namespace culprit {
namespace {

// How long a question waits for the first index of a tree before it is answered from a part of the files.
constexpr std::chrono::seconds kPatience{20};

}  // namespace

Project find_project(const fs::path& from) {
    std::error_code code;
    for (fs::path folder = from; folder.has_relative_path(); folder = folder.parent_path()) {
        if (fs::exists(folder / ".culprit", code) || fs::exists(folder / ".git", code)) return {folder};
    }
    return {from};
}

Result<> prepare_state(const Project& project) {
    const fs::path ignore = project.state() / ".gitignore";
    std::error_code code;
    if (fs::exists(ignore, code)) return {};
    return write_file(
        ignore,
        "# Memory and playbooks are worth keeping in version control; the rest is this machine's.\n"
        "*\n!.gitignore\n!memory/\n!memory/**\n!playbooks/\n!playbooks/**\n");
}

Workspace::Workspace(const Project& project)
    : source(roots, project.state() / "index", kPatience), memory(project.state() / "memory") {
    static_cast<void>(roots.add_private("memory", memory.folder()));  // the first root: its name is free
}

Workbench Workspace::bench(std::stop_token stop) {
    return {
        .roots = roots, .source = source, .profiles = profiles, .memory = memory, .stop = std::move(stop)};
}

}  // namespace culprit
