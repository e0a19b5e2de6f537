// What a turn may use of steps, tokens and money.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "agent/provider/model_facts.h"

namespace culprit {

struct TurnLimits {
    int most_steps = 60;           // replies of the model
    std::int64_t most_tokens = 0;  // in and out; of this and those below, 0 is no limit
    double most_cost = 0;          // dollars
    std::chrono::milliseconds most_time{0};
    unsigned side_by_side = 4;  // calls that only read, at once
};

class Budget {
  public:
    Budget(const TurnLimits& limits, std::optional<Prices> prices) : limits_(limits), prices_(prices) {}

    void add(const Usage& usage) { used_ += usage; }
    // Which limit keeps the turn from its next step, for people; empty if none does.
    std::string reached(int steps) const;

  private:
    TurnLimits limits_;
    std::optional<Prices> prices_;
    Usage used_;
};

}  // namespace culprit
