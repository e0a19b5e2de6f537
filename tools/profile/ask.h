// From the arguments of a call to the profile and the part of it that they mean: the same for every question.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/profile/analysis.h"
#include "tools/profile/formats/format.h"
#include "tools/profile/store.h"
#include "tools/tool.h"

namespace culprit {

// The arguments that choose a part of a profile.
std::vector<Arg> selection_args();
// The same behind the arguments of a question of its own.
std::vector<Arg> with_selection(std::vector<Arg> args);

Result<Selection> selection_of(const Args& args, const Profile& profile, Workbench& bench);
// "within Shop.Cart.Add, from 1.2 s, to 3 s": what was chosen, empty if it is everything.
std::string selection_text(const Args& args);

// The profile in a file as a call names it, as far as the arguments "from" and "to" say.
Result<ProfileStore::Pinned> open_profile(std::string_view path, const Args& args, Workbench& bench);

// What a call asks about.
struct Asked {
    ProfileStore::Pinned profile;
    Selection selection;
    CallTree tree;
    std::string file;  // its name, for people
};

// Opens the argument "file" and selects; a metric that is given counts in place of the argument.
Result<Asked> ask(const Args& args, Workbench& bench, std::string_view metric = {});

// The argument "limit"; fails with Invalid if it is less than 1.
Result<std::size_t> limit_of(const Args& args);

// The value of an argument "by".
By by_of(std::string_view text);

}  // namespace culprit
