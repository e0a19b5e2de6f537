#include "tools/source/frames.h"

#include <algorithm>

#include "base/text.h"

namespace culprit {
namespace {

// "Shop.Cache<T>.Get" as "Shop", "Cache", "Get".
std::vector<std::string> words_of(std::string_view container) {
    std::vector<std::string> words(1);
    int depth = 0;
    for (const char c : container) {
        if (c == '<') ++depth;
        if (c == '.' && depth == 0)
            words.emplace_back();
        else if (depth == 0)
            words.back() += c;
        if (c == '>') --depth;
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

// How many of the last words agree; nothing unless one list ends in the other.
std::optional<std::size_t> shared_end(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    std::size_t shared = 0;
    while (shared < a.size() && shared < b.size() && a[a.size() - 1 - shared] == b[b.size() - 1 - shared])
        ++shared;
    if (shared < std::min(a.size(), b.size())) return std::nullopt;
    return shared;
}

std::string simple_type(std::string_view type) {
    const FrameName read = read_frame(fmt::format("F({})", type));
    return read.parameters && read.parameters->size() == 1 ? read.parameters->front() : "";
}

bool has_parameters(const Definition& d, const std::vector<std::string>& wanted) {
    if (d.parameters.size() != wanted.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const std::string have = simple_type(d.parameters[i].type);
        // "T" stands for anything; "params int[]" and the like are as written
        if (!wanted[i].empty() && have != wanted[i] && have.size() > 2 &&
            !(have.starts_with('T') && std::isupper(static_cast<unsigned char>(have[1]))))
            return false;
    }
    return true;
}

std::vector<std::string> names_of_method(const FrameName& frame) {
    if (!frame.inner.empty()) return {frame.inner};
    if (frame.method == ".ctor" || frame.method == ".cctor")
        return frame.path.empty() ? std::vector<std::string>{} : std::vector<std::string>{frame.path.back()};
    if (frame.method == "Finalize" && !frame.path.empty()) return {"~" + frame.path.back(), frame.method};
    if (frame.method == "Item") return {"this[]", frame.method};
    return {frame.method};
}

// The definitions of that name whose container the frame's path names.
std::vector<Definition> by_path(SourceIndex& index, const FrameName& frame, std::string_view root) {
    std::vector<std::pair<std::size_t, Definition>> found;
    for (const std::string& name : names_of_method(frame)) {
        if (name.empty()) continue;
        for (Definition& d : index.find({.name = name, .root = std::string(root), .limit = 2000})) {
            if (const auto shared = names_agree(frame, d)) found.emplace_back(*shared, std::move(d));
        }
    }
    std::size_t most = 0;
    for (const auto& [shared, unused] : found) most = std::max(most, shared);
    std::vector<Definition> best;
    const bool has_constructor =
        std::ranges::any_of(found, [](const auto& f) { return f.second.kind == SymbolKind::Constructor; });
    for (auto& [shared, d] : found) {
        if (shared != most || (has_constructor && facts::is_type(d.kind))) continue;
        best.push_back(std::move(d));
    }
    if (best.size() > 1 && frame.parameters && !frame.is_compiler_made) {
        std::vector<Definition> fitting;
        std::ranges::copy_if(best, std::back_inserter(fitting),
                             [&](const Definition& d) { return has_parameters(d, *frame.parameters); });
        if (fitting.empty()) {
            std::ranges::copy_if(best, std::back_inserter(fitting), [&](const Definition& d) {
                return d.parameters.size() == frame.parameters->size();
            });
        }
        if (!fitting.empty()) best = std::move(fitting);
    }
    const auto keep_if_any = [&](auto test) {
        if (std::ranges::any_of(best, test))
            std::erase_if(best, [&](const Definition& d) { return !test(d); });
    };
    keep_if_any([](const Definition& d) { return !d.is_generated; });
    keep_if_any([](const Definition& d) { return d.has_body || facts::is_type(d.kind); });
    return best;
}

// "Shop.Item.get_Sku", "Shop.Item.ToString": the record that the compiler makes the member of.
std::vector<Definition> by_record(SourceIndex& index, const FrameName& frame, std::string_view root) {
    std::vector<Definition> records;
    if (frame.path.empty() || !frame.inner.empty()) return records;
    const SymbolQuery query{
        .name = frame.path.back(), .kinds = {SymbolKind::Record}, .root = std::string(root)};
    for (Definition& d : index.find(query)) {
        std::vector<std::string> container = words_of(d.container);
        container.push_back(d.name);
        const bool is_parameter =
            std::ranges::find(d.parameters, frame.method, &SourceParameter::name) != d.parameters.end();
        const bool is_made =
            is_parameter ||
            contains_word("ToString Equals GetHashCode PrintMembers Deconstruct EqualityContract",
                          frame.method);
        if (is_made && shared_end(frame.path, container)) records.push_back(std::move(d));
    }
    return records;
}

// The definition around the frame's own file and line.
std::optional<Definition> by_place(SourceIndex& index, const FrameName& frame, std::string_view root) {
    if (frame.file.empty() || frame.line <= 0) return std::nullopt;
    std::vector<std::string> parts;
    for (const fs::path& part : fs::path(frame.file)) parts.push_back(part.string());
    // As many of the last parts of the path as some file has: the tree may have been built elsewhere.
    for (std::size_t skip = 0; skip < parts.size(); ++skip) {
        const std::string suffix =
            join({parts.begin() + static_cast<std::ptrdiff_t>(skip), parts.end()}, "/");
        std::optional<Definition> found;
        for (const fs::path& file : index.files_named(suffix)) {
            auto d = index.definition_at(file, frame.line);
            if (!d || (!root.empty() && d->root != root)) continue;
            const auto names = names_of_method(frame);
            const bool fits = frame.method.empty() || std::ranges::find(names, d->name) != names.end() ||
                              frame.is_compiler_made || d->name == frame.method;
            if (fits && !found) found = std::move(d);
        }
        if (found) return found;
    }
    return std::nullopt;
}

bool is_framework(const FrameName& frame) {
    if (frame.path.empty()) return false;
    static constexpr std::string_view kRoots =
        "System Microsoft Interop Internal java javax jdk sun std core alloc runtime syscall node";
    return contains_word(kRoots, frame.path.front());
}

std::string why_not_one(const FrameTargets& result) {
    if (result.targets.size() > 1) {
        std::vector<std::string> roots;
        for (const Target& target : result.targets) {
            if (std::ranges::find(roots, target.definition.root) == roots.end())
                roots.push_back(target.definition.root);
        }
        if (roots.size() == result.targets.size()) return "it stands in the roots " + join(roots, " and ");
        return fmt::format("{} definitions have this name", result.targets.size());
    }
    if (!result.targets.empty()) return "";
    const FrameName& name = result.name;
    if (name.method.empty() && name.file.empty()) return "no name can be read from this frame";
    if (is_framework(name))
        return fmt::format("{} belongs to the framework or a library, not to the roots",
                           join(name.path, "."));
    if (name.is_compiler_made)
        return fmt::format("the compiler wrote it for {}, which is not in the roots", name.method);
    if (name.method.empty()) return fmt::format("no definition holds line {} of {}", name.line, name.file);
    return fmt::format("nothing in the roots is called {}",
                       name.path.empty() ? name.method : join(name.path, ".") + '.' + name.method);
}

}  // namespace

std::optional<std::size_t> names_agree(const FrameName& frame, const Definition& d) {
    const std::vector<std::string> names = names_of_method(frame);
    if (std::ranges::find(names, d.name) == names.end() || d.name.empty()) return std::nullopt;
    if (d.kind == SymbolKind::Field || d.kind == SymbolKind::EnumMember) return std::nullopt;
    if (d.kind == SymbolKind::LocalFunction && frame.inner.empty()) return std::nullopt;
    std::vector<std::string> container = words_of(d.container);
    if (!frame.inner.empty()) {
        if (d.kind != SymbolKind::LocalFunction || container.empty()) return std::nullopt;
        container.pop_back();  // the method around it
    }
    const bool is_constructor = frame.method == ".ctor" || frame.method == ".cctor";
    if (facts::is_type(d.kind)) {
        if (!is_constructor) return std::nullopt;
        container.push_back(d.name);  // a primary constructor, or one that nobody wrote
    }
    return shared_end(frame.path, container);
}

FrameTargets resolve_frame(SourceIndex& index, std::string_view frame, std::string_view root) {
    FrameTargets result{.name = read_frame(frame), .targets = {}, .why = {}};
    if (auto placed = by_place(index, result.name, root)) {
        result.targets.push_back({*std::move(placed), Certainty::Exact});
        return result;
    }
    std::vector<Definition> found = by_path(index, result.name, root);
    if (found.empty()) found = by_record(index, result.name, root);
    std::vector<std::string> roots;
    for (const Definition& d : found) roots.push_back(d.root);
    std::ranges::sort(roots);
    const bool one_a_root = std::ranges::adjacent_find(roots) == roots.end();
    const bool is_sure = one_a_root && !result.name.path.empty();
    for (Definition& d : found) {
        result.targets.push_back({std::move(d), is_sure                    ? Certainty::Exact
                                                : result.name.path.empty() ? Certainty::ByName
                                                                           : Certainty::Likely});
    }
    result.why = why_not_one(result);
    return result;
}

}  // namespace culprit
