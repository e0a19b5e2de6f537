#include "base/process.h"

#include <thread>

#include <signal.h>

#include "base/text.h"
#include "support/support.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using test::must;

Command shell(std::string script) { return {.argv = {"/bin/sh", "-c", std::move(script)}}; }

// Ends within a moment: a signal that was sent takes effect a little later. A zombie, which its new parent
// has yet to collect, has ended.
bool ends(std::string_view pid) {
    for (int i = 0; i < 200; ++i) {
        const auto stat = read_file(fmt::format("/proc/{}/stat", trim(pid)));
        if (!stat || stat->find(") Z ") != std::string::npos) return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

TEST(Process, GivesInputAndTakesBothOutputs) {
    Command command = shell("cat; echo bad >&2; exit 3");
    command.input = "some text";
    const Finished finished = must(run(command, {}));
    EXPECT_EQ(finished.out, "some text");
    EXPECT_EQ(finished.err, "bad\n");
    EXPECT_EQ(finished.exit_code, 3);
    EXPECT_GT(finished.peak_memory_bytes, 0u);
}

TEST(Process, MuchInputAndOutputAtOnceDoNotBlock) {
    Command command = shell("cat");
    command.input.assign(5 << 20, 'x');
    EXPECT_EQ(must(run(command, {})).out.size(), command.input.size());
}

TEST(Process, KeepsTheHeadOfTooMuchOutputAndCountsTheRest) {
    Command command = shell("head -c 3000000 /dev/zero");
    command.most_output = 1000;
    const Finished finished = must(run(command, {}));
    EXPECT_EQ(finished.out.size(), 1000u);
    EXPECT_EQ(finished.out_bytes, 3'000'000u);
}

TEST(Process, HasNoTerminalAndNoInput) {
    EXPECT_NE(must(run(shell("read line < /dev/tty"), {})).exit_code, 0);
    EXPECT_NE(must(run(shell("read line"), {})).exit_code, 0);
}

TEST(Process, TheLimitEndsTheWholeGroupEvenIfItIgnoresTerm) {
    Command command = shell("trap '' TERM; sleep 100 & echo $!; sleep 100");
    command.limit = 200ms;
    const auto start = steady_clock::now();
    const Finished finished = must(run(command, {}));
    EXPECT_EQ(finished.end, Finished::End::TimedOut);
    EXPECT_LT(steady_clock::now() - start, 10s);
    EXPECT_TRUE(ends(finished.out));
}

TEST(Process, WhoAsksIsToldThePidAndTheGraceIsKept) {
    Command command =
        shell("trap 'sleep 0.3; echo done; exit 5' TERM; echo $$; while :; do sleep 0.01; done");
    command.limit = 300ms;
    command.grace = 30s;
    int pid = 0;
    command.on_start = [&](int started) { pid = started; };
    const Finished finished = must(run(command, {}));
    EXPECT_EQ(finished.out, fmt::format("{}\ndone\n", pid));
    EXPECT_EQ(finished.exit_code, 5);
}

TEST(Process, WhatTheLeaderLeavesBehindIsKilled) {
    const Finished finished = must(run(shell("sleep 100 & echo $!"), {}));
    EXPECT_EQ(finished.end, Finished::End::Exited);
    EXPECT_TRUE(ends(finished.out));
}

TEST(Process, StopEndsItAtOnce) {
    std::stop_source source;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(100ms);
        source.request_stop();
    });
    const auto start = steady_clock::now();
    const auto result = run(shell("sleep 100"), source.get_token());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().fault, Fault::Cancelled);
    EXPECT_LT(steady_clock::now() - start, 5s);
}

TEST(Process, TheReaderMayEndIt) {
    const auto result = run(shell("yes"), {}, [](Stream, std::string_view) { return false; });
    EXPECT_EQ(must(result).end, Finished::End::Stopped);
}

TEST(Process, SaysWhatIsMissing) {
    EXPECT_EQ(run({.argv = {"no-such-program-here"}}, {}).error().what,
              "program 'no-such-program-here' is not installed or not in PATH");
    Command command = shell("true");
    command.folder = "/no/such/folder";
    EXPECT_EQ(run(command, {}).error().fault, Fault::NotFound);
}

TEST(Process, ASignalIsReportedAsAShellDoes) {
    const Finished finished = must(run(shell("kill -SEGV $$"), {}));
    EXPECT_EQ(finished.end, Finished::End::Signalled);
    EXPECT_EQ(finished.exit_code, 128 + SIGSEGV);
}

TEST(Process, AdditionsReplaceOurEnvironment) {
    Command command = shell("echo $HOME $CULPRIT_TEST");
    command.environment = {"HOME=/elsewhere", "CULPRIT_TEST=set"};
    EXPECT_EQ(must(run(command, {})).out, "/elsewhere set\n");
}

}  // namespace
}  // namespace culprit
