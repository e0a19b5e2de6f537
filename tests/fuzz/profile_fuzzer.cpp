// libFuzzer over the parsers of profiles. --format=NAME takes that row of the table; without it the bytes go
// the way of any file: unpacked, put into UTF-8, told by content. What comes out must hold together and
// answer a question.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tools/profile/analysis.h"
#include "tools/profile/formats/format.h"

namespace culprit {
namespace {

// libFuzzer calls two functions of C: what the first reads from the command line, the second finds here.
const Format* chosen = nullptr;

void must_hold(bool condition) {
    if (!condition) std::abort();
}

void check(const Profile& profile) {
    for (NodeId node = 1; node < profile.nodes.size(); ++node) {
        must_hold(profile.nodes[node].parent < node && profile.nodes[node].frame < profile.frames.size());
    }
    for (const Frame& frame : profile.frames) {
        must_hold(frame.name < profile.strings.size() && frame.module < profile.strings.size() &&
                  frame.file < profile.strings.size());
    }
    for (const Metric& metric : profile.metrics) {
        for (const Cell& cell : metric.cells) {
            must_hold(cell.node < profile.nodes.size() && cell.thread < profile.threads.size() &&
                      cell.detail < profile.strings.size());
        }
        must_hold(top(profile, Selection{.metric = metric.name, .waits = Waits::Drop}, By::Type).has_value());
    }
}

}  // namespace
}  // namespace culprit

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
    constexpr std::string_view kFlag = "--format=";
    if (*argc < 2 || !std::string_view((*argv)[1]).starts_with(kFlag)) return 0;
    const std::string_view name = std::string_view((*argv)[1]).substr(kFlag.size());
    for (const culprit::Format& format : culprit::all_formats()) {
        if (format.name == name) culprit::chosen = &format;
    }
    if (!culprit::chosen) {
        std::fprintf(stderr, "there is no format '%s'\n", (*argv)[1] + kFlag.size());
        std::exit(2);
    }
    (*argv)[1] = (*argv)[0];  // libFuzzer need not see it
    --*argc;
    ++*argv;
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    // A copy of its own size, so that a read beyond its end is seen.
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const auto profile =
        culprit::chosen ? culprit::chosen->parse(bytes, {}) : culprit::parse_profile(bytes, {});
    if (profile) culprit::check(*profile);
    return 0;
}
