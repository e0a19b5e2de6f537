#include "agent/budget.h"

#include "base/text.h"

namespace culprit {

std::string Budget::reached(int steps) const {
    const std::int64_t tokens = used_.input_tokens + used_.output_tokens;
    const double cost = prices_ ? cost_of(used_, *prices_) : 0;
    if (steps >= limits_.most_steps) return fmt::format("{} steps without an answer", steps);
    if (limits_.most_tokens > 0 && tokens >= limits_.most_tokens)
        return fmt::format("{} tokens used without an answer", grouped(tokens));
    if (limits_.most_cost > 0 && cost >= limits_.most_cost)
        return fmt::format("${:.4f} spent without an answer", cost);
    if (limits_.most_cost > 0 && !prices_ && tokens > 0)
        return "there is a limit of money, and the model has no price: [[models]] in culprit.toml sets one; "
               "stopped";
    return {};
}

}  // namespace culprit
