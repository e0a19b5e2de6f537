#include "agent/side_by_side.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace culprit {

Result<bool> run_side_by_side(std::size_t count, unsigned workers,
                              const std::function<Result<ToolResult>(std::size_t)>& run,
                              const std::function<Result<bool>(std::size_t, Result<ToolResult>)>& done) {
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
    std::vector<std::optional<Result<ToolResult>>> results(count);
    const auto work = [&] {
        for (;;) {
            std::unique_lock lock(mutex);
            if (next >= count) return;
            const std::size_t mine = next++;
            lock.unlock();
            Result<ToolResult> result = run(mine);
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
