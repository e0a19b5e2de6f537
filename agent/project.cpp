#include "agent/project.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "agent/mentions.h"
#include "agent/settings.h"
#include "base/text.h"
#include "tools/run/runner.h"

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

fs::path home_folder() {
    const char* path = std::getenv("HOME");
    return path ? path : "";
}

fs::path own_state_folder() {
    const char* state = std::getenv("XDG_STATE_HOME");
    if (state && *state == '/') return fs::path(state) / "culprit";
    const fs::path home = home_folder();
    return home.is_absolute() ? home / ".local/state/culprit" : fs::path();
}

fs::path typed_messages_file(const Project& project) {
    std::error_code code;
    if (const fs::path own = own_state_folder(); !own.empty())
        return own / "typed" /
               fmt::format("{}-{}", project.folder.filename().string(),
                           content_hash(project.folder.string()).substr(0, 12)) /
               "history";
    return fs::is_directory(project.state(), code) ? project.state() / "history" : fs::path();
}

std::string guidelines_for(const fs::path& project, const std::vector<fs::path>& folders) {
    constexpr std::size_t kMostBytes = 32 << 10;
    constexpr std::array<std::string_view, 2> kNames = {"AGENTS.md", "CLAUDE.md"};
    std::vector<fs::path> files;
    for (const fs::path& folder : folders) {
        std::vector<fs::path> way;
        for (fs::path at = folder; lies_within(at, project); at = at.parent_path()) {
            way.push_back(at);
            if (at == project) break;
        }
        if (way.empty()) way = {folder};
        for (const fs::path& at : std::vector(way.rbegin(), way.rend())) {
            for (const std::string_view name : kNames) {
                if (std::ranges::find(files, at / name) == files.end()) files.push_back(at / name);
            }
        }
    }
    std::string text;
    std::vector<std::string> seen;
    for (const fs::path& file : files) {
        auto content = read_file(file, 1 << 20);
        if (!content || trim(*content).empty() || std::ranges::find(seen, *content) != seen.end()) continue;
        seen.push_back(*content);
        const std::size_t left = kMostBytes - std::min(kMostBytes, text.size());
        std::string part = valid_utf8(trim(*content));
        if (part.size() > left)
            part = valid_utf8(part.substr(0, left)) + "\n[the rest is left out: the guidelines are too long]";
        if (left > 0) text += fmt::format("## {}\n{}\n\n", file.string(), part);
    }
    return text;
}

Workspace::Workspace(const Project& project_)
    : project(project_),
      source(roots, project.state() / "index", kPatience),
      memory(project.state() / "memory"),
      playbooks(playbook_folders(project.folder, own_settings_folder(), home_folder())) {
    static_cast<void>(roots.add_private("memory", memory.folder()));  // the first root: its name is free
}

namespace {

// Sources and artefacts can be read wherever they lie; what culprit itself goes by, and the hooks that git
// runs, cannot be changed; transcripts and keys are not to be seen.
SandboxView view_of(const Project& project, const Roots& roots, const fs::path& artifacts) {
    SandboxView view{.readable = {artifacts}, .hidden = {project.state()}};
    std::vector<fs::path> trees;
    if (!is_too_broad(project.folder)) trees.push_back(project.folder);
    for (const Root& root : roots.all())
        if (root.what != Root::What::Private) trees.push_back(root.path);
    for (const fs::path& tree : trees) {
        view.readable.push_back(tree);
        view.hidden.push_back(tree / ".env");
        for (const char* name : {".git/hooks", ".git/config", "culprit.toml", ".mcp.json"})
            view.fixed.push_back(tree / name);
    }
    return view;
}

}  // namespace

Runner Workspace::runner(const fs::path& artifacts, Needs granted, OnOutput show) {
    return Runner({.sandbox = sandbox,
                   .background = background,
                   .connections = connections,
                   .view = view_of(project, roots, artifacts),
                   .artifacts = artifacts,
                   .granted = std::move(granted),
                   .show = std::move(show)});
}

Workbench Workspace::bench(std::stop_token stop) {
    return {
        .roots = roots, .source = source, .profiles = profiles, .memory = memory, .stop = std::move(stop)};
}

}  // namespace culprit
