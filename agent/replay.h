// Replaying: a recorded session run again through the real loop and the real tools, and compared. Also how
// sessions become recordings.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/loop.h"
#include "sessions/log.h"

namespace culprit {

struct ReplaySettings {
    Provider* live = nullptr;     // asked instead of the recording
    bool recorded_tools = false;  // calls are answered from the recording
    bool update = false;          // the recording becomes what the replay did
};

// The first place where the replay and the recording differ, as a unified diff; empty if they do not. Times,
// process ids and temporary paths are not compared. The replayed session lives in a temporary state folder,
// with an empty memory. Fails if the recording cannot be read or its roots are gone.
Result<std::string> replay(const fs::path& recording, const ReplaySettings& settings, std::stop_token stop);

// Writes a session's events as a recording. Roots in the project that holds the recording become relative to
// its folder, so that the project can be moved. Artefacts of the session, if their folder is given, go with
// it as far as they are text, 32 MB in all; what is left out is told of in the recording as a note.
Result<> record_session(std::span<const Event> events, const fs::path& recording,
                        const fs::path& artifacts = {});

}  // namespace culprit
