#include "tools/profile/formats/unknown.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace culprit {
namespace {

// Formats of other tools, told by how they begin or by a word in their first bytes.
struct Other {
    std::string_view begin, word, name, advice;
};
constexpr std::array<Other, 14> kOthers = {{
    {"FLR\0", "", "a recording of Java Flight Recorder",
     "convert it to collapsed stacks or pprof with async-profiler's jfrconv"},
    {"PK\x03\x04", "", "a zip archive", "unpack it first"},
    {"BZh", "", "packed by bzip2", "unpack it first"},
    {"\xFD"
     "7zXZ",
     "", "packed by xz", "unpack it first"},
    {"\x7F"
     "ELF",
     "", "a program or library", "give a profile of it"},
    {"SQLite format 3", "", "a SQLite database", "export the profile with the tool that wrote it"},
    {"", "creator: callgrind", "a profile of callgrind", "convert it to collapsed stacks or pprof"},
    {"", "# callgrind format", "a profile of callgrind", "convert it to collapsed stacks or pprof"},
    {"", "events: Cycles", "a profile of callgrind", "convert it to collapsed stacks or pprof"},
    {"v8-version,", "", "a log of V8", "use node --cpu-prof, which writes a .cpuprofile"},
    {"", "\"stackTable\"", "a profile of Firefox",
     "open it in profiler.firefox.com and save it as collapsed stacks"},
    {"", "\"recording\":", "a recording of Safari", "record with another tool"},
    {"<?xml", "", "XML", "export the profile as text or JSON with the tool that wrote it"},
    {"Nettrace", "", "a damaged .nettrace file", "record it again"},
}};

// JSON formats by the names of their members.
struct Members {
    std::string_view format;
    std::array<std::string_view, 5> names;
};
constexpr std::array<Members, 5> kMembers = {{
    {"speedscope", {"\"profiles\"", "\"shared\"", "\"frames\"", "\"weights\"", "\"events\""}},
    {"chrome trace", {"\"traceEvents\"", "\"ph\"", "\"ts\"", "\"pid\"", "\"tid\""}},
    {"cpuprofile", {"\"nodes\"", "\"callFrame\"", "\"hitCount\"", "\"timeDeltas\"", "\"samples\""}},
    {"heapprofile", {"\"head\"", "\"selfSize\"", "\"callFrame\"", "\"children\"", "\"nodeId\""}},
    {"BenchmarkDotNet",
     {"\"Benchmarks\"", "\"Statistics\"", "\"HostEnvironmentInfo\"", "\"Mean\"", "\"FullName\""}},
}};

constexpr std::size_t kLookedAt = 64 * 1024;

bool is_text(std::string_view head) {
    return std::ranges::none_of(head, [](char c) { return static_cast<unsigned char>(c) < 9; });
}

std::string_view likest_json(std::string_view head) {
    const auto count = [&](const Members& members) {
        return std::ranges::count_if(
            members.names, [&](std::string_view name) { return head.find(name) != std::string_view::npos; });
    };
    const auto best = std::ranges::max_element(kMembers, {}, count);
    return count(*best) > 0 ? best->format : std::string_view();
}

}  // namespace

Error unknown_format(std::string_view bytes, const Reading& reading) {
    const std::string_view head = bytes.substr(0, kLookedAt);
    for (const Other& other : kOthers) {
        const bool is_it = other.word.empty() ? head.starts_with(other.begin)
                                              : head.find(other.word) != std::string_view::npos;
        if (is_it)
            return {Fault::Invalid,
                    fmt::format("this is {}, which is not read: {}", other.name, other.advice)};
    }
    std::vector<std::string_view> names;
    for (const Format& format : all_formats()) names.push_back(format.name);
    const std::string tried =
        fmt::format("this is no profile that can be read (tried: {})", fmt::join(names, ", "));
    if (!is_text(head)) return {Fault::Invalid, tried + "; it is binary data of an unknown kind"};
    const std::string_view text = trim(head);
    const bool is_json = text.starts_with('{') || text.starts_with('[');
    const std::string_view likest = is_json ? likest_json(head) : "collapsed";
    const auto format = std::ranges::find(all_formats(), likest, &Format::name);
    if (format == all_formats().end())
        return {Fault::Invalid, tried + "; it is JSON with none of their members"};
    const Result<Profile> attempt = format->parse(bytes, reading);
    return {Fault::Invalid, fmt::format("{}; it most resembles {}, but {}", tried, likest,
                                        attempt ? "lacks what such files begin with" : attempt.error().what)};
}

}  // namespace culprit
