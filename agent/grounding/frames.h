// Checks call stacks: each frame that a write-up cites is held against the source before a person sees it.
//
// A frame is a line such as
//     at Namespace.Type.Method(args) (path/File.cs:line N) - what happens there
// and the frames of a stack stand on neighbouring lines, outermost first.
#pragma once

#include <string_view>
#include <vector>

#include "agent/grounding/cited_frames.h"
#include "sessions/event.h"
#include "tools/roots.h"
#include "tools/source/index.h"

namespace culprit {

struct CitedAndChecked {
    CitedFrame cited;
    CheckedFrame checked;
};

// Every frame that names a place: the file exists under a root, the line lies in the named method and holds
// code, the method has as many parameters as are cited, and it calls the next frame's. A line that is right
// in the method but not at the call becomes the line of the call, with a note.
std::vector<CitedAndChecked> check_frames(std::string_view text, const Roots& roots, SourceIndex& source);

}  // namespace culprit
