// How the answers of the profile tools look: weights with their units, rows that fit, notes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/profile/analysis.h"
#include "tools/profile/formats/format.h"
#include "tools/tool.h"

namespace culprit {

// "5,030", "4.2 s", "1.3 MB", by the unit of a metric.
std::string weight_text(double weight, std::string_view unit);

// A name that fits a row: the middle is cut out of what is longer, as both ends tell.
std::string fitting(std::string_view name, std::size_t width = 100);

// Adds lines up to about 2,000 tokens in all.
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

// The value of an argument "by".
By by_of(std::string_view text);

// The arguments that choose a part of a profile, the same for every question, and what they say.
std::vector<Arg> selection_args();
Result<Selection> selection_of(const Args& args, const Profile& profile, Workbench& bench);
Reading reading_of(const Args& args, const Workbench& bench);
// "samples, only thread 20081, within Shop.Cart.Add, 1.2 s to 3 s": empty if it is all of the default metric
std::string selection_text(const Args& args);

}  // namespace culprit
