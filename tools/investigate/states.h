// Two states of a source tree: two roots, or two revisions of one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tools/source/git.h"
#include "tools/tool.h"

namespace culprit {

// A file that differs. A path is below the root of its side, and empty if the file is not there.
struct ChangedText {
    std::string before_path, after_path;
    std::string before, after;
};

struct States {
    std::string before, after;       // as people know them: "v1.2", "the files as they are", "before/"
    const Root* root = nullptr;      // whose files are the state after, or come nearest to it
    std::vector<ChangedText> files;  // those that differ, of languages that are known
    std::size_t files_left_out = 0;  // beyond the limit
};

// `from` and `to` name two source roots, or two revisions of the root that `path` lies in (with `to` empty:
// the files as they are). Both empty: the two source roots whose names tell. Fails with Invalid, saying what
// to name, NotFound for a revision that is not there, or as git does.
Result<States> read_states(Workbench& bench, const std::string& from, const std::string& to,
                           const std::string& path);

}  // namespace culprit
