#include "tools/run/thread_states.h"

#include <random>

#include "support/support.h"
#include "tools/run/lock_text.h"

namespace culprit {
namespace {

using Frames = std::vector<std::string>;
using std::chrono::milliseconds;

TEST(LockText, StatementsAreFoundWithWhatTheyGuard) {
    constexpr std::string_view kText =
        "void Flush() {\n"
        "  // lock (_no) {\n"
        "  lock (this._queue) {\n"
        "    Send(\"lock (_no)\", '\"');\n"
        "    lock(client.SyncRoot)\n"
        "      Count++;\n"
        "  }\n"
        "  Monitor.Enter(_flag, ref taken);\n"
        "  Work();\n"
        "  Monitor.Exit(_flag);\n"
        "  Unlock(x); block(y);\n"
        "}\n";
    const auto found = lock_statements(kText, 10);
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[0].object, "_queue");
    EXPECT_EQ(found[0].line, 12);
    EXPECT_EQ(found[0].last_line, 16);
    EXPECT_EQ(found[1].object, "client.SyncRoot");
    EXPECT_EQ(found[1].last_line, 15);
    EXPECT_TRUE(found[0].guards(found[1]));
    EXPECT_FALSE(found[1].guards(found[0]));
    EXPECT_EQ(found[2].object, "_flag");
    EXPECT_EQ(found[2].last_line, 19);
}

TEST(LockText, CutTextsAndNoiseAreNoTrouble) {
    const std::string text = "lock (a) { lock (b) { x = @\"\"\"q\"; /* lock (c) */ } Monitor.Enter(d); } 'x";
    for (std::size_t size = 0; size <= text.size(); ++size) lock_statements(text.substr(0, size), 1);
    std::mt19937 random(7);
    for (int i = 0; i < 2000; ++i) {
        std::string bad = text;
        bad[random() % bad.size()] = "(){}\"'/*@,\n"[random() % 11];
        lock_statements(bad, 1);
    }
    EXPECT_TRUE(lock_statements("lock (", 1).empty());
}

TEST(ThreadStates, StacksTellWhatAThreadWaitsFor) {
    EXPECT_EQ(wait_of({"System.Threading.Monitor.Enter_Slowpath(object)",
                       "System.Threading.Monitor.Enter(object, bool&)", "Shop.Client.Flush()"}),
              ThreadWait::Lock);
    EXPECT_EQ(wait_of({"System.Threading.LowLevelLifoSemaphore.WaitNative()",
                       "System.Threading.PortableThreadPool.WorkerThread.WorkerThreadStart()"}),
              ThreadWait::Idle);
    EXPECT_EQ(wait_of({"System.Threading.Monitor.Wait(object, int)",
                       "System.Threading.ManualResetEventSlim.Wait(int)",
                       "System.Threading.Tasks.Task.SpinThenBlockingWait(int)",
                       "System.Threading.Tasks.Task.InternalWait()", "Shop.Client.Send()"}),
              ThreadWait::Task);
    EXPECT_EQ(wait_of({"System.Threading.ManualResetEventSlim.Wait(int)", "Shop.Client.Send()"}),
              ThreadWait::Signal);
    EXPECT_EQ(wait_of({"System.Threading.Thread.Join()", "Program.Main()"}), ThreadWait::Join);
    EXPECT_EQ(wait_of({"Shop.Spin()", "System.Threading.Monitor.Enter()"}), ThreadWait::None);
    EXPECT_EQ(wait_of({}), ThreadWait::None);
}

ThreadRecording recording(std::initializer_list<std::tuple<std::uint64_t, Frames, int>> threads) {
    ThreadRecording made;
    for (const auto& [id, frames, cpu] : threads) {
        made.threads[id] = {.frames = frames, .shown = frames, .share = 1};
        made.use[id] = {.name = "t", .cpu = milliseconds(cpu)};
    }
    return made;
}

const Frames kAtLock = {"System.Threading.Monitor.Enter(object)", "A.B()"};
const Frames kJoin = {"System.Threading.Thread.Join()", "A.Main()"};
const Frames kRuns = {"A.Spin()"};
const Frames kBlockedWorker = {"System.Threading.Tasks.Task.InternalWait()", "A.Get()",
                               "System.Threading.PortableThreadPool.WorkerThread.WorkerThreadStart()"};

ThreadVerdict verdict(std::vector<ThreadRecording> recordings, bool starved = false) {
    return thread_verdict(thread_states(recordings), false, starved, milliseconds(2000));
}

TEST(ThreadStates, VerdictsFollowFromWhatStandsStill) {
    const auto stuck = recording({{1, kAtLock, 0}, {2, kAtLock, 0}, {3, kJoin, 0}});
    EXPECT_EQ(verdict({stuck, stuck}), ThreadVerdict::LikelyDeadlock);
    const auto busy = recording({{1, kAtLock, 0}, {2, kRuns, 990}});
    EXPECT_EQ(verdict({busy, busy}), ThreadVerdict::Busy);
    const auto idle = recording({{3, kJoin, 0}});
    EXPECT_EQ(verdict({idle, idle}), ThreadVerdict::Idle);
    ThreadRecording starved;
    for (std::uint64_t id = 1; id <= 400; ++id) starved.threads[id] = {kBlockedWorker, kBlockedWorker, 1};
    EXPECT_EQ(verdict({starved, starved}, true), ThreadVerdict::Starvation);
    EXPECT_TRUE(thread_states({}).empty());
}

LockReading reading(std::uint64_t thread, std::string waits, std::vector<std::string> holds) {
    LockReading made{.thread = thread, .waits_for = {std::move(waits), "", ""}, .holds = {}};
    for (std::string& each : holds) made.holds.push_back({std::move(each), "", ""});
    return made;
}

TEST(ThreadStates, ACircleOfLocksIsFoundAmongAllReadings) {
    const auto circle =
        find_deadlock({reading(1, "C.z", {}), reading(1, "C.a", {"C.b"}), reading(2, "C.c", {"C.a"}),
                       reading(3, "C.b", {"C.c"}), reading(4, "C.a", {})});
    ASSERT_EQ(circle.size(), 3u);
    EXPECT_EQ(circle[0].thread, 1u);
    EXPECT_EQ(circle[1].thread, 2u);
    EXPECT_EQ(circle[2].thread, 3u);
    EXPECT_TRUE(find_deadlock({reading(1, "C.a", {}), reading(2, "C.b", {"C.a"})}).empty());
    // The circle must close at the reading it began with, not at another one of the same thread.
    EXPECT_TRUE(find_deadlock({reading(1, "C.a", {}), reading(1, "C.x", {"C.b"}), reading(2, "C.b", {"C.a"})})
                    .empty());
}

}  // namespace
}  // namespace culprit
