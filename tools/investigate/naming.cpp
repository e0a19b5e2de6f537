#include "tools/investigate/naming.h"

#include <algorithm>

#include "base/text.h"

namespace culprit {

std::string plain_name(const Definition& definition) {
    std::string plain;
    int depth = 0;
    for (const char c : definition.qualified) {
        if (c == '<') ++depth;
        if (depth == 0) plain += c;
        if (c == '>' && depth > 0) --depth;
    }
    return plain;
}

Naming::Naming(const std::vector<Edit>& edits) : edits_(edits) {
    for (std::size_t i = 0; i < edits.size(); ++i) {
        const Edit& edit = edits[i];
        if (edit.before) before_[edit.before->definition.name].push_back({edit.before, i});
        if (edit.after) after_[edit.after->definition.name].push_back({edit.after, i});
        named_[plain_name(edit.declared().definition)].push_back(i);
    }
}

// What a frame is called where it stands in a file that differs; empty if it stands in none.
std::string Naming::name_of(const Profile& profile, FrameId frame, const Entries& side) const {
    const FrameName name = read_frame(profile.full_name(frame));
    std::vector<std::string> words = {name.inner, name.method};
    if (name.method.starts_with('.') && !name.path.empty()) words.push_back(name.path.back());
    if (name.method == "Item") words.emplace_back("this[]");
    if (name.method == "Finalize" && !name.path.empty()) words.push_back("~" + name.path.back());
    std::size_t most = 0;
    const Entry* best = nullptr;
    for (const std::string& word : words) {
        const auto found = word.empty() ? side.end() : side.find(word);
        if (found == side.end()) continue;
        for (const Entry& entry : found->second) {
            const auto shared = names_agree(name, entry.declared->definition);
            if (shared && (!best || *shared > most)) best = &entry, most = *shared;
        }
    }
    return best ? plain_name(edits_[best->edit].declared().definition) : "";
}

std::vector<std::string> Naming::names(const Profile& profile, bool is_after,
                                       const std::vector<bool>& own) const {
    std::vector<std::string> names(profile.frames.size());
    for (FrameId frame = 0; frame < profile.frames.size(); ++frame) {
        const FrameKind kind = profile.frames[frame].kind;
        if (kind != FrameKind::Code && kind != FrameKind::Managed) continue;
        names[frame] = name_of(profile, frame, is_after ? after_ : before_);
        if (!names[frame].empty() || frame >= own.size() || !own[frame]) continue;
        const FrameName name = read_frame(profile.full_name(frame));
        std::vector<std::string> parts = name.path;
        if (!name.method.empty())
            parts.push_back(name.method.starts_with('.') && !parts.empty() ? parts.back() : name.method);
        if (!name.inner.empty()) parts.push_back(name.inner);
        names[frame] = join(parts, ".");
    }
    return names;
}

std::vector<std::size_t> Naming::edits_of(std::string_view name) const {
    std::vector<std::size_t> real;
    const auto found = named_.find(name);
    if (found == named_.end()) return real;
    std::ranges::copy_if(found->second, std::back_inserter(real), [&](std::size_t i) {
        return edits_[i].is_real() && !facts::is_type(edits_[i].declared().definition.kind);
    });
    return real;
}

std::vector<const Declared*> Naming::declared(std::string_view name) const {
    std::vector<const Declared*> all;
    const auto found = named_.find(name);
    if (found == named_.end()) return all;
    for (const std::size_t i : found->second) {
        if (edits_[i].after) all.push_back(edits_[i].after);
    }
    return all;
}

}  // namespace culprit
