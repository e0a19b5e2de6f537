#include "tools/profile/own_code.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "tools/profile/names.h"
#include "tools/source/frames.h"

namespace culprit {
namespace {

const std::vector<SymbolKind>& type_kinds() {
    static const std::vector<SymbolKind> kinds = {SymbolKind::Class,     SymbolKind::Struct,
                                                  SymbolKind::Interface, SymbolKind::Record,
                                                  SymbolKind::Enum,      SymbolKind::Delegate};
    return kinds;
}

// Whether the roots have a function of this name in this namespace.
bool is_function(SourceIndex& source, std::string_view frame) {
    const FrameName name = read_frame(frame);
    if (name.method.empty() || name.path.empty()) return false;
    return !source.find({.name = join(name.path, ".") + "." + name.method, .limit = 1}).empty();
}

}  // namespace

Result<std::vector<bool>> own_frames(const Profile& profile, SourceIndex& source, std::stop_token stop) {
    TRY_OK(source.update(std::move(stop)));
    std::unordered_map<std::string, bool> known;
    std::vector<bool> own(profile.frames.size());
    for (FrameId frame = 0; frame < profile.frames.size(); ++frame) {
        const FrameKind kind = profile.frames[frame].kind;
        if (kind != FrameKind::Code && kind != FrameKind::Managed) continue;
        const std::string type = shown_type(profile, frame);
        const std::string name = type.empty() ? shown_name(profile, frame) : type;
        const auto [entry, is_new] = known.try_emplace(name);
        if (is_new) {
            const SymbolQuery query{
                .name = name, .kinds = type.empty() ? std::vector<SymbolKind>{} : type_kinds(), .limit = 1};
            entry->second = !source.find(query).empty();
        }
        // A namespace looks like a type in the names of C++.
        const bool may_be_namespace = kind == FrameKind::Code && !type.empty();
        own[frame] = entry->second || (may_be_namespace && is_function(source, profile.full_name(frame)));
    }
    if (std::ranges::find(own, true) != own.end()) return own;
    return fail(Fault::NotFound,
                "none of the code in this profile is defined in the source roots: name the root that has it, "
                "or leave out 'own'");
}

}  // namespace culprit
