// The formats that a profile may come in, as rows of one table, and reading whatever file it is.
//
// A format is one file (or folder) beside this one with a probe and a parser; all.cpp holds the table.
#pragma once

#include <functional>
#include <limits>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tools/profile/profile.h"

namespace culprit {

enum class Likeness { No, Maybe, Yes };

// What of the file is wanted. Samples and events outside of the time are not counted; names still are read.
struct Reading {
    double from_ns = 0;  // since the start of the recording
    double to_ns = std::numeric_limits<double>::infinity();
    std::stop_token stop = {};
    // If set, told now and then up to which byte a parser has come: what lies before may leave memory, and
    // comes back should it be looked at again.
    std::function<void(std::size_t)> passed = {};
};

struct Format {
    std::string_view name;                     // "speedscope"
    std::string_view suffix;                   // what such files are usually called: ".speedscope.json"
    Likeness (*probe)(std::string_view head);  // its first 4 KiB, or all of it
    // The text is borrowed for the call. Fails with Corrupt, naming the place, when nothing in the file can
    // be used; what is whole in a file that was cut short is a Profile with a warning that says how much that
    // is.
    Result<Profile> (*parse)(std::string_view bytes, const Reading& reading);
};

const std::vector<Format>& all_formats();

// Finds out what the bytes are and parses them. The likeliest format is the first Yes in the table, else the
// first Maybe. Fails with Invalid if they are none, saying what was tried; Cancelled on stop.
Result<Profile> parse_profile(std::string_view bytes, const Reading& reading);

}  // namespace culprit
