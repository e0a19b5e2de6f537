// What to say of a file that no format takes for its own.
#pragma once

#include <string_view>

#include "base/result.h"
#include "tools/profile/formats/format.h"

namespace culprit {

// Names what the file is, if it is known but not read; else the format that it most resembles and why that
// cannot read it.
Error unknown_format(std::string_view bytes, const Reading& reading);

}  // namespace culprit
