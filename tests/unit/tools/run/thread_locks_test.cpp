#include "tools/run/thread_locks.h"

#include "support/support.h"

namespace culprit {
namespace {

using test::must;

ThreadState at_lock(std::uint64_t id, const std::vector<std::string>& callers) {
    ThreadState state{.id = id};
    std::vector<std::string> frames(
        1, "System.Private.CoreLib!System.Threading.Monitor.Enter(class System.Object)");
    for (const std::string& each : callers) frames.push_back(each);
    state.snapshots.push_back({.frames = std::move(frames), .shown = {}, .share = 1});
    state.wait = ThreadWait::Lock;
    return state;
}

class ThreadLocksTest : public ::testing::Test {
  protected:
    ThreadLocksTest() { must(roots_.add_source("flush", test::source_path("samples/flush-deadlock"))); }
    std::vector<LockReading> circle(const std::vector<ThreadState>& threads) {
        SourceIndex index(roots_);
        return find_deadlock(read_locks(threads, roots_, index, {}));
    }
    Roots roots_;
    const ThreadState sender_ = at_lock(2, {"FlushDeadlock!FlushDeadlock.Producer.OnBatchReady()",
                                            "FlushDeadlock!FlushDeadlock.Producer.SendLoop()"});
};

TEST_F(ThreadLocksTest, BothEndsOfTheDeadlockOfTheSampleAreRead) {
    const auto found =
        circle({at_lock(1, {"FlushDeadlock!FlushDeadlock.Producer.Deliver()",
                            "FlushDeadlock!FlushDeadlock.Producer.Flush()",
                            "FlushDeadlock!FlushDeadlock.Program.Main(class System.String[])"}),
                sender_});
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].waits_for.lock, "Producer._queueLock");
    EXPECT_EQ(found[0].waits_for.method, "Producer.Deliver");
    ASSERT_EQ(found[0].holds.size(), 1u);
    EXPECT_EQ(found[0].holds[0].lock, "Producer._flushLock");
    EXPECT_THAT(found[0].holds[0].place, ::testing::StartsWith("flush/Producer.cs:"));
    ASSERT_EQ(found[0].path.size(), 3u);
    EXPECT_THAT(found[0].path[1],
                ::testing::StartsWith("at FlushDeadlock.Producer.Flush() (flush/Producer.cs:line "));
    EXPECT_EQ(found[1].waits_for.lock, "Producer._flushLock");
    EXPECT_EQ(found[1].holds[0].lock, "Producer._queueLock");
}

TEST_F(ThreadLocksTest, MethodsCompiledIntoTheirCallersAreFollowedInTheSource) {
    const auto found =
        circle({at_lock(1, {"FlushDeadlock!FlushDeadlock.Program.Main(class System.String[])"}), sender_});
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].waits_for.method, "Producer.Deliver");
}

TEST_F(ThreadLocksTest, OneWaitingThreadOrUnknownCodeIsNoCircle) {
    EXPECT_TRUE(circle({sender_}).empty());
    EXPECT_TRUE(circle({at_lock(1, {"Other!Other.Code.Run()"}), sender_}).empty());
    Roots none;
    SourceIndex index(none);
    EXPECT_TRUE(read_locks({sender_}, none, index, {}).empty());
}

}  // namespace
}  // namespace culprit
