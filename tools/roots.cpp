#include "tools/roots.h"

#include <algorithm>

#include "base/secrets.h"

namespace culprit {

Result<> Roots::add_source(std::string_view name, const fs::path& folder) {
    std::error_code code;
    if (!fs::is_directory(folder, code)) {
        return fail(Fault::NotFound, "the root {} = {} is no folder", name, folder.string());
    }
    return add(name, folder, Root::What::Source);
}

Result<> Roots::add_file(const fs::path& file) {
    TRY(const fs::path real, real_path(file));
    std::error_code code;
    if (!fs::is_regular_file(real, code)) return fail(Fault::NotFound, "there is no file {}", file.string());
    if (holding(real)) return {};
    fs::path name = real.filename();
    for (fs::path folder = real.parent_path(); find(name.string()) && folder.has_filename();
         folder = folder.parent_path()) {
        name = folder.filename() / name;
    }
    return add(name.string(), real, Root::What::File);
}

Result<> Roots::add_private(std::string_view name, const fs::path& folder) {
    return add(name, folder, Root::What::Private);
}

Result<> Roots::add(std::string_view name, const fs::path& path, Root::What what) {
    TRY(fs::path real, real_path(path));
    if (const Root* taken = find(name)) {
        if (taken->path == real) return {};
        return fail(Fault::Invalid,
                    "two roots are named {}: {} and {}; give one another name with --root NAME=PATH", name,
                    taken->path.string(), real.string());
    }
    if (name.empty() || name == "." || name == ".." ||
        (what != Root::What::File && name.find('/') != std::string_view::npos)) {
        return fail(Fault::Invalid, "'{}' cannot be the name of a root: use letters, digits, '-' and '.'",
                    name);
    }
    roots_.push_back({std::string(name), std::move(real), what});
    return {};
}

const Root* Roots::find(std::string_view name) const {
    const auto found = std::ranges::find(roots_, name, &Root::name);
    return found == roots_.end() ? nullptr : &*found;
}

std::vector<const Root*> Roots::sources() const {
    std::vector<const Root*> sources;
    for (const Root& root : roots_) {
        if (root.what == Root::What::Source) sources.push_back(&root);
    }
    return sources;
}

// The innermost root that holds the path.
const Root* Roots::holding(const fs::path& real) const {
    const Root* best = nullptr;
    for (const Root& root : roots_) {
        if (lies_within(real, root.path) &&
            (!best || best->path.native().size() < root.path.native().size())) {
            best = &root;
        }
    }
    return best;
}

bool Roots::is_in_a_root(const fs::path& relative) const {
    std::error_code code;
    return std::ranges::any_of(sources(),
                               [&](const Root* root) { return fs::exists(root->path / relative, code); });
}

Result<fs::path> Roots::resolve(std::string_view shown) const {
    const auto names = [this] {
        std::vector<std::string_view> list;
        for (const Root& root : roots_) list.push_back(root.name);
        return fmt::format("{}", fmt::join(list, ", "));
    };
    const auto confined = [&](const fs::path& path) -> Result<fs::path> {
        TRY(fs::path real, real_path(path));
        if (const Root* root = holding(real)) {
            if (!is_secret_file(real.filename().native()) || real == root->path) return real;
            return fail(
                Fault::Denied,
                "{} holds keys or passwords by its name; only a person can have it read, by naming it in a "
                "message",
                shown);
        }
        return fail(Fault::Denied,
                    "{} lies outside of the roots ({}); a person can add its folder with --root NAME=PATH or "
                    "by naming it in a message",
                    shown, names());
    };
    std::error_code code;
    fs::path path(shown);
    if (shown.starts_with("~/"))
        path = fs::path(std::getenv("HOME") ? std::getenv("HOME") : "/") / shown.substr(2);
    if (path.is_absolute()) {
        TRY(fs::path real, confined(path));
        if (!fs::exists(real, code)) return fail(Fault::NotFound, "there is no {}", shown);
        return real;
    }
    if (const Root* file = find(shown); file && file->what == Root::What::File) return file->path;
    // "./a" and "../x/a" are as a person sees them from a folder that is not known here: what ends so in a
    // root is meant.
    if (shown.starts_with("./") || shown.starts_with("../")) {
        path = path.lexically_normal();
        while (path.begin() != path.end() && *path.begin() == "..") path = path.lexically_relative("..");
        while (path.has_parent_path() && !find(path.begin()->string()) && !is_in_a_root(path))
            path = path.lexically_relative(*path.begin());
    }
    const std::string first = path.empty() ? std::string() : path.begin()->string();
    if (const Root* root = find(first)) {
        TRY(fs::path real, confined(root->path / path.lexically_relative(first)));
        if (fs::exists(real, code)) return real;
    }
    std::vector<fs::path> found;
    for (const Root* root : sources()) {
        if (!fs::exists(root->path / path, code)) continue;
        TRY(fs::path real, confined(root->path / path));
        found.push_back(std::move(real));
    }
    if (found.size() == 1) return found.front();
    if (found.empty()) {
        return fail(Fault::NotFound, "there is no {} in the roots ({}); list_files shows what there is",
                    shown, names());
    }
    return fail(Fault::Invalid, "{} is in several roots: say {} or {}", shown, this->shown(found[0]),
                this->shown(found[1]));
}

std::string Roots::shown(const fs::path& real) const {
    const Root* root = holding(real);
    if (!root) return real.string();
    if (real == root->path) return root->name;
    return (fs::path(root->name) / real.lexically_relative(root->path)).string();
}

}  // namespace culprit
