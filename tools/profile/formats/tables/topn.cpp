// Reads what `dotnet-trace report FILE topN` prints.
//
// Rows    a method each. The tool counts thread time, so that waits lead; it leaves out every frame whose
// name contains
//         "Process" or "ROOT", folds unmanaged time into its caller and, without -v, cuts names at 70
//         characters
// Source  dotnet/diagnostics src/Tools/dotnet-trace/CommandLine/PrintReportHelper.cs
#include "base/text.h"
#include "tools/profile/formats/format.h"
#include "tools/profile/formats/text.h"

namespace culprit {
namespace {

// Takes a share off the end of a line: "38.11%".
std::optional<double> take_share(std::string_view& line) {
    const std::string_view text = trim(line);
    const std::size_t blank = text.find_last_of(' ');
    const std::string_view word = blank == std::string_view::npos ? text : text.substr(blank + 1);
    if (!word.ends_with('%')) return std::nullopt;
    const std::optional<double> percent = number_in<double>(word.substr(0, word.size() - 1));
    if (!percent) return std::nullopt;
    line = text.substr(0, text.size() - word.size());
    return *percent / 100;
}

// "12. " at the start of a row
bool take_number(std::string_view& line) {
    const std::size_t dot = line.find('.');
    if (dot == std::string_view::npos || !number_in<int>(line.substr(0, dot))) return false;
    line.remove_prefix(dot + 1);
    return true;
}

Result<Profile> parse(std::string_view bytes, const Reading&) {
    Profile profile{.format = "dotnet-trace topN"};
    profile.tables.emplace_back();
    auto& [title, rows] = profile.tables.back();
    bool cut = false;
    std::string_view line;
    for (std::string_view rest = bytes; next_line(rest, line);) {
        if (line.starts_with("Top ")) {
            title = line.substr(0, line.find(')') + 1);
            continue;
        }
        std::string_view row = line;
        if (!take_number(row)) {  // the rest of a name that was too long for its row
            if (!rows.empty() && line.starts_with("    ")) rows.back().name += trim(line);
            continue;
        }
        const std::optional<double> self = take_share(row), inclusive = self ? take_share(row) : std::nullopt;
        if (!inclusive) continue;
        const std::string_view name = trim(row);
        cut = cut || name.size() >= 70;
        rows.push_back({.name = std::string(name), .self = *self, .inclusive = *inclusive});
    }
    if (rows.empty())
        return fail(Fault::Corrupt, "dotnet-trace topN: there is no row with two shares in the file");
    profile.warnings.push_back(
        "topN counts thread time: waiting threads lead; it leaves out methods with Process or ROOT in their "
        "names");
    if (cut)
        profile.warnings.push_back(
            "names of 70 characters were cut by the tool: use its option -v, or give the .nettrace file");
    return profile;
}

Likeness probe(std::string_view head) {
    const std::size_t title = head.find(" Functions (");
    return title < 200 && head.find("Inclusive", title) != std::string_view::npos &&
                   head.substr(0, title).find("Top ") != std::string_view::npos
               ? Likeness::Yes
               : Likeness::No;
}

}  // namespace

Format topn_format() { return {"dotnet-trace topN", ".topn.txt", probe, parse}; }

}  // namespace culprit
