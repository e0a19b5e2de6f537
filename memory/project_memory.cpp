#include "memory/project_memory.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/file.h>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::uint64_t kMostBytes = 1 << 20;  // of one file: memory is notes, not data

// Held while a file is read, changed and written.
Result<Descriptor> lock_folder(const fs::path& folder) {
    TRY_OK(make_folder(folder));
    Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return std::unexpected(errno_error("locking", folder));
    if (::flock(fd.get(), LOCK_EX) != 0) return std::unexpected(errno_error("locking", folder));
    return fd;
}

}  // namespace

std::string ProjectMemory::head() const {
    const auto text = view("MEMORY.md");
    if (!text) return {};
    const auto lines = split_lines(*text);
    if (lines.size() <= kLinesInPrompt) return valid_utf8(*text);
    const auto end = static_cast<std::size_t>(lines[kLinesInPrompt].data() - text->data());
    return valid_utf8(text->substr(0, end)) +
           fmt::format(
               "[{} more lines: view MEMORY.md with the memory tool, and move details to topic files]\n",
               lines.size() - kLinesInPrompt);
}

std::vector<std::string> ProjectMemory::files() const {
    std::vector<std::string> files;
    std::error_code code;
    std::error_code unknown;
    for (fs::recursive_directory_iterator entry(folder_, fs::directory_options::skip_permission_denied, code);
         !code && entry != fs::recursive_directory_iterator(); entry.increment(code)) {
        if (entry->is_regular_file(unknown))
            files.push_back(entry->path().lexically_relative(folder_).string());
    }
    std::ranges::sort(files);
    return files;
}

Result<fs::path> ProjectMemory::inside(std::string_view path) const {
    TRY(const fs::path folder, real_path(folder_));
    TRY(const fs::path project, real_path(folder_.parent_path().parent_path()));
    // A repository may bring links of its own, and what memory holds goes into every prompt.
    if (folder != project / folder_.parent_path().filename() / folder_.filename())
        return fail(Fault::Denied, "the memory folder {} is a link to {}: put the folder itself there",
                    folder_.string(), folder.string());
    TRY(fs::path real, real_path(folder / path));
    if (path.empty() || fs::path(path).is_absolute() || !lies_within(real, folder) || real == folder) {
        return fail(Fault::Denied,
                    "'{}' is no file of the memory folder: name one such as MEMORY.md or topics/caching.md",
                    path);
    }
    return real;
}

Result<std::string> ProjectMemory::view(std::string_view path) const {
    TRY(const fs::path file, inside(path));
    auto text = read_file(file, kMostBytes);
    if (!text && text.error().fault == Fault::NotFound) {
        return fail(Fault::NotFound, "memory has no {}; it has: {}", path, join(files(), ", "));
    }
    return text;
}

template <class Edit>
Result<> ProjectMemory::edit(std::string_view path, Edit edit) {
    TRY(const Descriptor lock, lock_folder(folder_));
    TRY(const std::string text, view(path));
    TRY(const std::string changed, edit(text));
    TRY(const fs::path file, inside(path));
    return write_file(file, changed);
}

Result<> ProjectMemory::create(std::string_view path, std::string_view text) {
    if (text.size() > kMostBytes) {
        return fail(Fault::Invalid,
                    "{} bytes are too much for {}: keep what is worth knowing again, not data", text.size(),
                    path);
    }
    TRY(const Descriptor lock, lock_folder(folder_));
    TRY(const fs::path file, inside(path));
    return write_file(file, text);
}

Result<> ProjectMemory::replace(std::string_view path, std::string_view old_text, std::string_view new_text) {
    return edit(path, [&](const std::string& text) -> Result<std::string> {
        const std::size_t at = old_text.empty() ? std::string::npos : text.find(old_text);
        if (at == std::string::npos) {
            return fail(Fault::NotFound,
                        "the text to replace does not stand in {}: view it and copy the text exactly", path);
        }
        if (text.find(old_text, at + 1) != std::string::npos) {
            return fail(Fault::Invalid,
                        "the text to replace stands more than once in {}: take more of its surroundings",
                        path);
        }
        return text.substr(0, at) + std::string(new_text) + text.substr(at + old_text.size());
    });
}

Result<> ProjectMemory::insert(std::string_view path, std::size_t line, std::string_view text) {
    return edit(path, [&](const std::string& old) -> Result<std::string> {
        const auto lines = split_lines(old);
        if (line > lines.size())
            return fail(Fault::Invalid, "{} has {} lines, so none can follow line {}", path, lines.size(),
                        line);
        std::string changed;
        for (std::size_t i = 0; i <= lines.size(); ++i) {
            if (i == line) changed += std::string(text) + (text.ends_with('\n') ? "" : "\n");
            if (i < lines.size()) changed += std::string(lines[i]) + "\n";
        }
        return changed;
    });
}

Result<std::size_t> ProjectMemory::append(std::string_view path, std::string_view line) {
    TRY(const Descriptor lock, lock_folder(folder_));
    TRY(const fs::path file, inside(path));
    auto old = read_file(file, kMostBytes);
    if (!old && old.error().fault != Fault::NotFound) return std::unexpected(std::move(old).error());
    std::string text = old ? *std::move(old) : "# What this project has taught\n\n";
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    text += std::string(line) + "\n";
    if (text.size() > kMostBytes)
        return fail(Fault::Invalid, "{} is full: move details to topic files", path);
    TRY_OK(write_file(file, text));
    return split_lines(text).size();
}

Result<> ProjectMemory::remove_line(std::string_view path, std::size_t line, std::string_view text) {
    return edit(path, [&](const std::string& old) -> Result<std::string> {
        const auto lines = split_lines(old);
        if (line == 0 || line > lines.size() || !lines[line - 1].contains(text))
            return fail(Fault::NotFound, "{} was changed meanwhile: line {} is another now", path, line);
        std::string changed;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (i + 1 != line) changed += std::string(lines[i]) + "\n";
        }
        return changed;
    });
}

Result<> ProjectMemory::erase(std::string_view path) {
    TRY(const Descriptor lock, lock_folder(folder_));
    TRY(const fs::path file, inside(path));
    std::error_code code;
    if (!fs::is_regular_file(file, code)) {
        return fail(Fault::NotFound, "memory has no file {}; it has: {}", path, join(files(), ", "));
    }
    if (!fs::remove(file, code)) return std::unexpected(errno_error("deleting", file));
    return {};
}

Result<> ProjectMemory::rename(std::string_view from, std::string_view to) {
    TRY(const Descriptor lock, lock_folder(folder_));
    TRY(const fs::path source, inside(from));
    TRY(const fs::path target, inside(to));
    std::error_code code;
    if (!fs::is_regular_file(source, code)) {
        return fail(Fault::NotFound, "memory has no file {}; it has: {}", from, join(files(), ", "));
    }
    if (fs::exists(target, code))
        return fail(Fault::Invalid, "memory has a file {} already: delete it first", to);
    TRY_OK(make_folder(target.parent_path()));
    fs::rename(source, target, code);
    if (code) return fail(Fault::Unavailable, "renaming {} to {}: {}", from, to, code.message());
    return {};
}

}  // namespace culprit
