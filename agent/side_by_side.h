// Several things at once, their results one after the other in order.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"

namespace culprit {

// Runs run(0) … run(count - 1) on up to `workers` threads and hands each result to done(), in order, on the
// calling thread. When done() says false or fails, no further one is begun; those that run are waited for, so
// they must see the stop by themselves. With one worker all of it happens on the calling thread, each result
// being handed over before the next begins. Returns what the last done() said.
template <class T>
Result<bool> run_side_by_side(std::size_t count, unsigned workers,
                              const std::function<Result<T>(std::size_t)>& run,
                              const std::function<Result<bool>(std::size_t, Result<T>)>& done) {
    if (workers <= 1 || count <= 1) {
        for (std::size_t i = 0; i < count; ++i) {
            TRY(const bool go_on, done(i, run(i)));
            if (!go_on) return false;
        }
        return true;
    }
    std::mutex mutex;
    std::condition_variable finished;
    std::size_t next = 0;
    std::vector<std::optional<Result<T>>> results(count);
    const auto work = [&] {
        for (;;) {
            std::unique_lock lock(mutex);
            if (next >= count) return;
            const std::size_t mine = next++;
            lock.unlock();
            Result<T> result = run(mine);
            lock.lock();
            results[mine] = std::move(result);
            finished.notify_one();
        }
    };
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min<std::size_t>(workers, count); ++i) threads.emplace_back(work);
    for (std::size_t i = 0; i < count; ++i) {
        std::unique_lock lock(mutex);
        finished.wait(lock, [&] { return results[i].has_value(); });
        lock.unlock();
        const Result<bool> go_on = done(i, *std::move(results[i]));
        if (go_on && *go_on) continue;
        lock.lock();
        next = count;
        return go_on;
    }
    return true;
}

}  // namespace culprit
