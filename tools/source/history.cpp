#include "tools/source/history.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/text.h"
#include "tools/source/languages.h"
#include "tools/source/words.h"

namespace culprit {

std::string_view to_string(Change change) {
    switch (change) {
        case Change::Added: return "added";
        case Change::Removed: return "removed";
        case Change::Changed: return "changed";
        case Change::Renamed: return "renamed";
    }
    return "";
}

namespace {

int number(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

struct Hunk {
    int old_line = 0, old_count = 0, new_line = 0, new_count = 0;
};

std::vector<std::string> range_of(const std::string& from, const std::string& to) {
    return to.empty() ? std::vector<std::string>{from} : std::vector<std::string>{from, to};
}

std::vector<std::string> diff_command(std::initializer_list<std::string> options, const std::string& from,
                                      const std::string& to, const std::string& path) {
    std::vector<std::string> command{"diff", "--no-ext-diff", "--no-textconv", "--no-color",
                                     "-M",   "--relative"};
    command.insert(command.end(), options);
    for (const std::string& end : range_of(from, to)) command.push_back(end);
    command.emplace_back("--");
    if (!path.empty()) command.push_back(path);
    return command;
}

// "--raw --numstat -z": ":100644 100644 a b M\0path\0" …, then "3\t1\tpath\0" or "3\t1\t\0old\0new\0".
std::vector<ChangedFile> read_file_list(std::string_view text) {
    std::vector<ChangedFile> files;
    std::map<std::string, std::size_t> by_path;
    const auto fields = split(text, '\0');
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::string_view field = fields[i];
        if (field.starts_with(':')) {
            const char status = field[field.rfind(' ') + 1];
            const bool has_two = status == 'R' || status == 'C';
            if (i + (has_two ? 2 : 1) >= fields.size()) break;
            ChangedFile file;
            file.old_path = fields[i + 1];
            file.path = has_two ? fields[i + 2] : fields[i + 1];
            file.change = status == 'A' || status == 'C' ? Change::Added
                          : status == 'D'                ? Change::Removed
                          : status == 'R'                ? Change::Renamed
                                                         : Change::Changed;
            i += has_two ? 2 : 1;
            by_path[file.path] = files.size();
            files.push_back(std::move(file));
            continue;
        }
        const auto parts = split(field, '\t');
        if (parts.size() != 3) continue;
        std::string path(parts[2]);
        if (path.empty() && i + 2 < fields.size()) {
            path = fields[i + 2];
            i += 2;
        }
        const auto found = by_path.find(path);
        if (found == by_path.end()) continue;
        files[found->second].is_binary = parts[0] == "-";
        files[found->second].added = number(parts[0]);
        files[found->second].removed = number(parts[1]);
    }
    return files;
}

// The hunks of "diff -U0", by new path (by old path for a file that is gone).
std::map<std::string, std::vector<Hunk>> read_hunks(std::string_view text) {
    std::map<std::string, std::vector<Hunk>> hunks;
    std::string old_path, path;
    int skip = 0;  // lines of a hunk's body, which may look like anything
    for (const std::string_view line : split_lines(text)) {
        if (skip > 0 && !line.starts_with('\\')) {
            --skip;
            continue;
        }
        if (line.starts_with("--- ")) {
            old_path = line.starts_with("--- a/") ? line.substr(6) : "";
        } else if (line.starts_with("+++ ")) {
            path = line.starts_with("+++ b/") ? std::string(line.substr(6)) : old_path;
        } else if (line.starts_with("@@ -")) {
            Hunk hunk{0, 1, 0, 1};
            const auto parts = split(line, ' ');
            const auto read = [](std::string_view range, int& begin, int& count) {
                const auto comma = range.find(',');
                begin = number(range.substr(1, comma == range.npos ? range.npos : comma - 1));
                if (comma != range.npos) count = number(range.substr(comma + 1));
            };
            read(parts[1], hunk.old_line, hunk.old_count);
            read(parts[2], hunk.new_line, hunk.new_count);
            skip = hunk.old_count + hunk.new_count;
            hunks[path].push_back(hunk);
        }
    }
    return hunks;
}

bool is_inner(const Definition& d) { return !facts::is_type(d.kind) && d.kind != SymbolKind::EnumMember; }

// What holds the line: the innermost function or member, else the innermost type.
const Definition* holder(const std::vector<Definition>& all, int line) {
    const Definition* best = nullptr;
    for (const Definition& d : all) {
        if (d.first_line > line || line > d.last_line) continue;
        const bool is_smaller = !best || d.last_line - d.first_line <= best->last_line - best->first_line;
        if (is_smaller) best = &d;
    }
    return best;
}

std::string key_of(const Definition& d) { return d.qualified + '|' + d.signature; }

std::set<std::string_view> words_in(std::string_view text) {
    std::set<std::string_view> words;
    each_word(text, [&](std::string_view word) { words.insert(word); });
    return words;
}

std::string_view text_of(const Definition& d, const std::vector<std::string_view>& lines) {
    const auto first = static_cast<std::size_t>(std::max(d.first_line, 1)),
               last = static_cast<std::size_t>(d.last_line);
    if (first > lines.size() || last > lines.size() || last < first) return {};
    return {
        lines[first - 1].data(),
        static_cast<std::size_t>(lines[last - 1].data() + lines[last - 1].size() - lines[first - 1].data())};
}

double likeness(std::string_view a, std::string_view b) {
    const auto x = words_in(a), y = words_in(b);
    std::size_t shared = 0;
    for (const std::string_view word : x) shared += y.contains(word);
    return x.empty() || y.empty()
               ? 0
               : static_cast<double>(shared) / static_cast<double>(std::max(x.size(), y.size()));
}

// One side of a file.
struct Side {
    std::string text;
    std::vector<Definition> definitions;
};

Result<Side> read_side(std::string text, const std::string& path, std::stop_token stop) {
    TRY(std::vector<Definition> definitions, definitions_in_text(path, text, std::move(stop)));
    return Side{std::move(text), std::move(definitions)};
}

std::vector<ChangedSymbol> changed_symbols(const Side& before, const Side& after,
                                           const std::vector<Hunk>& hunks) {
    std::map<std::string, ChangedSymbol> touched;
    const auto touch = [&](const Definition* d) -> ChangedSymbol* {
        if (!d) return nullptr;
        ChangedSymbol& symbol = touched[key_of(*d)];
        symbol.definition = *d;
        return &symbol;
    };
    for (const Hunk& hunk : hunks) {
        for (int line = hunk.old_line; line < hunk.old_line + hunk.old_count; ++line) {
            if (ChangedSymbol* symbol = touch(holder(before.definitions, line))) ++symbol->removed;
        }
        for (int line = hunk.new_line; line < hunk.new_line + hunk.new_count; ++line) {
            if (ChangedSymbol* symbol = touch(holder(after.definitions, line))) ++symbol->added;
        }
    }
    std::map<std::string, const Definition*> was, is;
    for (const Definition& d : before.definitions) was.emplace(key_of(d), &d);
    for (const Definition& d : after.definitions) is.emplace(key_of(d), &d);
    const auto old_lines = split_lines(before.text), new_lines = split_lines(after.text);
    std::vector<ChangedSymbol> result;
    std::vector<ChangedSymbol> gone;
    for (auto& [key, symbol] : touched) {
        const auto now = is.find(key);
        if (now != is.end()) symbol.definition = *now->second;
        symbol.change = now == is.end()     ? Change::Removed
                        : was.contains(key) ? Change::Changed
                                            : Change::Added;
        (symbol.change == Change::Removed ? gone : result).push_back(symbol);
    }
    // What came with much of the text of what went, or with its name, is the same under another name or
    // signature.
    for (ChangedSymbol& symbol : result) {
        if (symbol.change != Change::Added || !is_inner(symbol.definition)) continue;
        std::size_t best = gone.size();
        double most = 0.6;
        for (std::size_t i = 0; i < gone.size(); ++i) {
            if (!is_inner(gone[i].definition) || gone[i].definition.kind != symbol.definition.kind) continue;
            double alike =
                likeness(text_of(gone[i].definition, old_lines), text_of(symbol.definition, new_lines));
            if (gone[i].definition.qualified == symbol.definition.qualified) alike += 0.5;
            if (alike > most) most = alike, best = i;
        }
        if (best == gone.size()) continue;
        const bool same_name = gone[best].definition.qualified == symbol.definition.qualified;
        symbol.change = same_name ? Change::Changed : Change::Renamed;
        symbol.was_called = same_name ? "" : gone[best].definition.qualified;
        symbol.removed += gone[best].removed;
        gone.erase(gone.begin() + static_cast<std::ptrdiff_t>(best));
    }
    std::ranges::move(gone, std::back_inserter(result));
    std::ranges::stable_sort(result, {}, [](const ChangedSymbol& s) { return -(s.added + s.removed); });
    return result;
}

Result<std::vector<BlamedCommit>> blame_at(const Git& git, const std::vector<std::string>& revisions,
                                           const std::string& path, int first, int last);

// Only what came after `from` is asked for, so that a long history costs nothing.
void add_authors(const Git& git, const Changes& changes, const std::string& path, ChangedSymbol& symbol) {
    if (symbol.change == Change::Removed) return;
    std::vector<std::string> revisions{'^' + changes.from};
    if (!changes.to.empty()) revisions.push_back(changes.to);
    const auto commits =
        blame_at(git, revisions, path, symbol.definition.first_line, symbol.definition.last_line);
    if (!commits) return;
    std::map<std::string, std::size_t> lines;
    for (const BlamedCommit& commit : *commits) {
        if (!commit.is_boundary) lines[commit.author] += commit.lines.size();
    }
    std::vector<std::pair<std::size_t, std::string>> order;
    for (const auto& [author, count] : lines) order.emplace_back(count, author);
    std::ranges::sort(order, std::greater{});
    for (auto& [count, author] : order) symbol.authors.push_back(std::move(author));
}

constexpr std::size_t kMostBlamed = 30;  // functions whose authors are asked for

}  // namespace

std::string text_at(const Git& git, const std::string& commit, const std::string& path) {
    if (!commit.empty()) return git.text_at(commit, path).value_or("");
    return read_file(git.folder() / path, 64u << 20).value_or("");
}

Result<std::vector<ChangedFile>> changed_files(const Git& git, const std::string& from, const std::string& to,
                                               const std::string& path) {
    TRY(const std::string list,
        git.run(diff_command({"--raw", "--numstat", "-z", "--no-abbrev"}, from, to, path)));
    std::vector<ChangedFile> files = read_file_list(list);
    std::ranges::stable_sort(files, {}, [](const ChangedFile& f) {
        return std::pair(!language_of(f.path), -(f.added + f.removed));
    });
    return files;
}

Result<Changes> changes_between(const Git& git, const std::string& from, const std::string& to,
                                const std::string& path, std::size_t most_files, std::stop_token stop) {
    if (to.empty() && git.is_bare()) {
        return fail(Fault::Invalid, "{} is a bare repository, without files of its own; name both revisions",
                    git.folder().string());
    }
    Changes changes;
    TRY(changes.from, git.commit(from));
    if (!to.empty()) {
        TRY(changes.to, git.commit(to));
    }
    TRY(changes.files, changed_files(git, changes.from, changes.to, path));
    if (changes.files.size() > most_files) {
        changes.files_left_out = changes.files.size() - most_files;
        changes.files.resize(most_files);
    }
    std::size_t blamed = 0;
    for (ChangedFile& file : changes.files) {
        if (stop.stop_requested()) return std::unexpected(cancelled());
        if (file.is_binary || !language_of(file.path)) continue;
        // A renamed file is named with both of its paths, or git does not see that it was renamed.
        std::vector<std::string> command =
            diff_command({"-U0", "--src-prefix=a/", "--dst-prefix=b/"}, changes.from, changes.to, file.path);
        if (file.old_path != file.path) command.push_back(file.old_path);
        TRY(const std::string diff, git.run(std::move(command)));
        auto hunks = read_hunks(diff);
        const bool was_there = file.change != Change::Added;
        TRY(const Side before,
            read_side(was_there ? git.text_at(changes.from, file.old_path).value_or("") : "", file.old_path,
                      stop));
        TRY(const Side after,
            read_side(file.change == Change::Removed ? "" : text_at(git, changes.to, file.path), file.path,
                      stop));
        file.symbols = changed_symbols(before, after, hunks[file.path]);
        for (ChangedSymbol& symbol : file.symbols) {
            if (blamed++ < kMostBlamed) add_authors(git, changes, file.path, symbol);
        }
    }
    return changes;
}

namespace {

Result<std::vector<BlamedCommit>> blame_at(const Git& git, const std::vector<std::string>& revisions,
                                           const std::string& path, int first, int last) {
    std::vector<std::string> command{"blame", "--no-textconv", "--porcelain",
                                     fmt::format("-L{},{}", first, last)};
    command.insert(command.end(), revisions.begin(), revisions.end());
    command.insert(command.end(), {"--", path});
    TRY(const std::string out, git.run(std::move(command)));
    std::vector<BlamedCommit> commits;
    std::map<std::string, std::size_t, std::less<>> by_hash;
    BlamedCommit* current = nullptr;
    for (const std::string_view line : split_lines(out)) {
        if (line.starts_with('\t') || line.empty()) continue;
        const auto blank = line.find(' ');
        const std::string_view word = line.substr(0, blank),
                               rest = blank == line.npos ? "" : line.substr(blank + 1);
        if (word.size() == 40 && word.find_first_not_of("0123456789abcdef") == word.npos) {
            const auto [place, is_new] = by_hash.try_emplace(std::string(word), commits.size());
            if (is_new)
                commits.push_back(
                    {.hash = std::string(word), .author = {}, .date = {}, .summary = {}, .lines = {}});
            current = &commits[place->second];
            const auto numbers = split(rest, ' ');
            if (numbers.size() > 1) current->lines.push_back(number(numbers[1]));
        } else if (current && word == "author") {
            current->author = rest;
        } else if (current && word == "summary") {
            current->summary = rest;
        } else if (current && word == "boundary") {
            current->is_boundary = true;
        } else if (current && word == "author-time") {
            std::int64_t seconds = 0;
            std::from_chars(rest.data(), rest.data() + rest.size(), seconds);
            const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(
                std::chrono::sys_seconds(std::chrono::seconds(seconds)));
            const std::chrono::year_month_day date(day);
            current->date =
                fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                            static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
        }
    }
    std::ranges::stable_sort(commits, std::greater{}, &BlamedCommit::date);
    return commits;
}

}  // namespace

Result<std::vector<BlamedCommit>> blame(const Git& git, const std::string& path, int first_line,
                                        int last_line) {
    return blame_at(git, git.is_bare() ? std::vector<std::string>{"HEAD"} : std::vector<std::string>{}, path,
                    first_line, last_line);
}

namespace {

// The same definition in another text: by name and signature, else by name and the likest number of
// parameters.
const Definition* same_in(const std::vector<Definition>& all, const Definition& wanted) {
    const Definition* best = nullptr;
    for (const Definition& d : all) {
        if (d.qualified != wanted.qualified || d.kind != wanted.kind) continue;
        if (d.signature == wanted.signature) return &d;
        if (!best || d.parameters.size() == wanted.parameters.size()) best = &d;
    }
    return best;
}

// The path that the file had at `commit`, as git follows its renames.
std::string path_at(const Git& git, const std::string& commit, const std::string& to,
                    const std::string& path) {
    if (git.text_at(commit, path)) return path;
    const auto list =
        git.run(diff_command({"--raw", "-z", "--no-abbrev", "--diff-filter=R"}, commit, to, ""));
    if (!list) return path;
    for (const ChangedFile& file : read_file_list(*list)) {
        if (file.path == path) return file.old_path;
    }
    return path;
}

// "@@ -1,3 +1,4 @@" of two texts that begin at other lines of their files.
std::string with_lines(std::string_view diff, int old_offset, int new_offset) {
    std::string result;
    bool in_hunks = false;
    for (const std::string_view line : split_lines(diff)) {
        if (!line.starts_with("@@ -") && !in_hunks) continue;
        if (!line.starts_with("@@ -")) {
            result += std::string(line) + '\n';
            continue;
        }
        in_hunks = true;
        const auto parts = split(line, ' ');
        const auto moved = [](std::string_view range, int offset) {
            const auto comma = range.find(',');
            return fmt::format("{}{}{}", range[0], number(range.substr(1)) + offset,
                               comma == range.npos ? "" : range.substr(comma));
        };
        result += fmt::format("@@ {} {} @@\n", moved(parts[1], old_offset), moved(parts[2], new_offset));
    }
    return result;
}

}  // namespace

Result<SymbolDiff> diff_symbol(const Git& git, const Definition& definition, const std::string& path,
                               const std::string& from, const std::string& to, std::stop_token stop) {
    TRY(const std::string old_commit, git.commit(from));
    std::string new_commit;
    if (!to.empty() || git.is_bare()) {
        TRY(new_commit, git.commit(to.empty() ? "HEAD" : to));
    }
    SymbolDiff result{.text = {}, .old_path = path_at(git, old_commit, new_commit, path), .new_path = path};
    TRY(const Side before,
        read_side(git.text_at(old_commit, result.old_path).value_or(""), result.old_path, stop));
    TRY(const Side after, read_side(text_at(git, new_commit, path), path, stop));
    const Definition* was = same_in(before.definitions, definition);
    const Definition* is = same_in(after.definitions, definition);
    result.was_there = was != nullptr;
    result.is_there = is != nullptr;
    if (!was && !is)
        return fail(Fault::NotFound, "{} is in neither of the two revisions of {}", definition.qualified,
                    path);
    TRY(const TemporaryFolder folder, TemporaryFolder::make("culprit-diff"));
    const auto write = [&](const char* name, const Definition* d, const Side& side) {
        return write_file(folder.path() / name,
                          d ? std::string(text_of(*d, split_lines(side.text))) + '\n' : "", Mode::Private);
    };
    TRY_OK(write("old", was, before));
    TRY_OK(write("new", is, after));
    const Command command{.argv = {"git", "--no-pager", "diff", "--no-index", "--no-ext-diff",
                                   "--no-textconv", "--no-color", "-U3", "old", "new"},
                          .folder = folder.path()};
    TRY(const Finished finished, run(command, stop));
    if (finished.exit_code > 1)
        return fail(Fault::Unavailable, "git diff: {}", one_line(trim(finished.err), 300));
    result.text = with_lines(finished.out, was ? was->first_line - 1 : 0, is ? is->first_line - 1 : 0);
    return result;
}

}  // namespace culprit
