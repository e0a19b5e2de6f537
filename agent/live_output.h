// The output of a running command, as much of it as a person can follow.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

// Cuts it into lines of at most `width`, and lets about forty of them a second pass; of the others it says
// how many they were.
class LiveOutput {
  public:
    explicit LiveOutput(std::size_t width) : width_(width) {}

    std::vector<std::string> take(std::string_view piece);  // the lines to show now
    std::vector<std::string> finish();                      // what is left; begins anew

  private:
    void add_line(std::vector<std::string>& lines);
    void tell_skipped(std::vector<std::string>& lines);
    bool may_show();

    std::size_t width_;
    std::string line_;  // that has no end yet, its beginning
    std::uint64_t skipped_ = 0;
    double allowance_ = 0;
    std::chrono::steady_clock::time_point last_{};
};

}  // namespace culprit
