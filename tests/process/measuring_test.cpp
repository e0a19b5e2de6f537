// culprit's measuring commands as people call them: real programs, real git; dotnet and dotnet-trace where
// they are.
#include <cstdlib>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "support/child.h"
#include "support/listener.h"
#include "support/support.h"
#include "tools/run/sandbox.h"

namespace culprit {
namespace {

using test::Child;
using test::must;
using ::testing::HasSubstr;

class Measuring : public ::testing::Test {
  protected:
    struct Answer {
        int code = 0;
        std::string text;
        Json data;
    };
    Answer culprit(std::vector<std::string> words) {
        words.insert(words.begin(), test::culprit_program().string());
        words.insert(words.end(), {"--format", "json"});
        const Finished finished =
            must(run({.argv = words, .folder = project(), .environment = {"HOME=" + home().string()}}, {}));
        Answer answer{.code = finished.exit_code, .text = finished.err, .data = {}};
        if (auto json = parse_json(finished.out, "the answer")) answer.data = *std::move(json);
        return answer;
    }
    // Only what asks for it may have one: the tool chains of the person's own home are needed there.
    virtual fs::path home() const { return std::getenv("HOME"); }
    virtual fs::path project() const { return folder_.path(); }
    void write_script(std::string_view name, std::string_view text) {
        must(write_file(project() / name, fmt::format("#!/bin/bash\n{}", text)));
        fs::permissions(project() / name, fs::perms::owner_all);
    }
    // A program that prints a rate that wanders a little from run to run.
    void write_program(std::string_view name, int rate) {
        write_script(name, fmt::format("n=$(cat {0}/n 2>/dev/null || echo 0); echo $((n + 7)) > {0}/n\n"
                                       "echo \"{{\\\"rate_per_s\\\": $(({1} + n % 5 + ${{2:-0}}))}}\"\n",
                                       folder_.path().string(), rate));
    }
    void git(std::vector<std::string> words) {
        words.insert(words.begin(), {"git", "-c", "user.name=t", "-c", "user.email=t@example.net"});
        ASSERT_EQ(must(run({.argv = words, .folder = folder_.path()}, {})).exit_code, 0);
    }
    TemporaryFolder folder_ = test::temporary_folder();
};

TEST_F(Measuring, AStressTestIsRunAndRead) {
    write_program("stress", 1000);
    const Answer answer = culprit({"stress", "stress", "--runs", "3", "--write", "."});
    ASSERT_EQ(answer.code, 0) << answer.text;
    EXPECT_EQ(text_at(answer.data, "main"), "rate_per_s");
    EXPECT_EQ(member(answer.data, "measures")[0]["values"].size(), 3u);
    EXPECT_GE(member(answer.data, "measures")[0]["median"].get<double>(), 1000);
}

TEST_F(Measuring, TwoProgramsAndTwoArgumentSetsAreCompared) {
    write_program("old", 1000);
    write_program("new", 800);
    const Answer slower = culprit(
        {"compare-runs", "old", "--after", "new", "--rounds", "6", "--write", ".", "--fail-on-regression"});
    EXPECT_EQ(slower.code, 1) << slower.text;
    EXPECT_EQ(text_at(slower.data, "verdict"), "regressed");
    EXPECT_NEAR(number_at(slower.data, "change"), -0.2, 0.02);
    const Answer same = culprit({"compare-runs", "old", "--same", "--rounds", "6", "--write", "."});
    EXPECT_EQ(text_at(same.data, "verdict"), "no_difference") << same.text;
    const Answer faster =
        culprit({"compare-runs", "old", "--after-arguments", "x 500", "--rounds", "6", "--write", "."});
    EXPECT_EQ(text_at(faster.data, "verdict"), "improved") << faster.text;
}

TEST_F(Measuring, ACommitIsMeasuredBesideTheCheckout) {
    write_program("stress", 1000);
    git({"init", "-q"});
    git({"add", "stress"});
    git({"commit", "-qm", "one"});
    write_program("stress", 700);
    const Answer answer = culprit(
        {"compare-runs", "stress", "--before", "HEAD", "--rounds", "6", "--write", folder_.path().string()});
    EXPECT_EQ(text_at(answer.data, "verdict"), "regressed") << answer.text;
    EXPECT_THAT(must(read_file(folder_.path() / "stress")), HasSubstr("700"));
    const Finished trees = must(run({.argv = {"git", "worktree", "list"}, .folder = folder_.path()}, {}));
    EXPECT_EQ(split_lines(trees.out).size(), 1u) << trees.out;
    EXPECT_THAT(culprit({"compare-runs", "stress", "--before", "no-such"}).text,
                HasSubstr("no commit called no-such"));
}

TEST_F(Measuring, WhatGoesWrongIsToldWithWhatTheProgramPrinted) {
    write_script("broken", "echo cannot connect >&2\nexit 3\n");
    EXPECT_THAT(culprit({"stress", "broken"}).text,
                HasSubstr("failed with exit code 3; it printed:\ncannot connect"));
    write_program("stress", 1);
    EXPECT_THAT(culprit({"stress", "stress", "--measure", "speed"}).text,
                HasSubstr("no measure 'speed'; there are: rate_per_s"));
    EXPECT_THAT(culprit({"compare-runs", "stress"}).text, HasSubstr("before and after are the same"));
    EXPECT_THAT(culprit({"trace"}).text, HasSubstr("either program"));
    EXPECT_THAT(culprit({"trace", "--pid", "1", "--seconds", "0"}).text, HasSubstr("1 to 3600"));
}

TEST_F(Measuring, WhatStartsServicesIsFound) {
    must(write_file(folder_.path() / "docker-compose.yml", "services:\n  kafka:\n    image: kafka\n"));
    const Answer answer = culprit({"container", "find"});
    ASSERT_EQ(answer.code, 0) << answer.text;
    EXPECT_EQ(answer.data["compose"][0]["services"][0]["name"], "kafka");
}

class HostileProgram : public Measuring {
  protected:
    void SetUp() override {
        const Sandbox sandbox;
        if (!sandbox.problem().empty()) GTEST_SKIP() << sandbox.problem();
        must(write_file(home() / ".ssh/id_rsa", "PRIVATE"));
        write_script("hostile",
                     fmt::format(R"(
try() {{ if eval "$1" >/dev/null 2>&1; then echo "DID: $1"; else echo "could not: $1"; fi; }}
try 'cat {0}/.ssh/id_rsa'
try 'cat ~/.ssh/id_rsa'
try 'ls {0}/.ssh/*'
try 'echo x > {1}/made'
try 'rm -f {1}/kept'
try 'echo x > /etc/culprit-was-here'
try 'kill -9 {2}'
try 'exec 3<>/dev/tcp/127.0.0.1/{3}'
try 'ls {1}/.culprit/*'
echo x > {1}/made
exit 3
)",
                                 home().string(), project().string(), ::getpid(), listener_.port()));
        must(write_file(project() / "kept", "kept"));
    }
    fs::path home() const override { return fs::canonical(folder_.path()) / "home"; }
    fs::path project() const override { return home() / "project"; }
    void expect_harmless(const std::string& said) {
        EXPECT_THAT(said, HasSubstr("could not: cat ~/.ssh/id_rsa"));
        EXPECT_THAT(said, ::testing::Not(HasSubstr("DID:")));
        EXPECT_FALSE(fs::exists(project() / "made"));
        EXPECT_TRUE(fs::exists(project() / "kept"));
        EXPECT_FALSE(fs::exists("/etc/culprit-was-here"));
    }
    test::Listener listener_;
};

TEST_F(HostileProgram, ReachesNothingAsAStressTest) {
    const Answer answer = culprit({"stress", "hostile", "--runs", "1", "--offline"});
    EXPECT_EQ(answer.code, 3);
    expect_harmless(answer.text);
    EXPECT_THAT(answer.text, HasSubstr("It may write only what `write` names"));
}

TEST_F(HostileProgram, ReachesNothingAsASideOfAComparison) {
    expect_harmless(
        culprit({"compare-runs", "hostile", "--after-arguments", "x", "--rounds", "1", "--offline"}).text);
}

TEST_F(HostileProgram, ReachesTheNetworkIfItMay) {
    EXPECT_THAT(culprit({"stress", "hostile", "--runs", "1"}).text,
                HasSubstr(fmt::format("DID: exec 3<>/dev/tcp/127.0.0.1/{}", listener_.port())));
}

TEST_F(HostileProgram, ReachesNothingWhileItIsTraced) {
    // Any program will do as the tracer: what it records is not looked at.
    write_script("bin/dotnet-trace",
                 "while [ $# -gt 0 ]; do [ \"$1\" = --diagnostic-port ] && port=$2; shift; done\n"
                 "touch \"$port\"; echo 'Output File : x'; cat ~/.ssh/id_rsa; echo x > made; sleep 3\n");
    const std::string path = fmt::format("{}/bin:{}", project().string(), std::getenv("PATH"));
    ::setenv("PATH", path.c_str(), 1);
    const Answer answer = culprit({"trace", "--program", "hostile", "--offline"});
    ::setenv("PATH", path.substr(path.find(':') + 1).c_str(), 1);
    EXPECT_THAT(answer.text, HasSubstr("No such file or directory")) << "the tracer sees no key";
    EXPECT_FALSE(fs::exists(project() / "made"));
    EXPECT_THAT(answer.text, ::testing::Not(HasSubstr("PRIVATE")));
}

// A program that every SDK brings.
fs::path some_dotnet_program() {
    const auto found = run({.argv = {"dotnet", "--list-sdks"}}, {});
    if (!found || found->exit_code != 0) return {};
    const std::string_view line = trim(found->out);  // "10.0.401 [/usr/share/dotnet/sdk]", the newest last
    const std::string_view last =
        line.substr(line.rfind('\n') == std::string_view::npos ? 0 : line.rfind('\n') + 1);
    const std::size_t open = last.find('[');
    if (open == std::string_view::npos) return {};
    return fs::path(last.substr(open + 1, last.size() - open - 2)) / trim(last.substr(0, open)) /
           "MSBuild.dll";
}

TEST_F(Measuring, ARealProgramIsTracedAndItsTraceOpens) {
    const fs::path program = some_dotnet_program();
    std::error_code code;
    if (program.empty() || !fs::exists(program, code)) GTEST_SKIP() << "the .NET SDK is not installed";
    const Answer answer =
        culprit({"trace", "--program", program.string(), "--arguments", "-version", "--seconds", "10"});
    if (answer.text.contains("is not installed")) GTEST_SKIP() << answer.text;
    ASSERT_EQ(answer.code, 0) << answer.text;
    EXPECT_EQ(text_at(answer.data, "ended"), "program_ended");
    EXPECT_EQ(integer_at(answer.data, "exit_code", -1), 0);
    EXPECT_THAT(text_at(answer.data, "output"), HasSubstr("."));
    EXPECT_EQ(text_at(member(answer.data, "summary"), "format"), "nettrace");
    EXPECT_THAT(answer.text, HasSubstr("tracing"));
    const Answer top = culprit({"profile", "top", text_at(answer.data, "file")});
    EXPECT_GT(number_at(top.data, "total"), 0) << top.text;
}

}  // namespace
}  // namespace culprit
