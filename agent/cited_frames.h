// Finding the frames that an answer cites, also while it is still coming.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

// A line of the form `at SYMBOL(ARGS) (FILE:line N) …` or `at SYMBOL(ARGS) in FILE:line N`, in a list or not.
struct CitedFrame {
    std::string symbol;  // without arguments: "Shop.CatalogIndex.Resolve"
    std::string file;    // empty: the line names no place, as for code outside of the sources
    int line = 0;
    std::size_t line_begin = 0, line_end = 0;      // of the line in the text
    std::size_t number_begin = 0, number_end = 0;  // of N in the text
};

using CitedStack = std::vector<CitedFrame>;  // outermost first

// The stacks of a text: frames on neighbouring lines, with at least one that names a place.
std::vector<CitedStack> cited_stacks(std::string_view text);

// Lets an answer through as it streams, up to the first line that cites a frame; from there on it is held.
class FrameGate {
  public:
    std::string feed(std::string_view piece);       // what may be shown now
    std::string take_held();                        // the rest of the answer so far
    std::size_t passed() const { return passed_; }  // bytes of the answer that were given out

  private:
    std::string text_;  // of the answer so far
    std::size_t passed_ = 0;
    std::size_t line_begin_ = 0;  // of the last line, which may be incomplete
    bool holding_ = false;
};

}  // namespace culprit
