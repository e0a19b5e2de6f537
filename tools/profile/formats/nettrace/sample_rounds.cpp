#include "tools/profile/formats/nettrace/sample_rounds.h"

#include <algorithm>
#include <numeric>

#include "tools/profile/formats/byte_cursor.h"

namespace culprit {
namespace {

constexpr std::uint32_t kExternal = 1, kManaged = 2;
constexpr double kSpanStep = 1e5;
constexpr std::size_t kSpanSteps = 10000;

}  // namespace

SampleRounds::SampleRounds(ProfileBuilder& builder) : builder_(builder), spans_(kSpanSteps) {
    samples_ = builder.metric("samples", "count");
    thread_time_ = builder.metric("thread_time", "ns");
    managed_ = builder.intern("managed");
    external_ = builder.intern("external");
}

void SampleRounds::add(std::string_view payload, const EventPlace& place) {
    if (last_round_.size() <= place.thread) last_round_.resize(place.thread + 1);
    if (last_round_[place.thread] == round_number_) end_round(place.at_ns);
    if (round_.empty()) start_ns_ = place.at_ns;
    ByteCursor cursor(payload);
    const std::uint32_t state = cursor.u32();
    round_.push_back({place.stack, place.thread,
                      state == kManaged    ? managed_
                      : state == kExternal ? external_
                                           : 0});
    last_round_[place.thread] = round_number_;
    builder_.add_time(samples_, place.at_ns, 0, 1);
}

// Each sample of the round gets the time up to the next.
void SampleRounds::end_round(double at_ns) {
    span_ns_ = std::max(0.0, at_ns - start_ns_);
    for (const Sample& sample : round_) sums_.add(sample.stack, sample.thread, sample.state, span_ns_, 1);
    builder_.add_time(thread_time_, start_ns_, span_ns_, span_ns_ * static_cast<double>(round_.size()));
    ++spans_[std::min(static_cast<std::size_t>(span_ns_ / kSpanStep), kSpanSteps - 1)];
    round_.clear();
    ++round_number_;
}

void SampleRounds::finish() {
    if (round_.empty()) return;
    const double last = start_ns_ + span_ns_;  // the last round is taken to be as long as the one before
    end_round(last);
}

double SampleRounds::interval_ns() const {
    const std::uint64_t rounds = std::accumulate(spans_.begin(), spans_.end(), std::uint64_t{0});
    if (rounds < 2) return 0;
    std::uint64_t below = 0;
    std::size_t step = 0;
    while (below + spans_[step] <= rounds / 2) below += spans_[step++];
    return (static_cast<double>(step) + 0.5) * kSpanStep;
}

}  // namespace culprit
