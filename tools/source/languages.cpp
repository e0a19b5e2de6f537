#include "tools/source/languages.h"

#include <algorithm>

#include "tools/source/csharp/extract.h"

extern "C" const TSLanguage* tree_sitter_c_sharp();

namespace culprit {

std::span<const Language> languages() {
    static const std::vector<Language> all = {
        {"C#", {".cs"}, false, tree_sitter_c_sharp, csharp::extract},
    };
    return all;
}

const Language* language_of(std::string_view path) {
    const std::span<const Language> all = languages();
    const auto found = std::ranges::find_if(all, [&](const Language& language) {
        return std::ranges::any_of(language.suffixes,
                                   [&](std::string_view suffix) { return path.ends_with(suffix); });
    });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace culprit
