// The provider that says again what a model said in a recorded session, and checks on the way that it is
// asked properly.
#pragma once

#include <span>

#include "agent/provider/provider.h"

namespace culprit {

class Replayer : public Provider {
  public:
    // The events of one turn, without the message that began it. `stop_turn` is called where the person
    // stopped the recorded turn while its calls ran.
    Replayer(std::span<const Event> turn, std::function<void()> stop_turn);

    std::string_view model() const override { return model_; }

    // Fails as the recorded answer did; with Internal if more is asked than was recorded, or if in the
    // request a call lacks its result or a result its call.
    Result<Answer> stream(const Request& request, const OnDelta& on_delta, std::stop_token stop) override;

    // To be told of each finished call.
    void call_done();

  private:
    void stop_if_recorded();

    std::span<const Event> left_;
    std::function<void()> stop_turn_;
    std::string model_;
};

}  // namespace culprit
