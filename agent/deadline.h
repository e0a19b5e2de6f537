// The time that a turn may take.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <stop_token>
#include <thread>

namespace culprit {

// A stop token that the person's stop stops, and the end of the time. Without a limit it is the person's.
class Deadline {
  public:
    Deadline(std::stop_token person, std::chrono::milliseconds limit);  // limit 0: none
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    std::stop_token token() const { return token_; }
    bool passed() const { return passed_; }

  private:
    std::stop_source source_;
    std::stop_token token_;
    std::atomic<bool> passed_ = false;
    std::stop_callback<std::function<void()>> forward_;
    std::jthread timer_;
};

}  // namespace culprit
