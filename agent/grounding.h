// Checks write-ups: each frame that one cites is held against the source before a person sees it.
//
// A frame is a line such as
//     at Namespace.Type.Method(args) (path/File.cs:line N) - what happens there
// and the frames of a stack stand on neighbouring lines, outermost first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sessions/event.h"
#include "tools/roots.h"
#include "tools/source/index.h"

namespace culprit {

struct Checked {
    std::string text;  // the write-up with lines corrected and failed frames marked
    std::vector<CheckedFrame> frames;
    std::string
        repair_request;  // for the model: what failed, why, and the nearest truth; empty if nothing did
};

// Every frame: its file exists under a root, its line lies in the named method and holds code, and that
// method calls the next frame's. A line that is right in the method but not at the call becomes the line of
// the call, with a note.
Checked check_write_up(std::string_view text, const Roots& roots, SourceIndex& source);

// Has the headings of a diagnosis, or cites frames.
bool is_write_up(std::string_view text);

// `write_up` with its frames replaced by those of `repair`, if that has any.
std::string with_frames_of(std::string_view write_up, std::string_view repair);

// "Call stack: 5 of 6 frames verified (1 corrected, 1 unverified)", or why there is none.
std::string verdict_line(const std::vector<CheckedFrame>& frames, bool has_source);

}  // namespace culprit
