#include "tools/profile/waits.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "tools/profile/names.h"

namespace culprit {
namespace {

// Methods of .NET by type and name, and native functions by name, on top of which a thread stands still.
constexpr std::array<std::string_view, 38> kManaged = {
    "System.Threading.Monitor.Enter_Slowpath",
    "System.Threading.Monitor.ReliableEnter",
    "System.Threading.Monitor.Wait",
    "System.Threading.Monitor.ObjWait",
    "System.Threading.Monitor.<Wait>",
    "System.Threading.WaitHandle.Wait",
    "System.Threading.Thread.Join",
    "System.Threading.Thread.Sleep",
    "System.Threading.Thread.UninterruptibleSleep",
    "System.Threading.Thread.<PollGC>",
    "System.Threading.Thread.PollGC",
    "System.Threading.LowLevelLifoSemaphore.Wait",
    "System.Threading.LowLevelMonitor.Wait",
    "System.Threading.LowLevelMonitor.<Wait>",
    "System.Threading.LowLevelLock.WaitAndAcquire",
    "System.Threading.WaitSubsystem",
    "System.Threading.SemaphoreSlim.Wait",
    "System.Threading.ManualResetEventSlim.Wait",
    "System.Threading.CountdownEvent.Wait",
    "System.Threading.Barrier.SignalAndWait",
    "System.Threading.ReaderWriterLockSlim.WaitOnEvent",
    "System.Threading.PortableThreadPool+WorkerThread.WorkerThreadStart",
    "System.Threading.PortableThreadPool+GateThread.GateThreadStart",
    "System.Threading.Tasks.Task.SpinThenBlockingWait",
    "System.Threading.Condition.Wait",
    "System.Threading.TimerQueue.TimerThread",
    "System.GC.RunFinalizers",
    "System.GC._WaitForPendingFinalizers",
    "System.GC.WaitForPendingFinalizers",
    "System.Net.Sockets.SocketAsyncEngine.EventLoop",
    "Interop+Sys.WaitForSocketEvents",
    "Interop+Sys.Poll",
    "Interop+Sys.Receive",
    "Interop+Sys.Accept",
    "Interop+Sys.Read",
    "Interop+Sys.LowLevelMonitor_Wait",
    "Interop+Sys.LowLevelMonitor_TimedWait",
    "Interop+Sys.ReadStdin",
};
constexpr std::array<std::string_view, 30> kNative = {"futex_wait",
                                                      "__futex_abstimed_wait_common",
                                                      "__futex_abstimed_wait_common64",
                                                      "pthread_cond_wait",
                                                      "pthread_cond_timedwait",
                                                      "pthread_cond_clockwait",
                                                      "__lll_lock_wait",
                                                      "__GI___lll_lock_wait",
                                                      "sem_wait",
                                                      "sem_timedwait",
                                                      "epoll_wait",
                                                      "epoll_pwait",
                                                      "ep_poll",
                                                      "poll",
                                                      "ppoll",
                                                      "__poll",
                                                      "select",
                                                      "pselect",
                                                      "nanosleep",
                                                      "clock_nanosleep",
                                                      "__clock_nanosleep",
                                                      "do_nanosleep",
                                                      "accept",
                                                      "accept4",
                                                      "schedule",
                                                      "io_schedule",
                                                      "schedule_timeout",
                                                      "wait4",
                                                      "waitid",
                                                      "sigsuspend"};

bool waits(std::string_view name, FrameKind kind) {
    if (kind == FrameKind::Managed) {
        return std::ranges::any_of(kManaged, [&](std::string_view start) { return name.starts_with(start); });
    }
    return std::ranges::find(kNative, name) != kNative.end();
}

}  // namespace

std::vector<bool> waiting_frames(const Profile& profile) {
    std::vector<bool> frames;
    frames.reserve(profile.frames.size());
    for (FrameId frame = 0; frame < profile.frames.size(); ++frame) {
        const std::string name = replace_all(std::string(bare_name(profile, frame)), "::", ".");
        frames.push_back(waits(name, profile.frames[frame].kind));
    }
    return frames;
}

double waiting_weight(const Profile& profile, const CallTree& tree) {
    const std::vector<bool> waiting = waiting_frames(profile);
    double weight = 0;
    for (NodeId node = 1; node < tree.nodes.size(); ++node) {
        if (waiting[tree.nodes[node].frame]) weight += tree.self[node];
    }
    return weight;
}

bool counts_waiting(const Profile& profile, const Metric& metric) {
    if (metric.name == "thread_time" || metric.name == "wall_time" || metric.name == "wall") return true;
    return metric.name == "samples" && profile.metric("thread_time") != nullptr;
}

}  // namespace culprit
