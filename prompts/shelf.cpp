#include "prompts/shelf.h"

#include <algorithm>

#include "base/text.h"
#include "prompts/prompts.h"

namespace culprit {
namespace {

constexpr std::uint64_t kMostBytes = 512 << 10;  // of one file
constexpr std::size_t kMostFiles = 200;          // of one folder

Result<Playbook> load(const fs::path& file, bool is_foreign) {
    TRY(const std::string text, read_file(file, kMostBytes));
    const bool is_skill = file.filename() == "SKILL.md";
    TRY(Playbook playbook,
        read_playbook(text, (is_skill ? file.parent_path().filename() : file.stem()).string(), is_foreign));
    playbook.file = file;
    if (is_skill)
        playbook.body +=
            fmt::format("\n\n(The files that this names lie in {}.)", file.parent_path().string());
    return playbook;
}

}  // namespace

PlaybookShelf::PlaybookShelf(std::span<const PlaybookFolder> folders) {
    constexpr std::string_view kFolder = "playbooks/";
    for (const bool foreign : {false, true}) {
        for (const PlaybookFolder& folder : folders) {
            if ((folder.form != PlaybookFolder::Form::Playbooks) == foreign) add_folder(folder);
        }
        if (foreign) break;
        for (const std::string_view name : prompt_names(kFolder)) {
            add(read_playbook(prompt_text(name),
                              name.substr(kFolder.size(), name.size() - kFolder.size() - 3), false),
                Playbook::From::BuiltIn, {});
        }
    }
    std::ranges::sort(all_, {}, &Playbook::name);
}

void PlaybookShelf::add(Result<Playbook> playbook, Playbook::From from, const fs::path& file) {
    if (!playbook) {
        warnings_.push_back(fmt::format("{}the playbook is left out: {}",
                                        file.empty() ? "" : file.string() + ": ", playbook.error().what));
        return;
    }
    if (find(playbook->name)) return;
    playbook->from = from;
    playbook->file = file;
    all_.push_back(*std::move(playbook));
}

void PlaybookShelf::add_folder(const PlaybookFolder& folder) {
    std::vector<fs::path> files;
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(folder.path, code)) {
        if (folder.form == PlaybookFolder::Form::Skills) {
            const fs::path file = entry.path() / "SKILL.md";
            if (fs::is_regular_file(file, code)) files.push_back(file);
        } else if (entry.path().extension() == ".md" && entry.is_regular_file(code)) {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    if (files.size() > kMostFiles) {
        warnings_.push_back(fmt::format("{} holds {} playbooks; the first {} are taken", folder.path.string(),
                                        files.size(), kMostFiles));
        files.resize(kMostFiles);
    }
    for (const fs::path& file : files)
        add(load(file, folder.form != PlaybookFolder::Form::Playbooks), folder.from, file);
}

const Playbook* PlaybookShelf::find(std::string_view name) const {
    const auto found = std::ranges::find(all_, name, &Playbook::name);
    return found == all_.end() ? nullptr : &*found;
}

std::string PlaybookShelf::list() const {
    std::string text;
    for (const Playbook& each : all_)
        text += fmt::format("- {}: {}\n", each.name, one_line(first_sentence(each.description), 200));
    return text;
}

Result<Playbook> load_playbook(const fs::path& file) {
    const bool is_foreign = file.filename() == "SKILL.md" || file.string().contains("/.claude/");
    TRY(Playbook playbook, load(file, is_foreign));
    playbook.from = Playbook::From::Project;  // whoever wrote it
    return playbook;
}

std::vector<PlaybookFolder> playbook_folders(const fs::path& project, const fs::path& own,
                                             const fs::path& home) {
    using Form = PlaybookFolder::Form;
    std::vector<PlaybookFolder> folders = {{project / ".culprit" / "playbooks", Form::Playbooks}};
    if (!own.empty()) folders.push_back({own / "playbooks", Form::Playbooks, Playbook::From::Person});
    folders.push_back({project / ".claude" / "agents", Form::Agents});
    folders.push_back({project / ".claude" / "skills", Form::Skills});
    if (home.empty()) return folders;
    folders.push_back({home / ".claude" / "agents", Form::Agents, Playbook::From::Person});
    folders.push_back({home / ".claude" / "skills", Form::Skills, Playbook::From::Person});
    return folders;
}

}  // namespace culprit
