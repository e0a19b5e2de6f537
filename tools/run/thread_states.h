// What the threads of a hanging program do: read from several short recordings of it.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/profile/profile.h"
#include "tools/run/proc.h"

namespace culprit {

// What a thread does that stands still.
enum class ThreadWait {
    None,    // it runs, or the stack does not tell
    Lock,    // a monitor that another thread holds
    Task,    // for a task to complete: blocked in synchronous code
    Signal,  // an event, a semaphore, a condition
    Join,    // for another thread to end
    Sleep,
    Input,  // for a socket, a pipe, the console
    Idle,   // a worker of the pool, a timer, the finalizer: waits for work
};
std::string_view to_string(ThreadWait wait);

// One thread in one recording: the stack that it had in most of the samples.
struct ThreadSnapshot {
    std::vector<std::string> frames;  // innermost first, as profiles name them
    std::vector<std::string> shown;   // the same for people
    double share = 0;                 // of the samples that had this very stack
};

struct ThreadState {
    std::uint64_t id = 0;
    std::string name;
    std::chrono::milliseconds cpu{0};  // used in all recordings
    std::vector<ThreadSnapshot> snapshots;
    ThreadWait wait = ThreadWait::None;  // of the last one
    bool is_stuck = false;   // it used no CPU to speak of and had one and the same stack all the time
    bool is_worker = false;  // of the thread pool

    const ThreadSnapshot& last() const { return snapshots.back(); }
};

// The dominant stack of each thread by its id.
std::map<std::uint64_t, ThreadSnapshot> snapshot_of(const Profile& profile);

// What the innermost frames say.
ThreadWait wait_of(const std::vector<std::string>& shown);

// One recording with the CPU time that each thread used in it.
struct ThreadRecording {
    std::map<std::uint64_t, ThreadSnapshot> threads;
    std::map<std::uint64_t, ThreadUse> use;
};

// Those who have managed code on their stack in the last recording, by id.
std::vector<ThreadState> thread_states(const std::vector<ThreadRecording>& recordings);

// A lock that a thread holds, or waits for, at a place of the source: read there, as no recording has it.
struct LockPlace {
    std::string lock;    // "Client._queue": the type that the method is of, and the object
    std::string method;  // "Client.Flush"
    std::string place;   // "ROOT/Client.cs:40"
};

// What the source says about a thread that waits for a lock: each way to read it that is possible.
struct LockReading {
    std::uint64_t thread = 0;
    LockPlace waits_for;
    std::vector<LockPlace> holds;
    // The way through the source to the lock, outermost first, as frames: "at Shop.Client.Flush()
    // (ROOT/Client.cs:line 42)".
    std::vector<std::string> path = {};
};

// Threads that wait for each other in a circle, each for a lock that the next one holds; empty if there is no
// such circle.
std::vector<LockReading> find_deadlock(const std::vector<LockReading>& readings);

enum class ThreadVerdict { Deadlock, LikelyDeadlock, Starvation, Busy, Moving, Idle };
std::string_view to_string(ThreadVerdict verdict);

// From the threads alone; `deadlock` is what find_deadlock found, `starved` that the runtime reported a
// starved pool.
ThreadVerdict thread_verdict(const std::vector<ThreadState>& threads, bool deadlock, bool starved,
                             std::chrono::milliseconds watched);

}  // namespace culprit
