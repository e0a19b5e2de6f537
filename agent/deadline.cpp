#include "agent/deadline.h"

#include <condition_variable>
#include <mutex>

namespace culprit {

Deadline::Deadline(std::stop_token person, std::chrono::milliseconds limit)
    : token_(limit.count() > 0 ? source_.get_token() : person),
      forward_(person, [this] { source_.request_stop(); }) {
    if (limit.count() <= 0) return;
    timer_ = std::jthread([this, limit](std::stop_token ended) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any wake;
        wake.wait_for(lock, ended, limit, [] { return false; });
        if (ended.stop_requested()) return;
        passed_ = true;
        source_.request_stop();
    });
}

}  // namespace culprit
