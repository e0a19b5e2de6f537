// Reads collapsed stacks, a line for each: the frames root first with ';' between them, a blank, a count.
//
// Metrics  "samples": what the counts are is not in the file; Brendan Gregg's perf script writes samples or,
// if the events
//          have a period, the sum of periods
// Skips    lines without a count, with a warning
// Source   brendangregg/FlameGraph README.md, "Fold stacks"
#include <algorithm>

#include "base/text.h"
#include "tools/profile/builder.h"
#include "tools/profile/formats/format.h"
#include "tools/profile/formats/text.h"
#include "tools/profile/names.h"

namespace culprit {
namespace {

struct Line {
    std::string_view stack;
    double count = 0;
};

std::optional<Line> line_of(std::string_view text) {
    const std::size_t blank = text.find_last_of(" \t");
    if (blank == std::string_view::npos || blank == 0) return std::nullopt;
    const std::optional<double> count = number_in<double>(text.substr(blank + 1));
    if (!count || !(*count >= 0 && *count < 1e18)) return std::nullopt;
    return Line{text.substr(0, blank), *count};
}

FrameId frame_of(std::string_view name, ProfileBuilder& builder) {
    if (const auto method = jitted_frame(name, builder)) return builder.frame(*method);
    const bool is_unknown = name == "[unknown]" || name == "[[unknown]]";
    return builder.frame(
        {.name = builder.intern(name), .kind = is_unknown ? FrameKind::Unresolved : FrameKind::Code});
}

Result<Profile> parse(std::string_view bytes, const Reading& reading) {
    ProfileBuilder builder("collapsed");
    const auto samples = builder.metric("samples", "count");
    const ThreadId thread = builder.thread(0, 0, "all threads");
    std::size_t skipped = 0, lines = 0;
    std::string_view line;
    for (std::string_view rest = bytes; next_line(rest, line);) {
        if (++lines % 4096 == 0 && reading.stop.stop_requested()) return std::unexpected(cancelled());
        const std::optional<Line> parsed = line_of(line);
        if (!parsed) {
            if (!trim(line).empty() && !line.starts_with('#')) ++skipped;
            continue;
        }
        NodeId node = kRootNode;
        for (const std::string_view name : split(parsed->stack, ';'))
            node = builder.child(node, frame_of(name, builder));
        builder.add(samples, node, thread, 0, parsed->count, static_cast<std::uint64_t>(parsed->count));
    }
    if (skipped == lines) return fail(Fault::Corrupt, "collapsed: no line ends in a count");
    if (skipped > 0)
        builder.warn(fmt::format("{} of {} lines have no count at their end: skipped", skipped, lines));
    return std::move(builder).finish();
}

// Most of the lines that the head has the whole of must end in a count, and one of them have more than one
// frame.
Likeness probe(std::string_view head) {
    std::size_t good = 0, lines = 0;
    bool has_stack = false;
    std::string_view line;
    for (std::string_view rest = head; next_line(rest, line);) {
        if (line.empty() || (rest.empty() && head.size() >= 4096)) continue;
        if (line.find_first_of("{}\"") != std::string_view::npos &&
            line.find(';') == std::string_view::npos) {
            return Likeness::No;
        }
        ++lines;
        const std::optional<Line> parsed = line_of(line);
        if (!parsed) continue;
        ++good;
        has_stack = has_stack || parsed->stack.find(';') != std::string_view::npos;
    }
    if (lines == 0 && head.find(';') != std::string_view::npos)
        return Likeness::Maybe;  // one line longer than the head
    return has_stack && good * 2 > lines ? Likeness::Maybe : Likeness::No;
}

}  // namespace

Format collapsed_format() { return {"collapsed", ".collapsed.txt", probe, parse}; }

}  // namespace culprit
