// culprit's measuring commands as people call them: real programs, real git; dotnet and dotnet-trace where
// they are.
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "support/child.h"
#include "support/support.h"

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
        const Finished finished = must(run({.argv = words, .folder = folder_.path()}, {}));
        Answer answer{.code = finished.exit_code, .text = finished.err, .data = {}};
        if (auto json = parse_json(finished.out, "the answer")) answer.data = *std::move(json);
        return answer;
    }
    // A program that prints a rate that wanders a little from run to run.
    void write_program(std::string_view name, int rate) {
        const fs::path file = folder_.path() / name;
        must(write_file(
            file, fmt::format("#!/bin/sh\nn=$(cat {0}/n 2>/dev/null || echo 0); echo $((n + 7)) > {0}/n\n"
                              "echo \"{{\\\"rate_per_s\\\": $(({1} + n % 5 + ${{2:-0}}))}}\"\n",
                              folder_.path().string(), rate)));
        fs::permissions(file, fs::perms::owner_all);
    }
    void git(std::vector<std::string> words) {
        words.insert(words.begin(), {"git", "-c", "user.name=t", "-c", "user.email=t@example.net"});
        ASSERT_EQ(must(run({.argv = words, .folder = folder_.path()}, {})).exit_code, 0);
    }
    TemporaryFolder folder_ = test::temporary_folder();
};

TEST_F(Measuring, AStressTestIsRunAndRead) {
    write_program("stress", 1000);
    const Answer answer = culprit({"stress", "stress", "--runs", "3"});
    ASSERT_EQ(answer.code, 0) << answer.text;
    EXPECT_EQ(text_at(answer.data, "main"), "rate_per_s");
    EXPECT_EQ(member(answer.data, "measures")[0]["values"].size(), 3u);
    EXPECT_GE(member(answer.data, "measures")[0]["median"].get<double>(), 1000);
}

TEST_F(Measuring, TwoProgramsAndTwoArgumentSetsAreCompared) {
    write_program("old", 1000);
    write_program("new", 800);
    const Answer slower =
        culprit({"compare-runs", "old", "--after", "new", "--rounds", "6", "--fail-on-regression"});
    EXPECT_EQ(slower.code, 1) << slower.text;
    EXPECT_EQ(text_at(slower.data, "verdict"), "regressed");
    EXPECT_NEAR(number_at(slower.data, "change"), -0.2, 0.02);
    const Answer same = culprit({"compare-runs", "old", "--same", "--rounds", "6"});
    EXPECT_EQ(text_at(same.data, "verdict"), "no_difference") << same.text;
    const Answer faster = culprit({"compare-runs", "old", "--after-arguments", "x 500", "--rounds", "6"});
    EXPECT_EQ(text_at(faster.data, "verdict"), "improved") << faster.text;
}

TEST_F(Measuring, ACommitIsMeasuredBesideTheCheckout) {
    write_program("stress", 1000);
    git({"init", "-q"});
    git({"add", "stress"});
    git({"commit", "-qm", "one"});
    write_program("stress", 700);
    const Answer answer = culprit({"compare-runs", "stress", "--before", "HEAD", "--rounds", "6"});
    EXPECT_EQ(text_at(answer.data, "verdict"), "regressed") << answer.text;
    EXPECT_THAT(must(read_file(folder_.path() / "stress")), HasSubstr("700"));
    const Finished trees = must(run({.argv = {"git", "worktree", "list"}, .folder = folder_.path()}, {}));
    EXPECT_EQ(split_lines(trees.out).size(), 1u) << trees.out;
    EXPECT_THAT(culprit({"compare-runs", "stress", "--before", "no-such"}).text,
                HasSubstr("no commit called no-such"));
}

TEST_F(Measuring, WhatGoesWrongIsToldWithWhatTheProgramPrinted) {
    must(write_file(folder_.path() / "broken", "#!/bin/sh\necho cannot connect >&2\nexit 3\n"));
    fs::permissions(folder_.path() / "broken", fs::perms::owner_all);
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
