// Which frames of a profile are the program's own: code whose source is in the roots.
#pragma once

#include <vector>

#include "base/result.h"
#include "tools/profile/profile.h"
#include "tools/source/index.h"

namespace culprit {

// For each frame whether its type, or the function itself where there is none, is defined in the roots.
// Fails with NotFound if no frame is, and as SourceIndex::update does.
Result<std::vector<bool>> own_frames(const Profile& profile, SourceIndex& source, std::stop_token stop);

}  // namespace culprit
