// What changed between two revisions, down to functions.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "tools/source/git.h"
#include "tools/source/index.h"

namespace culprit {

enum class Change { Added, Removed, Changed, Renamed };
std::string_view to_string(Change change);

struct ChangedSymbol {
    Change change = Change::Changed;
    Definition definition;             // as it is now; of a removed one as it was
    std::string was_called;            // Renamed: its qualified name before
    int added = 0, removed = 0;        // lines
    std::vector<std::string> authors;  // of the lines that came since, most lines first
};

struct ChangedFile {
    Change change = Change::Changed;
    std::string path, old_path;  // below the root
    int added = 0, removed = 0;
    bool is_binary = false;
    std::vector<ChangedSymbol> symbols;  // innermost functions, or types where nothing inner changed
};

struct Changes {
    std::string from, to;  // full hashes; `to` is empty for the files as they are
    std::vector<ChangedFile> files;
    std::size_t files_left_out = 0;  // beyond the limit: counted alone
};

// `to` empty: the work tree as it is (Invalid in a bare repository). Renamed files are followed by git,
// renamed functions by their text. Looks into the functions of at most `most_files` files.
Result<Changes> changes_between(const Git& git, const std::string& from, const std::string& to,
                                const std::string& path, std::size_t most_files, std::stop_token stop);

// The files that differ between two commits, those with the most changed lines of known languages first,
// without a look into them; `to` empty: the files as they are. Both are hashes as Git::commit gives them.
Result<std::vector<ChangedFile>> changed_files(const Git& git, const std::string& from, const std::string& to,
                                               const std::string& path);

// A file at a commit, or as it is if `commit` is empty; empty if it is not there.
std::string text_at(const Git& git, const std::string& commit, const std::string& path);

struct BlamedCommit {
    std::string hash, author, date, summary;  // date as YYYY-MM-DD
    std::vector<int> lines;                   // now
    bool is_boundary = false;                 // where the history that was asked for, or is there, begins
};

// The commits that wrote the lines of a file, newest first.
Result<std::vector<BlamedCommit>> blame(const Git& git, const std::string& path, int first_line,
                                        int last_line);

// What one definition was at `from` and is at `to` (empty: now), as a unified diff with the files' own line
// numbers; empty if it is the same. Fails with NotFound if it is in neither.
struct SymbolDiff {
    std::string text;
    std::string old_path, new_path;
    bool was_there = true, is_there = true;
};
Result<SymbolDiff> diff_symbol(const Git& git, const Definition& definition, const std::string& path,
                               const std::string& from, const std::string& to, std::stop_token stop);

}  // namespace culprit
