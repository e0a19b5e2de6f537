// How many tokens a request is: guessed from its bytes, corrected by what the provider counts.
#pragma once

#include <algorithm>
#include <cstdint>

namespace culprit {

class TokenEstimate {
  public:
    std::int64_t tokens(std::size_t bytes) const {
        return static_cast<std::int64_t>(static_cast<double>(bytes) / bytes_per_token_);
    }

    // A request of so many bytes was so many tokens. Small ones say little: what a provider adds weighs more.
    void learn(std::size_t bytes, std::int64_t tokens) {
        if (tokens < 500 || bytes < 2000) return;
        bytes_per_token_ = std::clamp(static_cast<double>(bytes) / static_cast<double>(tokens), 1.0, 8.0);
    }

  private:
    double bytes_per_token_ = 3.5;  // of English, code and JSON, with what the wire adds
};

}  // namespace culprit
