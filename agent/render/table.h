// A Markdown table, fitted to the width of the screen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/render/style.h"

namespace culprit {

bool is_table_line(std::string_view line);  // begins with '|'

// The table whose lines these are, the second of them the rule that tells the alignment. Cells are wrapped
// where the whole is too wide; where even that does not fit (and for a screen reader) each row becomes lines
// "HEADING: cell". Ends with a line end.
std::string render_table(const std::vector<std::string>& lines, const ScreenStyle& style);

}  // namespace culprit
