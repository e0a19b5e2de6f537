// The folders and files that a session may read, each with a name, and the one way in which paths are
// written: "ROOT/path/in/root". Nothing outside is reachable, whatever ".." or symbolic links say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace culprit {

struct Root {
    enum class What {
        Source,   // a source tree: searched when a question names no path
        File,     // one file that a person named: goes by its file name
        Private,  // "artifacts" and "memory": readable by name, never searched as source
    };
    std::string name;
    fs::path path;  // real: absolute, no links
    What what = What::Source;
};

class Roots {
  public:
    // Fails with NotFound if the folder does not exist, Invalid if the name is taken or holds a "/".
    Result<> add_source(std::string_view name, const fs::path& folder);
    // The name is the file's own, with its folder's before it if that is taken. A file inside a root needs
    // none: no change.
    Result<> add_file(const fs::path& file);
    Result<> add_private(std::string_view name, const fs::path& folder);

    // The real path of what a call names: "ROOT/path", a file's name, a path that just one source root has
    // (one that begins with "./" or "../": whose end one has), an absolute one, or one below "~". Fails with
    // Denied outside of every root and for a file of secrets that no person named, NotFound if it is in none,
    // Invalid if several have it.
    Result<fs::path> resolve(std::string_view shown) const;

    // How a path inside a root is written for people and models.
    std::string shown(const fs::path& real) const;

    const std::vector<Root>& all() const { return roots_; }
    std::vector<const Root*> sources() const;
    const Root* find(std::string_view name) const;

  private:
    Result<> add(std::string_view name, const fs::path& path, Root::What what);
    const Root* holding(const fs::path& real) const;
    bool is_in_a_root(const fs::path& relative) const;
    std::vector<Root> roots_;
};

}  // namespace culprit
