// Finding the frames that an answer cites, also while it is still coming.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

// A line of the form `at SYMBOL(ARGS) (FILE:line N) …` or `at SYMBOL(ARGS) in FILE:line N`, in a list or not.
struct CitedFrame {
    std::string symbol;     // without arguments: "Shop.CatalogIndex.Resolve"
    std::string arguments;  // "(string sku, int)"; empty: none are given
    std::string file;       // empty: the line names no place, as for code outside of the sources
    int line = 0;
    std::size_t line_begin = 0, line_end = 0;      // of the line in the text
    std::size_t number_begin = 0, number_end = 0;  // of N in the text
};

using CitedStack = std::vector<CitedFrame>;  // outermost first

// The stacks of a text: frames on neighbouring lines, with at least one that names a place.
std::vector<CitedStack> cited_stacks(std::string_view text);

// Whether a line cites a frame with its place, or, being incomplete, may come to do so.
bool cites_frame(std::string_view line);
bool could_cite_frame(std::string_view partial_line);

}  // namespace culprit
