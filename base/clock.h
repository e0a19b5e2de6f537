// Time of day and its one written form. The clock is given to what writes time down, so that tests stand
// still.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace culprit {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
  public:
    virtual ~Clock() = default;
    virtual Time now() const;  // the system's clock, UTC
};

std::string time_text(Time time);                // "2026-11-21T10:16:40.999Z"
Result<Time> parse_time(std::string_view text);  // the same, read back

}  // namespace culprit
