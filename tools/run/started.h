// What culprit has started in containers and not stopped yet, kept in the project's state folder: so that it
// stops nothing else, and what a crash left running can still be found.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace culprit {

struct StartedContainer {
    std::string id, name;
    fs::path compose;    // the file it was started from; empty: by its image alone
    bool whole = false;  // nothing of that file ran before: all of it is ours, networks too
    bool operator==(const StartedContainer&) const = default;
};

class StartedContainers {
  public:
    // `file` need not be there yet. Fails with Corrupt if it is damaged.
    static Result<StartedContainers> load(fs::path file);

    const std::vector<StartedContainer>& all() const { return all_; }
    const StartedContainer* find(std::string_view id_or_name) const;
    // Both write the file at once.
    Result<> add(StartedContainer container);
    Result<> remove(std::string_view id);

  private:
    Result<> save() const;
    fs::path file_;
    std::vector<StartedContainer> all_;
};

}  // namespace culprit
