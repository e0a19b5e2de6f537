// Judges what the usual commands print about a Linux machine: uptime, vmstat, mpstat, pidstat, iostat, free,
// sar, dmesg, top.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct HostFinding {
    std::string what;       // "the disk sda is busy 97.0 % of the time"
    std::string threshold;  // "above 60 % it slows what waits for it"
    std::string source;     // who says so
    std::string next;       // what to look at
};

struct HostReport {
    std::vector<HostFinding> findings;   // gravest first
    std::vector<std::string> looked_at;  // "vmstat: 3 samples"
    std::vector<std::string> unread;     // commands that failed or are not there, and figures that cannot be
                                         // judged, each with why
};

// `text` holds the outputs, each below a line "$ COMMAND"; without such lines it is one output. They are told
// by their headings, so an output may come from any command line. What is not known is in `unread`.
HostReport check_host(std::string_view text);

}  // namespace culprit
