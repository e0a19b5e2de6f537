// The same name for a function on both sides of a change: frames of two profiles are laid on the declarations
// of two states of the sources, and what was renamed goes by its name after.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/investigate/edits.h"
#include "tools/profile/profile.h"
#include "tools/source/frames.h"

namespace culprit {

// Borrows the edits.
class Naming {
  public:
    explicit Naming(const std::vector<Edit>& edits);

    // For each frame the name of its function; empty for code outside. `own` tells what else, that is in no
    // file that differs, is the program's own; it may be empty: nothing.
    std::vector<std::string> names(const Profile& profile, bool is_after, const std::vector<bool>& own) const;

    // The real edits of what goes by this name.
    std::vector<std::size_t> edits_of(std::string_view name) const;
    // The declarations of it as it is after; several are overloads.
    std::vector<const Declared*> declared(std::string_view name) const;

  private:
    struct Entry {
        const Declared* declared;
        std::size_t edit;
    };
    using Entries = std::map<std::string, std::vector<Entry>, std::less<>>;

    std::string name_of(const Profile& profile, FrameId frame, const Entries& side) const;

    const std::vector<Edit>& edits_;
    Entries before_, after_;                                              // by simple name
    std::map<std::string, std::vector<std::size_t>, std::less<>> named_;  // edits by the name they go by
};

// "Shop.Cart.Add": without the parameters of types.
std::string plain_name(const Definition& definition);

}  // namespace culprit
