// What a project has taught: a folder of Markdown files, meant for version control, that every session starts
// from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace culprit {

// MEMORY.md is the index, and its first 200 lines are in each system prompt; topic files lie beside it. Every
// change is written whole or not at all, and under a lock of the folder, so that two sessions do not lose
// each other's edits.
//
// Paths are relative to the folder ("MEMORY.md", "topics/caching.md"); whatever leads outside, by ".." or by
// a link, is Denied. Errors are written for a model: they say what there is instead.
class ProjectMemory {
  public:
    static constexpr std::size_t kLinesInPrompt = 200;
    static constexpr std::size_t kLinesWarned = 180;  // near the limit: time to move details to topic files

    explicit ProjectMemory(fs::path folder) : folder_(std::move(folder)) {}

    const fs::path& folder() const { return folder_; }

    // The part of MEMORY.md that goes into the prompt, with a line that says so if there is more; empty if
    // there is none.
    std::string head() const;

    std::vector<std::string> files() const;  // sorted
    Result<std::string> view(std::string_view path) const;

    Result<> create(std::string_view path, std::string_view text);  // or replaces the file
    // `old_text` must stand in the file exactly once.
    Result<> replace(std::string_view path, std::string_view old_text, std::string_view new_text);
    // `text` becomes a line of its own after line `line`; 0 is before the first.
    Result<> insert(std::string_view path, std::size_t line, std::string_view text);
    // `line` becomes the last one of the file, which is made where it is missing; the line's number.
    Result<std::size_t> append(std::string_view path, std::string_view line);
    // Fails with NotFound if the line no longer holds `text`.
    Result<> remove_line(std::string_view path, std::size_t line, std::string_view text);
    Result<> erase(std::string_view path);
    Result<> rename(std::string_view from, std::string_view to);  // fails if `to` exists

  private:
    Result<fs::path> inside(std::string_view path) const;
    template <class Edit>
    Result<> edit(std::string_view path, Edit edit);

    fs::path folder_;
};

}  // namespace culprit
