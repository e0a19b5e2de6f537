// A provider that asks again when asking failed for a passing reason, and goes on where a stream was cut.
#pragma once

#include <chrono>
#include <memory>

#include "agent/provider/provider.h"

namespace culprit {

struct RetryRules {
    int attempts = 6;                                // in all, for one reply
    std::chrono::milliseconds first_wait{1000};      // doubled each time, give or take a quarter
    std::chrono::milliseconds longest_wait{20000};   // of our own
    std::chrono::milliseconds longest_asked{60000};  // a server that asks for more is not waited for
};

// Asks again after Unavailable, TimedOut and Corrupt; after a wait that the server asked for (Retry-After),
// if it did. Each wait and its reason is told as a NoticeDelta. What had come of a reply that was cut is not
// asked for again: it goes back as the model's own, to be gone on with, so that nothing is shown twice and
// the Answer is the whole.
class RetryingProvider : public Provider {
  public:
    RetryingProvider(std::unique_ptr<Provider> inner, RetryRules rules)
        : inner_(std::move(inner)), rules_(rules) {}

    std::string_view model() const override { return inner_->model(); }
    ModelFacts facts() const override { return inner_->facts(); }
    Result<Answer> stream(const Request& request, const OnDelta& on_delta, std::stop_token stop) override;

  private:
    std::unique_ptr<Provider> inner_;
    RetryRules rules_;
};

}  // namespace culprit
