#include <algorithm>

#include "tools/profile/formats/format.h"
#include "tools/profile/formats/text.h"
#include "tools/profile/formats/unknown.h"
#include "tools/profile/formats/unpack.h"

namespace culprit {

Format benchmarkdotnet_format();
Format chrome_trace_format();
Format collapsed_format();
Format cpuprofile_format();
Format heapprofile_format();
Format nettrace_format();
Format perf_annotate_format();
Format perf_report_format();
Format perf_script_format();
Format pprof_format();
Format speedscope_format();
Format topn_format();

const std::vector<Format>& all_formats() {
    static const std::vector<Format> formats = {
        nettrace_format(),        speedscope_format(),  chrome_trace_format(),
        heapprofile_format(),     cpuprofile_format(),  pprof_format(),
        benchmarkdotnet_format(), perf_script_format(), perf_report_format(),
        perf_annotate_format(),   topn_format(),        collapsed_format(),
    };
    return formats;
}

namespace {

constexpr std::size_t kHead = 4096;

const Format* likeliest(std::string_view head) {
    const auto& formats = all_formats();
    for (const Likeness wanted : {Likeness::Yes, Likeness::Maybe}) {
        const auto found =
            std::ranges::find_if(formats, [&](const Format& f) { return f.probe(head) == wanted; });
        if (found != formats.end()) return &*found;
    }
    return nullptr;
}

}  // namespace

Result<Profile> parse_profile(std::string_view bytes, const Reading& reading) {
    if (bytes.empty()) return fail(Fault::Invalid, "the file is empty");
    TRY(std::optional<Unpacked> unpacked, unpack(bytes));
    if (unpacked) {
        TRY(Profile profile, parse_profile(unpacked->bytes, reading));
        if (!unpacked->warning.empty()) profile.warnings.push_back(unpacked->warning);
        return profile;
    }
    if (const std::optional<std::string> text = plain_text(bytes)) return parse_profile(*text, reading);
    if (const Format* format = likeliest(bytes.substr(0, kHead))) return format->parse(bytes, reading);
    if (reading.stop.stop_requested()) return std::unexpected(cancelled());
    return std::unexpected(unknown_format(bytes, reading));
}

}  // namespace culprit
