// What the programs of others print, explained: on real output of perf, of a crash, of the 60-second set.
#include <random>

#include "base/text.h"
#include "memory/project_memory.h"
#include "prompts/prompts.h"
#include "support/support.h"
#include "tools/args.h"
#include "tools/explain/host_checks.h"
#include "tools/explain/known.h"
#include "tools/explain/tools.h"
#include "tools/profile/store.h"
#include "tools/source/index.h"

namespace culprit {
namespace {

using test::must;

class ExplainTest : public ::testing::Test {
  protected:
    ExplainTest() : folder_(test::temporary_folder()), source_(roots_), memory_(folder_.path() / "memory") {}

    Output run(const Tool& tool, const Json& arguments) {
        Workbench bench{
            .roots = roots_, .source = source_, .profiles = profiles_, .memory = memory_, .stop = {}};
        return must(tool.run(must(check_arguments(tool, arguments)), bench));
    }
    std::string file(const std::string& name, std::string_view text) {
        must(write_file(folder_.path() / name, text));
        must(roots_.add_file(must(real_path(folder_.path() / name))));
        return name;
    }

    TemporaryFolder folder_;
    Roots roots_;
    SourceIndex source_;
    ProfileStore profiles_;
    ProjectMemory memory_;
};

TEST_F(ExplainTest, APerfReportIsExplainedRowByRow) {
    must(roots_.add_file(test::source_path("tests/formats/tables/hot.perf-report.txt")));
    const Output output = run(explain_top_tool(), {{"file", "hot.perf-report.txt"}});
    EXPECT_NE(output.text.find("90.5 %  __sin_fma  libm.so.6\n          a function of mathematics"),
              std::string::npos)
        << output.text;
    EXPECT_NE(output.text.find("libm.so.6: the library of mathematics of C"), std::string::npos)
        << output.text;
    EXPECT_NE(output.text.find("  0.0 %  main  hot  (99.5 % with what it calls)"), std::string::npos)
        << output.text;
    EXPECT_EQ(text_at(output.data["rows"][0], "name"), "__libc_start_call_main") << "the list's own order";
}

TEST_F(ExplainTest, TheSharesOfModulesAreOfAllRowsAndACutIsSaid) {
    std::string list =
        "# Samples: 100  of event 'cpu-clock'\n#\n# Overhead  Command  Shared Object  Symbol\n"
        "# ........  .......  .............  ..............\n#\n";
    for (int i = 0; i < 20; ++i)
        list += fmt::format("     {:>4}%  sum      {:13}  [.] function_{:02}\n", i < 4 ? "10.00" : "3.75",
                            i < 16 ? "sum" : "libc.so.6", i);
    const Output output = run(explain_top_tool(), {{"file", file("many.txt", list)}, {"limit", 5}});
    for (const char* part : {"the first 5 of 20 rows", "  85.0 %  sum\n", "  15.0 %  libc.so.6"})
        EXPECT_NE(output.text.find(part), std::string::npos) << part << "\nin\n" << output.text;
    EXPECT_EQ(output.data["rows"].size(), 5u);
}

TEST_F(ExplainTest, AListOfNoKnownFormIsReadByItsPercentages) {
    const std::string top = file("perftop.txt",
                                 "   PerfTop:  4021 irqs/sec  kernel:61%\n"
                                 "    18.20%  libc.so.6            [.] __memmove_avx_unaligned_erms\n"
                                 "     9.10%  [kernel]             [k] _raw_spin_lock\n"
                                 "     4.00%  shop                 [.] Cart::add\n");
    const Output output = run(explain_top_tool(), {{"file", top}});
    ASSERT_GE(output.data["rows"].size(), 3u) << output.text;
    EXPECT_EQ(text_at(output.data["rows"][0], "name"), "__memmove_avx_unaligned_erms");
    EXPECT_NE(output.text.find("memory is copied"), std::string::npos) << output.text;
    EXPECT_NE(output.text.find("waits for a spin lock"), std::string::npos) << output.text;
}

TEST_F(ExplainTest, RowsInTheSourceAreFoundThereWithTheirPatterns) {
    must(write_file(folder_.path() / "src/Cart.cs",
                    "using System.Text.RegularExpressions;\nnamespace Shop;\nclass Cart {\n  public bool "
                    "Check(string s) {\n    return new Regex(\"a+\").IsMatch(s);\n  }\n}\n"));
    must(roots_.add_source("src", must(real_path(folder_.path() / "src"))));
    const Output output =
        run(explain_top_tool(),
            {{"file", file("top.txt", "  50.0%  shop.dll  Shop.Cart.Check(System.String)\n")}});
    EXPECT_NE(output.text.find("in the source: src/Cart.cs:4 Shop.Cart.Check"), std::string::npos)
        << output.text;
    EXPECT_NE(output.text.find("Remedy:"), std::string::npos) << output.text;
}

TEST_F(ExplainTest, AStackTraceIsFoundInTheSource) {
    must(write_file(folder_.path() / "src/Cart.cs",
                    "namespace Shop;\nclass Cart {\n  public void Add(string s) {\n    Check(s);\n  }\n  "
                    "void Check(string s) { }\n}\n"));
    must(roots_.add_source("src", must(real_path(folder_.path() / "src"))));
    const std::string crash = file("crash.txt",
                                   "Unhandled exception. System.InvalidOperationException: no\n"
                                   "   at Shop.Cart.Check(String s) in /build/Cart.cs:line 6\n"
                                   "   at Shop.Cart.Add(String s) in /build/Cart.cs:line 4\n"
                                   "   at System.Threading.Monitor.Enter(Object o)\n");
    const Output output = run(explain_stack_tool(), {{"file", crash}});
    EXPECT_NE(output.text.find("Unhandled exception. System.InvalidOperationException: no\n"),
              std::string::npos)
        << output.text;
    EXPECT_NE(output.text.find("in the source: src/Cart.cs:6 Shop.Cart.Check"), std::string::npos)
        << output.text;
    EXPECT_NE(output.text.find("3 frames, 2 in the sources"), std::string::npos) << output.text;
}

TEST_F(ExplainTest, EqualStacksAreCountedAndRecursionIsFolded) {
    std::string dump;
    for (int i = 0; i < 3; ++i)
        dump += fmt::format(
            "Thread {}\n#0  0x00007f12 in futex_wait () from /lib/libc.so.6\n#1  0x1 in walk ()\n#2  0x1 in "
            "walk ()\n",
            i);
    dump +=
        "Traceback (most recent call last):\n  File \"a.py\", line 3, in main\n    run()\n  File \"a.py\", "
        "line 9, in run\n    x\nValueError: no\n";
    const Output output = run(explain_stack_tool(), {{"file", file("dump.txt", dump)}});
    EXPECT_NE(output.text.find("(3 times the same stack)"), std::string::npos) << output.text;
    EXPECT_NE(output.text.find("2 times in a row: a recursion"), std::string::npos) << output.text;
    EXPECT_NE(output.text.find("   1  run (a.py:9)"), std::string::npos) << output.text;
}

TEST_F(ExplainTest, AnAnnotatedListingHasItsHotLinesRanked) {
    must(roots_.add_file(test::source_path("tests/formats/tables/hot.perf-annotate.txt")));
    const Output output = run(explain_code_tool(), {{"file", "hot.perf-annotate.txt"}});
    EXPECT_NE(output.text.find("sqrtsd"), std::string::npos) << output.text;
    EXPECT_NE(output.text.find("a chain in which each step needs the last"), std::string::npos)
        << output.text;
    EXPECT_NEAR(number_at(output.data["rows"][0], "share"), 1.0, 0.01);
}

TEST_F(ExplainTest, WhatHoldsNothingIsRefusedWithWhatIsWanted) {
    const std::string name = file("nothing.txt", "just words\n");
    Workbench bench{.roots = roots_, .source = source_, .profiles = profiles_, .memory = memory_, .stop = {}};
    for (const Tool& tool : {explain_top_tool(), explain_stack_tool(), explain_code_tool()}) {
        const auto output = tool.run(must(check_arguments(tool, {{"file", name}})), bench);
        ASSERT_FALSE(output) << tool.name;
        EXPECT_NE(output.error().what.find("nothing.txt"), std::string::npos) << output.error().what;
    }
}

// Cut anywhere, with bytes flipped: an answer or an error, never a crash.
TEST_F(ExplainTest, DamagedInputIsReadAsFarAsItGoes) {
    Workbench bench{.roots = roots_, .source = source_, .profiles = profiles_, .memory = memory_, .stop = {}};
    std::mt19937 random(11);
    int number = 0;
    for (const char* fixture : {"hot.perf-report.txt", "hot.perf-annotate.txt"}) {
        const std::string whole = must(read_file(test::source_path("tests/formats/tables") / fixture));
        for (std::size_t end = 0; end < whole.size(); end += 1 + whole.size() / 60) {
            std::string text = whole.substr(0, end);
            for (int flips = 0; flips < 5 && !text.empty(); ++flips)
                text[random() % text.size()] = static_cast<char>(random());
            const std::string name = file(fmt::format("damaged{}.txt", ++number), text);
            for (const Tool& tool :
                 {explain_top_tool(), explain_stack_tool(), explain_code_tool(), explain_host_tool()})
                static_cast<void>(tool.run(must(check_arguments(tool, {{"file", name}})), bench));
        }
    }
}

TEST_F(ExplainTest, ThisProcessIsExplained) {
    const Output output = run(explain_process_tool(), {{"name", std::to_string(::getpid())}});
    ASSERT_EQ(output.data["processes"].size(), 1u) << output.text;
    EXPECT_GT(integer_at(output.data["processes"][0], "rss_bytes"), 0);
}

TEST(Known, FunctionsByTheNamesThatReportsHave) {
    for (const char* name : {"__memmove_avx_unaligned_erms", "[k] _raw_spin_lock", "libc.so.6!malloc",
                             "futex_wait", "System.String.Concat(string, string)", "runtime.mallocgc"})
        EXPECT_TRUE(known_function(name)) << name;
    for (const char* name : {"Shop.Cart.Add", "main", "", "timeless", "myfree_list"})
        EXPECT_FALSE(known_function(name)) << name;
    EXPECT_TRUE(known_module("/usr/lib/x86_64-linux-gnu/libc.so.6"));
    EXPECT_TRUE(known_module("[kernel.kallsyms]"));
}

TEST(Known, ReplacementsByProgramLibraryAndFunction) {
    EXPECT_GT(count_of_replacements(), 20u);
    EXPECT_EQ(replacements_of("/usr/bin/grep", "").size(), 1u);
    EXPECT_FALSE(replacements_of("libc.so.6", "malloc").empty());
    EXPECT_TRUE(replacements_of("libm.so.6", "malloc").empty());
    EXPECT_TRUE(replacements_of("nothing-of-the-kind", "").empty());
    for (const Replacement* each : replacements_of("gzip", "")) EXPECT_FALSE(each->source.empty());
}

constexpr std::string_view kBusy = R"($ nproc
2

$ uptime
 17:01:02 up 3 days,  2:11,  1 user,  load average: 9.51, 4.20, 1.02

$ vmstat 1 3
procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
 1  0      0 812000  10000 200000    0    0     1     1    1    1  1  1 98  0  0
 8  2   1024  80000  10000 200000    0  512     0   900 2000 9000 40 35  0 25  0
 9  3   2048  70000  10000 200000   12  700     0   900 2000 9000 38 37  0 25  0

$ mpstat -P ALL 1 1
bash: mpstat: command not found
[exit code 127]

$ iostat -xz 1 2
Linux 6.1.0 (host)

Device            r/s     w/s     rkB/s   wkB/s r_await w_await aqu-sz  %util
sda              1.00    1.00      1.00    1.00    0.10    0.10   0.01   0.10

Device            r/s     w/s     rkB/s   wkB/s r_await w_await aqu-sz  %util
sda             10.00  900.00    100.0  90000.0    3.00   45.00  12.00  97.00

$ free -m
               total        used        free      shared  buff/cache   available
Mem:            2000        1800          60          10         140         100
Swap:           1000         600         400

$ dmesg | tail
[1.0] Out of memory: Killed process 4711 (shop)
)";

TEST(HostChecks, AnIllHostIsJudgedByStatedThresholds) {
    const HostReport report = check_host(kBusy);
    std::string all;
    for (const HostFinding& each : report.findings) {
        all += each.what + "\n";
        EXPECT_FALSE(each.threshold.empty());
        EXPECT_FALSE(each.source.empty());
    }
    for (const char* expected :
         {"the load of the last minute, 9.51, is above the 2 processors", "memory is swapped",
          "threads want to run on 2 processors", "the kernel takes 36 %", "the disk sda is busy 97.0 %",
          "an access to sda takes 45.0 ms", "only 5.0 % of the memory", "the kernel killed a process"})
        EXPECT_NE(all.find(expected), std::string::npos) << expected << "\n" << all;
    ASSERT_EQ(report.unread.size(), 1u);
    EXPECT_NE(report.unread[0].find("sysstat"), std::string::npos);
}

TEST(HostChecks, AHealthyHostHasNoFindings) {
    const HostReport report =
        check_host("$ nproc\n8\n\n$ uptime\n up 1 day, load average: 0.10, 0.20, 0.30\n");
    EXPECT_TRUE(report.findings.empty());
    EXPECT_EQ(report.looked_at.size(), 1u);
}

TEST(HostChecks, ALoadIsJudgedByTheProcessorsWhereverTheyStand) {
    const std::string load = " up 1 day, load average: 80.00, 60.00, 50.00\n";
    for (const std::string& text :
         {"$ nproc; uptime\n2\n" + load, "$ uptime\n" + load + "\n$ nproc\n2\n",
          "$ uptime\n" + load + "$ mpstat 1 1\nLinux 6.1.0 (host) \t11/21/26 \t_x86_64_\t(2 CPU)\n"}) {
        const HostReport report = check_host(text);
        ASSERT_EQ(report.findings.size(), 1u) << text;
        EXPECT_EQ(report.findings[0].what, "the load of the last minute, 80, is above the 2 processors");
    }
    const HostReport alone = check_host(load);
    EXPECT_TRUE(alone.findings.empty());
    ASSERT_EQ(alone.unread.size(), 1u);
    EXPECT_NE(alone.unread[0].find("add the output of nproc"), std::string::npos) << alone.unread[0];
    const HostReport past = check_host("$ nproc; uptime\n2\n load average: 0.45, 95.31, 174.74\n");
    ASSERT_EQ(past.findings.size(), 1u);
    EXPECT_NE(past.findings[0].what.find("174.74 in the last 15"), std::string::npos);
}

TEST(HostChecks, CutAndMixedInputIsReadAsFarAsItGoes) {
    for (std::size_t end = 0; end < kBusy.size(); ++end) static_cast<void>(check_host(kBusy.substr(0, end)));
}

}  // namespace
}  // namespace culprit
