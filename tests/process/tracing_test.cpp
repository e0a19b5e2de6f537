// Traces and thread stacks of real .NET programs, and each way in which they go wrong; skipped where .NET or
// dotnet-trace is not installed.
#include <cstdlib>
#include <thread>

#include <nlohmann/json.hpp>
#include <signal.h>

#include "base/process.h"
#include "base/text.h"
#include "support/child.h"
#include "support/support.h"
#include "tools/run/dotnet.h"
#include "tools/run/proc.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using test::must;
using ::testing::HasSubstr;

constexpr const char* kProject = R"(<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>
<OutputType>Exe</OutputType><TargetFramework>net{}</TargetFramework><LangVersion>latest</LangVersion>
</PropertyGroup></Project>
)";

// Each way in which a program may end.
constexpr const char* kProgram = R"(using System; using System.Diagnostics; using System.Threading;
static class Program {
  static void Spin(double seconds) {
    var watch = Stopwatch.StartNew();
    while (watch.Elapsed.TotalSeconds < seconds) Thread.SpinWait(1000);
  }
  static int Main(string[] args) {
    Console.WriteLine("ready");
    switch (args[0]) {
      case "throw": Spin(0.7); throw new InvalidOperationException("thrown on purpose");
      case "fail-fast": Spin(0.7); Environment.FailFast("failed on purpose"); break;
      case "kill": Spin(1); Process.GetCurrentProcess().Kill(); break;
      case "exit": return 7;
      case "idle": Thread.Sleep(60000); break;
      case "child":
        using (var child = Process.Start(Environment.ProcessPath!, new[] { "exec", typeof(Program).Assembly.Location, "spin" }))
          child.WaitForExit();
        break;
      default: Spin(args.Length > 1 ? double.Parse(args[1]) : 1.5); break;
    }
    return 0;
  }
}
)";

// The newest SDK's major version with ".0": "10.0"; empty without one.
std::string framework() {
    const auto found = run({.argv = {"dotnet", "--version"}}, {});
    if (!found || found->exit_code != 0) return {};
    const std::string version(trim(found->out));
    return version.substr(0, version.find('.')) + ".0";
}

class Tracing : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        if (framework().empty() || !find_dotnet_tool("dotnet-trace", {})) return;
        folder_ = new TemporaryFolder(test::temporary_folder());
        must(write_file(path() / "modes/Modes.csproj", replace_all(kProject, "{}", framework())));
        must(write_file(path() / "modes/Program.cs", kProgram));
        must(make_folder(path() / ".git"));
        const Finished built =
            must(run({.argv = {"dotnet", "build", (path() / "modes").string(), "-c", "Release", "-o",
                               (path() / "out").string(), "-nodeReuse:false"},
                      .limit = 5min},
                     {}));
        is_ready_ = built.exit_code == 0;
    }
    static void TearDownTestSuite() {
        delete folder_;
        folder_ = nullptr;
    }
    void SetUp() override {
        if (!is_ready_) GTEST_SKIP() << ".NET's SDK and dotnet-trace are not installed, or do not work here";
    }
    static fs::path path() { return fs::canonical(folder_->path()); }

    struct Answer {
        int code = 0;
        std::string said;  // stderr
        Json data;
    };
    static Answer culprit(std::vector<std::string> words, std::chrono::milliseconds limit = 5min) {
        words.insert(words.begin(), test::culprit_program().string());
        words.insert(words.end(), {"--format", "json"});
        const Finished finished = must(run({.argv = words, .folder = path(), .limit = limit}, {}));
        Answer answer{.code = finished.exit_code, .said = finished.err, .data = {}};
        if (auto json = parse_json(finished.out, "the answer")) answer.data = *std::move(json);
        return answer;
    }
    static Answer trace(const std::string& mode, std::vector<std::string> more = {}) {
        std::vector<std::string> words = {"trace", "--program", "out/Modes.dll", "--arguments", mode};
        words.insert(words.end(), more.begin(), more.end());
        return culprit(words);
    }
    static std::string notes_of(const Answer& answer) { return dump_json(member(answer.data, "notes")); }

    static TemporaryFolder* folder_;
    static bool is_ready_;
};
TemporaryFolder* Tracing::folder_ = nullptr;
bool Tracing::is_ready_ = false;

TEST_F(Tracing, AProgramIsRecordedUntilTheTimeIsUp) {
    const Answer answer = trace("spin 60", {"--seconds", "8"});
    EXPECT_EQ(answer.code, 0) << answer.said;
    EXPECT_EQ(text_at(answer.data, "ended"), "time_up");
    EXPECT_THAT(text_at(answer.data, "output"), HasSubstr("ready"));
    EXPECT_FALSE(is_running(static_cast<int>(integer_at(answer.data, "pid")))) << "it was left behind";
    const Answer top = culprit({"profile", "top", text_at(answer.data, "file")});
    EXPECT_THAT(dump_json(top.data), HasSubstr("Program.Spin"));
}

TEST_F(Tracing, WhatCrashesLeavesAPartialTrace) {
    struct Row {
        const char* mode;
        int exit_code;
    };
    for (const auto& [mode, exit_code] : {Row{"throw", 134}, Row{"fail-fast", 134}, Row{"kill", 137}}) {
        const Answer answer = trace(mode);
        EXPECT_EQ(answer.code, 0) << mode << answer.said;
        EXPECT_EQ(text_at(answer.data, "ended"), "program_ended") << mode;
        EXPECT_EQ(integer_at(answer.data, "exit_code"), exit_code) << mode;
        EXPECT_GT(integer_at(answer.data, "bytes"), 0) << mode;
    }
    EXPECT_THAT(text_at(trace("throw").data, "output"), HasSubstr("thrown on purpose"));
}

