#include "agent/render/table.h"

#include <algorithm>
#include <numeric>

#include "agent/render/inline.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kLeast = 6;  // columns of a cell that is wrapped
constexpr std::string_view kGap = "  ";

struct Grid {
    std::vector<std::vector<std::string>> rows;  // the first is the heading; all of one length
    std::vector<bool> right;                     // aligned so
};

std::vector<std::string> cells_of(std::string_view line) {
    line = trim(line);
    if (line.starts_with('|')) line.remove_prefix(1);
    if (line.ends_with('|') && !line.ends_with("\\|")) line.remove_suffix(1);
    std::vector<std::string> cells(1);
    bool in_code = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '`') in_code = !in_code;
        if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|') {
            cells.back() += '|';
            ++i;
        } else if (line[i] == '|' && !in_code) {
            cells.emplace_back();
        } else {
            cells.back() += line[i];
        }
    }
    for (std::string& cell : cells) cell = trim(cell);
    return cells;
}

bool is_rule(const std::vector<std::string>& cells) {
    return std::ranges::all_of(cells, [](const std::string& cell) {
        return !cell.empty() && cell.find_first_not_of(":-") == std::string::npos && cell.contains('-');
    });
}

Grid grid_of(const std::vector<std::string>& lines) {
    Grid grid;
    for (const std::string& line : lines) {
        std::vector<std::string> cells = cells_of(line);
        if (grid.rows.size() == 1 && grid.right.empty() && is_rule(cells)) {
            for (const std::string& cell : cells)
                grid.right.push_back(cell.ends_with(':') && !cell.starts_with(':'));
            continue;
        }
        grid.rows.push_back(std::move(cells));
    }
    std::size_t columns = 0;
    for (const auto& row : grid.rows) columns = std::max(columns, row.size());
    for (auto& row : grid.rows) row.resize(columns);
    grid.right.resize(columns);
    return grid;
}

std::vector<std::size_t> natural_widths(const Grid& grid, const ScreenStyle& style) {
    std::vector<std::size_t> widths(grid.right.size(), 1);
    for (const auto& row : grid.rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], style.colour ? inline_width(row[i]) : display_width(row[i]));
    }
    return widths;
}

// Takes from the widest until all fit; false if they cannot.
bool shrink(std::vector<std::size_t>& widths, std::size_t room) {
    std::size_t all = std::accumulate(widths.begin(), widths.end(), std::size_t{0});
    while (all > room) {
        const auto widest = std::ranges::max_element(widths);
        if (widest == widths.end() || *widest <= kLeast) return false;
        --*widest;
        --all;
    }
    return true;
}

std::string as_lines(const Grid& grid, const ScreenStyle& style) {
    std::string text;
    for (std::size_t row = 1; row < grid.rows.size(); ++row) {
        for (std::size_t i = 0; i < grid.right.size(); ++i) {
            if (grid.rows[row][i].empty()) continue;
            const std::string line = grid.rows[0][i].empty()
                                         ? grid.rows[row][i]
                                         : fmt::format("{}: {}", grid.rows[0][i], grid.rows[row][i]);
            for (const std::string& part : wrapped_inline(line, style.width, style)) text += part + "\n";
        }
        if (row + 1 < grid.rows.size()) text += "\n";
    }
    return text;
}

std::string row_text(const std::vector<std::string>& row, const Grid& grid,
                     const std::vector<std::size_t>& widths, bool heading, const ScreenStyle& style) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t i = 0; i < row.size(); ++i) {
        cells.push_back(wrapped_inline(row[i], widths[i], style));
        height = std::max(height, cells.back().size());
    }
    std::string text;
    for (std::size_t line = 0; line < height; ++line) {
        std::string out;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const std::string part = line < cells[i].size() ? cells[i][line] : "";
            const std::size_t pad = widths[i] - std::min(widths[i], shown_width(part));
            const std::string shown = heading ? inked(part, Ink::Bold, style) : part;
            out += fmt::format("{}{}{}{}", i == 0 ? "" : kGap, grid.right[i] ? std::string(pad, ' ') : "",
                               shown, grid.right[i] ? "" : std::string(pad, ' '));
        }
        out.erase(out.find_last_not_of(' ') + 1);
        text += out + "\n";
    }
    return text;
}

}  // namespace

bool is_table_line(std::string_view line) { return trim(line).starts_with('|'); }

std::string render_table(const std::vector<std::string>& lines, const ScreenStyle& style) {
    const Grid grid = grid_of(lines);
    if (grid.right.empty()) return {};
    if (style.plain_lines) return as_lines(grid, style);
    std::vector<std::size_t> widths = natural_widths(grid, style);
    const std::size_t gaps = kGap.size() * (widths.size() - 1);
    if (style.width <= gaps || !shrink(widths, style.width - gaps)) return as_lines(grid, style);
    std::string text = row_text(grid.rows[0], grid, widths, true, style);
    std::string rule;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        rule += i == 0 ? "" : kGap;
        for (std::size_t n = 0; n < widths[i]; ++n) rule += style.unicode ? "─" : "-";
    }
    text += inked(rule, Ink::Dim, style) + "\n";
    for (std::size_t row = 1; row < grid.rows.size(); ++row)
        text += row_text(grid.rows[row], grid, widths, false, style);
    return text;
}

}  // namespace culprit
