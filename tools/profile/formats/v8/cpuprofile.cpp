// Reads .cpuprofile, the profiles of V8 (node --cpu-prof, Chrome DevTools), also those of the time before the
// inspector.
//
// Metrics  see v8_profile.h
// Fails    Corrupt with the byte; a file that was cut short gives the samples that are there, if the nodes
// are
#include "base/text.h"
#include "tools/profile/formats/v8/v8_profile.h"

namespace culprit {
namespace {

Result<Profile> parse(std::string_view bytes, const Reading& reading) {
    ProfileBuilder builder("cpuprofile");
    V8Profile profile;
    JsonCursor json(bytes);
    std::string_view key;
    for (json.begin_object(); json.next_member(key) && !reading.stop.stop_requested();) {
        if (!profile.read_member(key, json, builder)) json.skip();
    }
    if (reading.stop.stop_requested()) return std::unexpected(cancelled());
    if (const auto& problem = json.problem()) {
        if (!problem->truncated || profile.empty()) {
            return fail(Fault::Corrupt, "cpuprofile: {} at byte {}", problem->what, problem->offset);
        }
        builder.warn(fmt::format("the file is cut short: {} of {} bytes could be read", problem->offset,
                                 bytes.size()));
    }
    if (profile.empty()) return fail(Fault::Corrupt, "cpuprofile: there are no samples in the file");
    builder.set_duration(profile.give(builder.thread(0, 0, "main"), reading, builder));
    return std::move(builder).finish();
}

Likeness probe(std::string_view head) {
    if (!trim(head).starts_with('{') || head.find("\"functionName\"") == std::string_view::npos)
        return Likeness::No;
    if (head.find("\"selfSize\"") != std::string_view::npos) return Likeness::No;
    return head.find("\"hitCount\"") != std::string_view::npos ||
                   head.find("\"nodes\"") != std::string_view::npos
               ? Likeness::Yes
               : Likeness::No;
}

}  // namespace

Format cpuprofile_format() { return {"cpuprofile", ".cpuprofile", probe, parse}; }

}  // namespace culprit
