// A test's curves as a small SVG picture.
#pragma once

#include <string>

#include "tools/jobs/comparison.h"

namespace culprit {

// The earlier jobs thin and grey, the baseline and the candidate over them, the worst range shaded. Colours
// are the page's: classes "history", "baseline", "candidate" and "range".
std::string chart_svg(const Comparison& comparison, const Judged& judged);

}  // namespace culprit
