// Sees through what a profile is wrapped in: gzip, zstd.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace culprit {

struct Unpacked {
    std::string bytes;
    std::string warning;  // empty, or why it ends before it should
};

// The content if `bytes` are gzip or zstd (several members or frames count as one), nothing if they are
// neither. Content that is cut short or damaged is given up to there, with a warning. Fails with Corrupt if
// nothing comes out, Invalid beyond 4 GiB.
Result<std::optional<Unpacked>> unpack(std::string_view bytes);

}  // namespace culprit
