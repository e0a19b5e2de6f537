// How the answers of the profile tools look: weights with their units, rows that fit, notes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/profile/analysis.h"

namespace culprit {

// "5,030", "4.2 s", "1.3 MB", by the unit of a metric.
std::string weight_text(double weight, std::string_view unit);

// "1 thread", "1,200 threads"; `one` has a plural with s.
std::string counted(std::size_t count, std::string_view one);

// A name that fits a row: the middle is cut out of what is longer, as both ends tell.
std::string fitting(std::string_view name, std::size_t width = 100);

// Adds lines up to about 2,000 tokens in all, of which notes have the last quarter.
class Page {
  public:
    void line(std::string_view text) { text_ += text, text_ += '\n'; }
    // False, and nothing added, if the row would not fit: then say what is missing with line().
    bool row(std::string_view text);
    void notes(const std::vector<std::string>& notes);
    std::string take() && { return std::move(text_); }

  private:
    std::string text_;
};

// The name under which a tool's argument shows a file: "cpu-after.nettrace".
std::string file_name_of(std::string_view argument);

// "cpu-after.nettrace: samples, within Cart.Add: 8,676 of 10,946": what an answer is about, as its first
// line.
std::string headline(std::string_view file, const CallTree& tree, std::string_view what);

}  // namespace culprit
