// The profiles under tests/formats, and ways to look at them that a test needs.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "support/support.h"
#include "tools/profile/analysis.h"
#include "tools/profile/formats/format.h"

namespace culprit::test {

// A file under tests/formats, unpacked: "nettrace/cpu-after.nettrace.zst".
std::string format_file(std::string_view name);
Profile read_format_file(std::string_view name);
Json json_file(std::string_view name);

// Parses what may be anything: must not crash; what comes out must hold together.
void expect_sound(std::string_view bytes);
// The same for the bytes cut short at every `step`th length and with bytes changed at `flips` places.
void expect_sound_when_damaged(std::string_view bytes, std::size_t step, int flips);

// "A;B;C 5": each stack with own weight, sorted.
std::string folded(const Profile& profile, std::string_view metric);

}  // namespace culprit::test