TEST_F(Tracing, WhatEndsAtOnceIsExplained) {
    const Answer answer = trace("exit");
    EXPECT_EQ(integer_at(answer.data, "exit_code"), 7) << answer.said;
    EXPECT_THAT(notes_of(answer), HasSubstr("the trace is small because the program ended after"));
}

TEST_F(Tracing, AProgramThatStartsAnotherIsTracedAllTheSame) {
    const Answer answer = trace("child", {"--seconds", "5"});
    EXPECT_EQ(answer.code, 0) << answer.said;
    EXPECT_THAT(notes_of(answer), HasSubstr("the program starts another .NET program"));
}

TEST_F(Tracing, SteadyStateIsRecordedFromWhatItPrintsOn) {
    const Answer answer = trace("spin 60", {"--ready", "ready", "--after", "1", "--seconds", "1"});
    EXPECT_EQ(text_at(answer.data, "ended"), "time_up") << answer.said;
    EXPECT_THAT(trace("exit", {"--ready", "never"}).said, HasSubstr("ended (exit code 7)"));
}

TEST_F(Tracing, WhatIsNoDotnetProgramIsSaid) {
    const Answer answer = culprit({"trace", "--program", "/bin/sleep", "--arguments", "100"});
    EXPECT_EQ(answer.code, 3);
    EXPECT_THAT(answer.said, HasSubstr("did not connect to the tracer: it is no .NET program"));
    EXPECT_FALSE(fs::exists(path() / "trace-99.nettrace"));
}

TEST_F(Tracing, CtrlCEndsTheRecordingInGoodOrder) {
    test::Child child({.argv = {test::culprit_program(), "--format", "json", "trace", "--program",
                                "out/Modes.dll", "--arguments", "spin 120", "--seconds", "100"},
                       .folder = path()});
    ASSERT_TRUE(child.wait_for("tracing, 2 of", 120s)) << child.output();
    ::kill(child.pid(), SIGINT);
    EXPECT_EQ(child.wait(120s), 0) << child.output();
    EXPECT_THAT(child.output(), HasSubstr("\"ended\": \"stopped\""));
    EXPECT_EQ(must(run({.argv = {"pgrep", "-f", "Modes.dll spin 120"}}, {})).exit_code, 1);
}

TEST_F(Tracing, ARunningProgramIsRecordedAndGoesOn) {
    test::Child program({.argv = {"dotnet", "exec", (path() / "out/Modes.dll").string(), "spin", "100"}});
    ASSERT_TRUE(program.wait_for("ready", 60s));
    const std::string pid = fmt::format("{}", program.pid());
    const Answer answer = culprit({"trace", "--pid", pid, "--seconds", "1"});
    EXPECT_EQ(answer.code, 0) << answer.said;
    EXPECT_TRUE(is_running(program.pid()));
    // On a machine with much else to do it gets little of the processor.
    EXPECT_THAT(
        text_at(culprit({"threads", "--pid", pid, "--seconds", "1", "--snapshots", "2"}).data, "verdict"),
        ::testing::AnyOf("busy", "moving"));
}

TEST_F(Tracing, ADeadlockIsFoundWithBothEnds) {
    const Answer answer =
        culprit({"threads", "--program", test::source_path("samples/flush-deadlock").string()});
    ASSERT_EQ(answer.code, 0) << answer.said;
    EXPECT_EQ(text_at(answer.data, "verdict"), "deadlock");
    const std::string locks = dump_json(member(answer.data, "deadlock"));
    for (const char* each : {"Producer._queueLock", "Producer._flushLock", "Producer.cs:"})
        EXPECT_THAT(locks, HasSubstr(each));
}

TEST_F(Tracing, WhatWaitsForWorkIsIdle) {
    const Answer answer = culprit({"threads", "--program", "out/Modes.dll", "--arguments", "idle", "--after",
                                   "1", "--seconds", "1", "--snapshots", "2"});
    EXPECT_EQ(text_at(answer.data, "verdict"), "idle") << answer.said;
}

TEST_F(Tracing, ACommitIsRecordedAsItWas) {
    const fs::path repository = path() / "repository";
    must(write_file(repository / "Modes.csproj", replace_all(kProject, "{}", framework())));
    must(write_file(repository / "Program.cs", kProgram));
    for (std::vector<std::string> words :
         {std::vector<std::string>{"init", "-q"},
          {"add", "."},
          {"-c", "user.name=t", "-c", "user.email=t@example.net", "commit", "-qm", "x"}}) {
        words.insert(words.begin(), "git");
        ASSERT_EQ(must(run({.argv = words, .folder = repository}, {})).exit_code, 0);
    }
    must(write_file(repository / "Program.cs", "this does not build"));
    const Answer now = culprit({"trace", "--program", "repository", "--arguments", "spin", "--seconds", "1"});
    EXPECT_THAT(now.said, HasSubstr("does not build"));
    const Answer then = culprit(
        {"trace", "--program", "repository", "--commit", "HEAD", "--arguments", "spin", "--seconds", "1"});
    EXPECT_EQ(then.code, 0) << then.said;
}

}  // namespace
}  // namespace culprit
