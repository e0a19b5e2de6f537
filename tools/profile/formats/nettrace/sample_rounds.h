// The samples of .NET's SampleProfiler. It takes them in rounds: every thread that runs managed code once,
// then a pause.
#pragma once

#include <string_view>
#include <vector>

#include "tools/profile/builder.h"
#include "tools/profile/formats/nettrace/runtime_events.h"

namespace culprit {

class SampleRounds {
  public:
    explicit SampleRounds(ProfileBuilder& builder);

    // Samples come in the order in which they were taken, as one thread takes them all.
    void add(std::string_view payload, const EventPlace& place);
    void finish();

    // By raw stack in place of a node: as weight the time that the samples stand for.
    const CellSums& sums() const { return sums_; }
    // Between two rounds, in the middle; 0 if there were not two.
    double interval_ns() const;

  private:
    struct Sample {
        RawStack stack = 0;
        ThreadId thread = 0;
        StringId state = 0;
    };
    void end_round(double at_ns);

    ProfileBuilder& builder_;
    ProfileBuilder::MetricId samples_, thread_time_;
    StringId managed_, external_;
    CellSums sums_;
    std::vector<Sample> round_;              // the samples since a thread was sampled again
    std::vector<std::uint32_t> last_round_;  // of each thread
    std::uint32_t round_number_ = 1;
    double start_ns_ = 0, span_ns_ = 0;
    std::vector<std::uint32_t> spans_;  // how many rounds lasted so long, in steps of 0.1 ms
};

}  // namespace culprit
