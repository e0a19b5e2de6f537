// Reads the table of `perf report --stdio`; call graphs below its rows are left out, as they are cut and
// rounded.
//
// Rows    a symbol each: "Self" or "Overhead" is its own share, "Children" the inclusive one
// Source  torvalds/linux tools/perf/ui/stdio/hist.c
#include <algorithm>

#include "base/text.h"
#include "tools/profile/formats/format.h"
#include "tools/profile/formats/text.h"

namespace culprit {
namespace {

struct Column {
    std::string_view name;
    std::size_t begin = 0;
};

// The names of the columns stand above a line of dots that shows how wide they are.
std::vector<Column> columns_of(std::string_view names, std::string_view dots) {
    std::vector<Column> columns;
    for (std::size_t at = dots.find('.'); at != std::string_view::npos;) {
        const std::size_t end = std::min(dots.find(' ', at), dots.size()), next = dots.find('.', end);
        const std::size_t size = (next == std::string_view::npos ? names.size() : next) - at;
        columns.push_back({at < names.size() ? trim(names.substr(at, size)) : std::string_view(), at});
        at = next;
    }
    return columns;
}

std::optional<double> share_in(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    const std::optional<double> percent = number_in<double>(text.substr(0, text.size() - 1));
    return percent ? std::optional(*percent / 100) : std::nullopt;
}

// "    90.45%    90.45%  hot      libm.so.6          [.] __sin_fma"
std::optional<TableRow> row_of(std::string_view line, const std::vector<Column>& columns) {
    TableRow row;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& [name, begin] = columns[i];
        if (begin >= line.size()) break;
        const std::size_t end = i + 1 < columns.size() ? columns[i + 1].begin : line.size();
        std::string_view cell = trim(line.substr(begin, end - begin));
        if (name == "Overhead" || name == "Self" || name == "Children") {
            const std::optional<double> share = share_in(cell);
            if (!share) return std::nullopt;
            (name == "Children" ? row.inclusive : row.self) = *share;
        } else if (name == "Samples") {
            row.samples = number_in<double>(cell).value_or(-1);
        } else if (name == "Symbol") {
            const bool has_level =
                cell.size() > 4 && cell[0] == '[' && cell[2] == ']';  // "[k] " for the kernel
            row.name = has_level ? cell.substr(4) : cell;
        } else if (name == "Shared Object") {
            row.module = cell;
        } else if (!cell.empty()) {
            row.note += (row.note.empty() ? "" : ", ") + std::string(cell);
        }
    }
    if (row.self < 0 && row.inclusive < 0) return std::nullopt;
    if (row.name.empty()) row.name = row.module.empty() ? row.note : row.module;
    return row;
}

Result<Profile> parse(std::string_view bytes, const Reading&) {
    Profile profile{.format = "perf report"};
    std::vector<Column> columns;
    std::string title;
    std::string_view line, before;
    for (std::string_view rest = bytes; next_line(rest, line);) {
        if (line.starts_with("# Samples:")) {
            title = trim(line.substr(1));
            columns.clear();
        } else if (line.starts_with("# ..")) {
            columns = columns_of(before, line);
            profile.tables.push_back({title, {}});
        } else if (!line.starts_with('#') && !columns.empty()) {
            if (std::optional<TableRow> row = row_of(line, columns))
                profile.tables.back().rows.push_back(*std::move(row));
        }
        before = line;
    }
    std::erase_if(profile.tables, [](const Table& table) { return table.rows.empty(); });
    if (profile.tables.empty())
        return fail(Fault::Corrupt, "perf report: there is no row with a share in the file");
    return profile;
}

Likeness probe(std::string_view head) {
    const bool has_names = head.find("# Overhead ") != std::string_view::npos ||
                           head.find("# Children ") != std::string_view::npos;
    return has_names && head.find("\n# ..") != std::string_view::npos ? Likeness::Yes : Likeness::No;
}

}  // namespace

Format perf_report_format() { return {"perf report", ".perf-report.txt", probe, parse}; }

}  // namespace culprit
