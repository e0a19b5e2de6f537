#include "tools/run/thread_states.h"

#include <algorithm>
#include <array>
#include <thread>

#include "tools/profile/names.h"

namespace culprit {
namespace {

constexpr double kSameStack = 0.9;  // share of the samples from which on a thread had one stack
constexpr double kBusy = 0.5;       // share of a processor
constexpr double kAtRest = 0.02;    // the same, under which a thread did nothing

// Types and methods that wait; the first that fits a frame from the innermost on decides.
constexpr std::pair<std::string_view, ThreadWait> kWaits[] = {
    {"System.Threading.Monitor.Enter", ThreadWait::Lock},
    {"System.Threading.Monitor.ReliableEnter", ThreadWait::Lock},
    {"System.Threading.Monitor.TryEnter", ThreadWait::Lock},
    {"System.Threading.Lock.", ThreadWait::Lock},
    {"System.Threading.ReaderWriterLockSlim.", ThreadWait::Lock},
    {"System.Threading.SpinLock.", ThreadWait::Lock},
    {"System.Threading.Thread.Join", ThreadWait::Join},
    {"System.Threading.Thread.Sleep", ThreadWait::Sleep},
    {"System.Threading.PortableThreadPool.WorkerThread.", ThreadWait::Idle},
    {"System.Threading.PortableThreadPool+WorkerThread.", ThreadWait::Idle},
    {"System.Threading.PortableThreadPool.GateThread.", ThreadWait::Idle},
    {"System.Threading.PortableThreadPool+GateThread.", ThreadWait::Idle},
    {"System.Threading.PortableThreadPool.WaitThread.", ThreadWait::Idle},
    {"System.Threading.TimerQueue.", ThreadWait::Idle},
    {"System.GC.RunFinalizers", ThreadWait::Idle},
    {"System.GC.", ThreadWait::None},
    {"System.Net.Sockets.SocketAsyncEngine.", ThreadWait::Idle},
    {"System.Threading.Tasks.Task.", ThreadWait::Task},
    {"System.Threading.Tasks.Task<", ThreadWait::Task},
    {"System.Runtime.CompilerServices.TaskAwaiter", ThreadWait::Task},
    {"System.Runtime.CompilerServices.ValueTaskAwaiter", ThreadWait::Task},
    {"System.Threading.Tasks.Parallel", ThreadWait::Task},
    {"System.Threading.SemaphoreSlim.", ThreadWait::Signal},
    {"System.Threading.ManualResetEventSlim.", ThreadWait::Signal},
    {"System.Threading.CountdownEvent.", ThreadWait::Signal},
    {"System.Threading.Barrier.", ThreadWait::Signal},
    {"System.Threading.Monitor.Wait", ThreadWait::Signal},
    {"System.Threading.Monitor.ObjWait", ThreadWait::Signal},
    {"System.Threading.WaitHandle.", ThreadWait::Signal},
    {"System.Collections.Concurrent.BlockingCollection", ThreadWait::Signal},
    {"System.Net.Sockets.", ThreadWait::Input},
    {"System.Net.Security.", ThreadWait::Input},
    {"System.IO.", ThreadWait::Input},
    {"System.ConsolePal.", ThreadWait::Input},
    {"System.Console.", ThreadWait::Input},
    {"Interop.Sys.", ThreadWait::Input},
    {"Interop+Sys.", ThreadWait::Input},
    {"System.Diagnostics.Process.WaitFor", ThreadWait::Join},
};

// What other waits are built of: they say nothing of the reason, a frame further out may.
constexpr std::string_view kBelow[] = {"System.Threading.ManualResetEventSlim.",
                                       "System.Threading.Monitor.Wait",
                                       "System.Threading.Monitor.ObjWait",
                                       "System.Threading.WaitHandle.",
                                       "System.Threading.LowLevel",
                                       "System.Threading.WaitSubsystem",
                                       "System.Threading.Monitor.<Wait>"};

ThreadWait wait_in(std::string_view frame) {
    for (const auto& [start, wait] : kWaits) {
        if (frame.starts_with(start)) return wait;
    }
    return ThreadWait::None;
}

bool is_framework(std::string_view frame) {
    return frame.starts_with("System.") || frame.starts_with("Interop") || frame.starts_with("Microsoft.");
}

std::vector<NodeId> stack_of(const Profile& profile, NodeId node) {
    std::vector<NodeId> stack;
    for (; node != kRootNode; node = profile.nodes[node].parent) {
        if (profile.frames[profile.nodes[node].frame].kind != FrameKind::Marker) stack.push_back(node);
    }
    return stack;
}

bool is_pool_worker(const ThreadSnapshot& snapshot) {
    return std::ranges::any_of(snapshot.shown, [](std::string_view frame) {
        return frame.contains("PortableThreadPool") && frame.contains("WorkerThreadStart");
    });
}

}  // namespace

std::string_view to_string(ThreadWait wait) {
    static constexpr std::array<std::string_view, 8> kNames = {"runs", "lock",  "task",  "signal",
                                                               "join", "sleep", "input", "idle"};
    return kNames[static_cast<std::size_t>(wait)];
}

std::string_view to_string(ThreadVerdict verdict) {
    static constexpr std::array<std::string_view, 6> kNames = {"deadlock", "likely_deadlock", "starvation",
                                                               "busy",     "moving",          "idle"};
    return kNames[static_cast<std::size_t>(verdict)];
}

std::map<std::uint64_t, ThreadSnapshot> snapshot_of(const Profile& profile) {
    const Metric* metric = profile.metric("samples");
    if (!metric) return {};
    struct Heaviest {
        NodeId node = kRootNode;
        double weight = 0, total = 0;
    };
    std::map<ThreadId, std::map<NodeId, double>> weights;  // a node may have several cells, by detail
    for (const Cell& cell : metric->cells) weights[cell.thread][cell.node] += cell.weight;
    std::map<std::uint64_t, ThreadSnapshot> snapshots;
    for (const auto& [thread, nodes] : weights) {
        Heaviest best;
        for (const auto& [node, weight] : nodes) {
            best.total += weight;
            if (weight > best.weight) best.node = node, best.weight = weight;
        }
        ThreadSnapshot snapshot{.share = best.total > 0 ? best.weight / best.total : 0};
        for (const NodeId node : stack_of(profile, best.node)) {
            snapshot.frames.push_back(profile.full_name(profile.nodes[node].frame));
            snapshot.shown.push_back(shown_name(profile, profile.nodes[node].frame));
        }
        if (!snapshot.frames.empty()) snapshots[profile.threads[thread].id] = std::move(snapshot);
    }
    return snapshots;
}

ThreadWait wait_of(const std::vector<std::string>& shown) {
    ThreadWait wait = ThreadWait::None;
    for (const std::string& frame : shown) {
        if (!is_framework(frame)) break;
        const bool is_below =
            std::ranges::any_of(kBelow, [&](std::string_view each) { return frame.starts_with(each); });
        const ThreadWait here = wait_in(frame);
        if (here == ThreadWait::None && !is_below) {
            if (wait == ThreadWait::None) continue;  // a detail of the runtime's, on top of the wait
            break;
        }
        if (here != ThreadWait::None) wait = here;
        if (!is_below) break;
    }
    return wait;
}

std::vector<ThreadState> thread_states(const std::vector<ThreadRecording>& recordings) {
    std::vector<ThreadState> states;
    if (recordings.empty()) return states;
    for (const auto& [id, last] : recordings.back().threads) {
        ThreadState state{.id = id};
        bool is_same = true;
        for (const ThreadRecording& each : recordings) {
            if (const auto use = each.use.find(id); use != each.use.end()) {
                state.cpu += use->second.cpu;
                state.name = use->second.name;
            }
            const auto found = each.threads.find(id);
            is_same = is_same && found != each.threads.end() && found->second.frames == last.frames &&
                      found->second.share >= kSameStack;
            if (found != each.threads.end()) state.snapshots.push_back(found->second);
        }
        state.wait = wait_of(last.shown);
        state.is_stuck = is_same && state.wait != ThreadWait::None;
        state.is_worker = is_pool_worker(last);
        states.push_back(std::move(state));
    }
    return states;
}

std::vector<LockReading> find_deadlock(const std::vector<LockReading>& readings) {
    // From each reading on along "waits for what the next one holds", no thread twice. The numbers are small:
    // a few readings of each thread that waits.
    constexpr std::size_t kLongest = 8;
    std::vector<LockReading> chain;
    const auto holds = [](const LockReading& reading, const std::string& lock) {
        return std::ranges::find(reading.holds, lock, &LockPlace::lock) != reading.holds.end();
    };
    const auto extend = [&](auto& self) -> bool {
        for (const LockReading& next : readings) {
            if (!holds(next, chain.back().waits_for.lock)) continue;
            if (next.thread == chain.front().thread && chain.size() > 1 &&
                holds(chain.front(), chain.back().waits_for.lock))
                return true;
            if (std::ranges::find(chain, next.thread, &LockReading::thread) != chain.end()) continue;
            if (chain.size() == kLongest) continue;
            chain.push_back(next);
            if (self(self)) return true;
            chain.pop_back();
        }
        return false;
    };
    for (const LockReading& first : readings) {
        chain = {first};
        if (extend(extend)) return chain;
    }
    return {};
}

ThreadVerdict thread_verdict(const std::vector<ThreadState>& threads, bool deadlock, bool starved,
                             std::chrono::milliseconds watched) {
    if (deadlock) return ThreadVerdict::Deadlock;
    const auto ms = static_cast<double>(std::max<std::int64_t>(watched.count(), 1));
    const auto load = [&](const ThreadState& each) { return static_cast<double>(each.cpu.count()) / ms; };
    const auto count = [&](auto what) { return std::ranges::count_if(threads, what); };
    const auto stuck_at_locks = count([&](const ThreadState& each) {
        return each.is_stuck && each.wait == ThreadWait::Lock && load(each) < kAtRest;
    });
    const auto moving =
        count([&](const ThreadState& each) { return !each.is_stuck && load(each) >= kAtRest; });
    const auto blocked = count([](const ThreadState& each) {
        return each.is_worker && (each.wait == ThreadWait::Task || each.wait == ThreadWait::Signal ||
                                  each.wait == ThreadWait::Lock || each.wait == ThreadWait::Sleep);
    });
    const auto free =
        count([](const ThreadState& each) { return each.is_worker && each.wait == ThreadWait::Idle; });
    const auto processors = static_cast<std::ptrdiff_t>(std::max(1u, std::thread::hardware_concurrency()));
    if (stuck_at_locks >= 2 && moving == 0) return ThreadVerdict::LikelyDeadlock;
    if (blocked >= processors && free == 0 && (starved || blocked > 2 * processors))
        return ThreadVerdict::Starvation;
    if (starved && blocked >= processors) return ThreadVerdict::Starvation;
    if (count([&](const ThreadState& each) { return load(each) >= kBusy; }) > 0) return ThreadVerdict::Busy;
    if (moving > 0) return ThreadVerdict::Moving;
    return stuck_at_locks > 0 ? ThreadVerdict::LikelyDeadlock : ThreadVerdict::Idle;
}

}  // namespace culprit
