// Types: what using directives open, those of the file, of its project and of the SDK.
#include <algorithm>

#include "tools/source/types.h"

namespace culprit {

using facts::kNone;

namespace {

// What the .NET SDK opens in every file of a project with ImplicitUsings.
constexpr std::string_view kImplicit[] = {
    "System",           "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http",
    "System.Threading", "System.Threading.Tasks"};

// A <Using> of a project file counts below the folder of that file, a "global using" everywhere in the root.
bool reaches(std::string_view from, std::string_view file) {
    if (from.ends_with(".cs")) return true;
    const auto slash = from.rfind('/');
    return slash == from.npos || file.starts_with(from.substr(0, slash + 1));
}

}  // namespace

const std::string& Types::project_of(const LiveSegment* segment, facts::Index file) {
    const facts::File* key = &segment->segment.file(file);
    const auto [place, is_new] = projects_.try_emplace(key);
    if (!is_new) return place->second;
    const std::string_view path = segment->segment.text(key->path);
    for (const std::string& folder : project_folders_[tier_of(segment)]) {
        if (path.starts_with(folder) && folder.size() > place->second.size()) place->second = folder;
    }
    return place->second;
}

const Types::FileScope& Types::file_scope(const Context& context) {
    const Segment& segment = context.segment->segment;
    const facts::File* file = &segment.file(context.file);
    const auto [place, is_new] = scopes_.try_emplace(file);
    if (!is_new) return place->second;
    FileScope& scope = place->second;
    const auto add = [&](const Segment& where, const facts::Using& row) {
        const std::string target(where.text(row.target));
        if (row.kind == facts::UsingKind::Alias)
            scope.aliases.emplace_back(where.text(row.name), target);
        else
            (row.kind == facts::UsingKind::Static ? scope.statics : scope.namespaces).push_back(target);
    };
    for (const facts::Using& row : segment.usings(*file)) add(segment, row);
    for (const LiveSegment* live : tiers_[tier_of(context.segment)].segments) {
        for (const auto& [from, row] : live->global_usings) {
            const bool counts = live->live[from] && reaches(live->segment.text(live->segment.file(from).path),
                                                            segment.text(file->path));
            if (counts) add(live->segment, row);
        }
    }
    scope.namespaces.insert(scope.namespaces.end(), std::begin(kImplicit), std::end(kImplicit));
    return scope;
}

bool Types::is_open(std::string_view name_space, const Context& context) {
    if (name_space.empty()) return true;
    facts::Index outermost = context.definition;
    for (int depth = 0; outermost != kNone && depth < 50; ++depth) {
        const facts::Index container = context.segment->segment.definition(outermost).container;
        if (container == kNone) break;
        outermost = container;
    }
    if (outermost != kNone) {
        const std::string_view here =
            context.segment->segment.text(context.segment->segment.definition(outermost).scope);
        if (here.starts_with(name_space) &&
            (here.size() == name_space.size() || here[name_space.size()] == '.'))
            return true;
        // "using Sub;" within namespace A opens A.Sub
        for (const std::string& opened : file_scope(context).namespaces) {
            for (std::string_view outer = here; !outer.empty();
                 outer = outer.substr(0, outer.rfind('.') == outer.npos ? 0 : outer.rfind('.'))) {
                if (fmt::format("{}.{}", outer, opened) == name_space) return true;
            }
        }
    }
    const auto& opened = file_scope(context).namespaces;
    return std::ranges::find(opened, name_space) != opened.end();
}

std::vector<const Symbol*> Types::static_usings(const Context& context) {
    std::vector<const Symbol*> result;
    for (const std::string& target : file_scope(context).statics) {
        if (const TypeRef type = parse(target, context); type && type->symbol) result.push_back(type->symbol);
    }
    return result;
}

}  // namespace culprit
