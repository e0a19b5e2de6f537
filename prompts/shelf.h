// Where playbooks lie: in the program, in folders of the project and of the person, and as the files of other
// tools.
#pragma once

#include <span>

#include "prompts/playbook.h"

namespace culprit {

struct PlaybookFolder {
    enum class Form {
        Playbooks,  // NAME.md, ours
        Agents,     // NAME.md, written for another tool
        Skills,     // NAME/SKILL.md
    };
    fs::path path;
    Form form = Form::Playbooks;
    Playbook::From from = Playbook::From::Project;
};

class PlaybookShelf {
  public:
    // The built-in ones alone.
    PlaybookShelf() : PlaybookShelf(std::span<const PlaybookFolder>()) {}
    // A folder that is not there is no error; of two of one name the first counts, ours before those of other
    // tools, built-in ones last.
    explicit PlaybookShelf(std::span<const PlaybookFolder> folders);

    const std::vector<Playbook>& all() const { return all_; }  // by name
    const Playbook* find(std::string_view name) const;
    const std::vector<std::string>& warnings() const { return warnings_; }  // of files that could not be read

    // "- topn: what it does", a line each.
    std::string list() const;

  private:
    void add(Result<Playbook> playbook, Playbook::From from, const fs::path& file);
    void add_folder(const PlaybookFolder& folder);

    std::vector<Playbook> all_;
    std::vector<std::string> warnings_;
};

// The playbook in a file, whatever its name; one below ".claude", or called SKILL.md, is another tool's.
Result<Playbook> load_playbook(const fs::path& file);

// The folders of a project and of the person (`own` is the folder of their settings), in the order in which
// they count.
std::vector<PlaybookFolder> playbook_folders(const fs::path& project, const fs::path& own,
                                             const fs::path& home);

}  // namespace culprit
