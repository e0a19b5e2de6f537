// Playbooks as people run them: without a model on real output of perf and of a crash, and against a model
// server that others wrote, with what it was sent.
#include "base/text.h"
#include "sessions/store.h"
#include "support/mock_model.h"

namespace culprit {
namespace {

using test::Child;
using test::must;

struct Ran {
    int code;
    std::string output;
};

class PlaybooksTest : public ::testing::Test {
  protected:
    PlaybooksTest() : folder_(test::temporary_folder()), home_(test::temporary_folder()) {
        must(write_file(folder_.path() / ".git/HEAD", "ref: refs/heads/main\n"));
        for (const char* file : {"hot.perf-report.txt", "hot.perf-annotate.txt"})
            must(write_file(folder_.path() / file,
                            must(read_file(test::source_path("tests/formats/tables") / file))));
        must(write_file(folder_.path() / "Cart.cs",
                        "namespace Shop;\nclass Cart {\n  public void Add(string s) {\n    Check(s);\n  }\n  "
                        "void Check(string s) { }\n}\nclass Till {\n  /// <summary>Pays with <see "
                        "cref=\"Card\"/>.</summary>\n  public void Pay() { }\n}\n"));
        must(write_file(folder_.path() / "crash.txt",
                        "System.InvalidOperationException: no\n   at Shop.Cart.Check(String s)\n   at "
                        "Shop.Cart.Add(String s)\n"));
        must(write_file(folder_.path() / "host.txt",
                        "$ nproc\n2\n\n$ uptime\n up 1 day, load average: 9.00, 1.00, 0.50\n"));
    }

    Ran culprit(std::vector<std::string> arguments, std::string_view input = "", std::string_view url = "") {
        std::vector<std::string> argv = {test::culprit_program()};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        std::vector<std::string> environment = {"HOME=" + home_.path().string(),
                                                "OPENAI_MODEL=", "OPENAI_API_KEY=k"};
        if (!url.empty())
            environment = {"HOME=" + home_.path().string(), "OPENAI_MODEL=mock", "OPENAI_API_KEY=k",
                           fmt::format("OPENAI_BASE_URL={}/v1", url)};
        Child child({.argv = argv, .folder = folder_.path(), .environment = environment});
        child.type(input);
        child.close_input();
        const int code = child.wait(std::chrono::seconds(60));
        return {code, child.output()};
    }

    TemporaryFolder folder_, home_;
};

void expect_all(const std::string& text, std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts)
        EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
}

TEST_F(PlaybooksTest, EachGivesSomethingWithoutAModel) {
    struct Case {
        std::vector<std::string> arguments;
        std::vector<std::string_view> parts;
    };
    const std::vector<Case> cases = {
        {{"topn", "hot.perf-report.txt"},
         {"90.5 %  __sin_fma", "a function of mathematics", "[E1]", "No model was asked"}},
        {{"stacktrace", "crash.txt"}, {"Shop.Cart.Check", "Cart.cs:6", "No model was asked"}},
        {{"code", "hot.perf-annotate.txt"}, {"sqrtsd", "a square root", "No model was asked"}},
        {{"explainfunction", "libc.so.6", "malloc"},
         {"memory is allocated", "jemalloc", "No model was asked"}},
        {{"explainfunction", "-", "Cart.Add"}, {"Cart.cs:3", "nothing in the roots calls it"}},
        {{"explainfunction", "-", "Till.Pay"}, {"\"Pays with Card.\""}},
        {{"explainprocess", "culprit"}, {"pid ", "processor time", "No model was asked"}},
        {{"findfaster", "grep"}, {"ripgrep", "trade-off", "No model was asked"}},
        {{"findfaster", "nothing-like-it"}, {"has none for nothing-like-it"}},
        {{"analyzecmd", "@host.txt", "--problem", "slow"},
         {"the load of the last minute, 9, is above the 2 processors", "Gregg", "No model was asked"}},
        {{"analyzecmd", "nproc", "uptime"}, {"Running 2 commands here", "load: ", "No model was asked"}},
        {{"debughost", "localhost", "it is slow", "--commands", "uptime"}, {"load: ", "No model was asked"}},
    };
    for (const Case& each : cases) {
        const Ran ran = culprit(each.arguments);
        EXPECT_EQ(ran.code, 0) << each.arguments.front() << ran.output;
        for (const std::string_view part : each.parts)
            EXPECT_NE(ran.output.find(part), std::string::npos) << part << "\nin\n" << ran.output;
    }
}

TEST_F(PlaybooksTest, TheInputMayBePiped) {
    const Ran ran = culprit({"topn"}, must(read_file(folder_.path() / "hot.perf-report.txt")));
    EXPECT_EQ(ran.code, 0);
    expect_all(ran.output, {"90.5 %  __sin_fma", "artifacts/input.txt"});
}

TEST_F(PlaybooksTest, WhatIsMissingIsSaid) {
    Ran ran = culprit({"topn"});
    EXPECT_EQ(ran.code, 2);
    expect_all(ran.output, {"topn needs INPUT"});
    ran = culprit({"topn", "no-such-file"});
    EXPECT_EQ(ran.code, 3);
    expect_all(ran.output, {"there is no file no-such-file"});
    ran = culprit({"profil"});
    EXPECT_EQ(ran.code, 2);
    expect_all(ran.output, {"There is no command profil; is it culprit profile?"});
    EXPECT_EQ(culprit({"memory"}).code, 2) << "a choice is not read from stdin";
    EXPECT_EQ(culprit({"profile", "top", "Cart.cs", "--limit", "-3"}).code, 2);
    for (const char* playbook : {"topn", "stacktrace", "code", "analyzecmd"}) {
        const bool runs = playbook == std::string_view("analyzecmd");
        ran = culprit({playbook, runs ? "no-such-command" : "Cart.cs"});
        EXPECT_EQ(ran.code, 3) << playbook << ran.output;
        EXPECT_EQ(ran.output.find("A model would"), std::string::npos) << ran.output;
    }
    ran = culprit({"playbook", "no-such"});
    EXPECT_EQ(ran.code, 2);
}

TEST_F(PlaybooksTest, CommandsLookAndWriteNothing) {
    const Ran ran = culprit({"analyzecmd", "touch written-by-analyzecmd", "uptime"});
    if (ran.output.contains("without a sandbox")) GTEST_SKIP() << ran.output;
    EXPECT_EQ(ran.code, 0) << ran.output;
    expect_all(ran.output, {"load: ", " processors", "touch written-by-analyzecmd: "});
    EXPECT_FALSE(fs::exists(folder_.path() / "written-by-analyzecmd"));
}

TEST_F(PlaybooksTest, TheModelGetsThePlaybookTheInputAndTheFormOfTheAnswer) {
    test::MockModel model(R"({"fixtures":[{"match":{},"response":{"content":"Understood the playbook."}}]})");
    struct Case {
        std::vector<std::string> arguments;
        std::vector<std::string_view> sent;
    };
    const std::vector<Case> cases = {
        {{"topn", "hot.perf-report.txt", "--problem", "why sine"},
         {"Explain this Top-N list", "__sin_fma", "why sine", "a haiku"}},
        {{"stacktrace", "crash.txt"}, {"Explain this stack trace", "Shop.Cart.Check", "a haiku"}},
        {{"code", "hot.perf-annotate.txt"}, {"Explain this annotated listing", "sqrtsd"}},
        {{"explainfunction", "libc.so.6", "malloc"},
         {"Explain the function malloc of libc.so.6", "jemalloc"}},
        {{"explainprocess", "culprit", "it", "is", "busy"}, {"Explain the process culprit", "it is busy"}},
        {{"findfaster", "gzip"}, {"do the work of gzip", "pigz"}},
        {{"analyzecmd", "@host.txt", "--problem", "slow"},
         {"Analyse what these commands printed", "host.txt", "above the 2 processors"}},
        {{"debughost", "localhost", "it", "hangs", "--commands", "uptime"},
         {"on the host localhost: it hangs", "load: "}},
        {{"regression", "Cart.Add", "got", "slower"}, {"answer in the four parts", "Cart.Add got slower"}},
    };
    for (Case each : cases) {
        each.arguments.insert(each.arguments.end(), {"--output-format", "a haiku"});
        const Ran ran = culprit(each.arguments, "", model.url());
        EXPECT_EQ(ran.code, 0) << ran.output;
        expect_all(ran.output, {"Understood the playbook."});
        const std::string journal = model.journal();
        for (const std::string_view part : each.sent)
            EXPECT_NE(journal.find(part), std::string::npos) << each.arguments.front() << ": " << part;
    }
}

TEST_F(PlaybooksTest, TheFiguresOfAJobsReportAreChecked) {
    const fs::path data = test::source_path("tests/unit/tools/jobs/data");
    const std::vector<std::string> compared = {"jobs-report", data / "perftracker-6.json.gz",
                                               data / "perftracker-7.json.gz"};
    test::MockModel model(R"({"fixtures":[
      {"match":{"userMessage":"do not hold against the results"},"response":{"content":"## Executive Summary\nBLOCK: 8 tests regressed, one by 141.9 % [E1].\n"}},
      {"match":{"userMessage":"release gate"},"response":{"content":"## Executive Summary\nBLOCK: 8 tests regressed, one by 777.7 % [E1].\n"}}]})");
    const Ran ran = culprit(compared, "", model.url());
    EXPECT_EQ(ran.code, 1) << "a release that is to be blocked fails the pipeline\n" << ran.output;
    expect_all(ran.output, {"one by 141.9 % [E1]", "Checked: figures: "});
    expect_all(model.journal(), {"777.7"});
    EXPECT_EQ(ran.output.find("777.7"), std::string::npos) << "shown before it was checked\n" << ran.output;
    const Ran alone = culprit(compared);
    EXPECT_EQ(alone.code, 1);
    expect_all(alone.output, {"BLOCK", "No model was asked"});
}

TEST_F(PlaybooksTest, SeveralInputsAreSeveralQuestions) {
    test::MockModel model(R"({"fixtures":[{"match":{},"response":{"content":"Said."}}]})");
    const Ran ran =
        culprit({"topn", "hot.perf-report.txt", "hot.perf-report.txt", "--max-concurrent-queries", "2"}, "",
                model.url());
    EXPECT_EQ(ran.code, 0) << ran.output;
    expect_all(ran.output, {"== hot.perf-report.txt ==\nSaid."});
}

TEST_F(PlaybooksTest, OnesOwnAreSubcommandsAndSlashCommands) {
    must(write_file(folder_.path() / ".culprit/playbooks/greet.md",
                    "---\nname: greet\ndescription: Greets.\narguments:\n  - {name: whom, kind: rest, "
                    "required: true}\ntools: [read_file]\n---\nGreet {{whom}} kindly.\n"));
    test::MockModel model(R"({"fixtures":[{"match":{},"response":{"content":"Hello there."}}]})");
    Ran ran = culprit({"greet", "the", "world"}, "", model.url());
    EXPECT_EQ(ran.code, 0) << ran.output;
    expect_all(model.journal(), {"Greet the world kindly."});
    ran = culprit({}, "/greet everyone\n\n", model.url());
    EXPECT_EQ(ran.code, 0) << ran.output;
    expect_all(model.journal(), {"Greet everyone kindly."});
    ran = culprit({"playbooks"});
    expect_all(ran.output, {"greet", "topn", ".culprit/playbooks/greet.md"});
    ran = culprit({"greet", "--help"});
    expect_all(ran.output, {"whom", "--output-format", "greet.md"});
}

// A repository that was cloned may bring a playbook under the name of a built-in one.
TEST_F(PlaybooksTest, WhatTheProjectsPlaybookRunsIsAskedAbout) {
    must(write_file(folder_.path() / ".culprit/playbooks/topn.md",
                    "---\nname: topn\ndescription: Ours.\nopening:\n  - jobs_compare: {jobs: [\"a.json\", "
                    "\"b.json\"]}\n---\nCompare.\n"));
    const Ran ran = culprit({"topn"});
    expect_all(ran.output, {"The playbook topn is ", "denied"});
}

// As other tools have them: 250 lines, a description in quotes over several lines, a memory folder.
TEST_F(PlaybooksTest, AnAgentFileOfAnotherToolRunsUnchanged) {
    std::string agent =
        "---\nname: trace-reader\ndescription: \"Use this agent when traces are to be read. "
        "Examples:\\n\\n<example>\\nuser: \\\"It is slow: why?\\\"\\n\n"
        "  </example>\"\nmodel: opus\ncolor: red\nmemory: project\n---\n\nYou are an expert.\n\n";
    for (int i = 0; i < 240; ++i)
        agent += fmt::format("{}. Rule {} holds: never `{{{{guess}}}}`.\n", i + 1, i + 1);
    must(write_file(folder_.path() / ".claude/agents/trace-reader.md", agent));
    must(write_file(folder_.path() / ".claude/agent-memory/trace-reader/MEMORY.md",
                    "# Memory\n- The broker needs 4 s to start.\n"));
    test::MockModel model(R"({"fixtures":[{"match":{},"response":{"content":"Read."}}]})");
    Ran ran = culprit({"trace-reader", "look", "at", "the", "locks"});
    expect_all(ran.output, {"No model was asked", "One would do what the file says"});
    ran = culprit({"trace-reader", "look", "at", "the", "locks"}, "", model.url());
    EXPECT_EQ(ran.code, 0) << ran.output;
    expect_all(model.journal(),
               {"Rule 240 holds: never `{{guess}}`.", "look at the locks", "The broker needs 4 s to start."});
}

TEST_F(PlaybooksTest, GuidelineFilesAreInThePrompt) {
    must(write_file(folder_.path() / "AGENTS.md", "Hot paths allocate nothing.\n"));
    must(write_file(folder_.path() / "CLAUDE.md", "Hot paths allocate nothing.\n"));
    must(write_file(folder_.path() / "src/CLAUDE.md", "In here locks are striped.\n"));
    test::MockModel model(R"({"fixtures":[{"match":{},"response":{"content":"Read."}}]})");
    const Ran ran = culprit({"--root", "src", "ask", "hello"}, "", model.url());
    EXPECT_EQ(ran.code, 0) << ran.output;
    expect_all(model.journal(), {"Hot paths allocate nothing.", "In here locks are striped."});
}

// The facts go to the model as the first result; what its report says of figures is held against them.
TEST_F(PlaybooksTest, TheReportOfJobsIsChecked) {
    test::MockModel model(R"({"fixtures":[{"match":{},"response":{"content":
        "## Executive Summary\nBLOCK: the worst is +141.9 %, from 40000 to 48000 policies.\n\n## Issues by Severity\nAn endpoint takes +37.7 % longer.\n\n## Root Causes\nOne endpoint.\n\n## Risk\nHigh.\n\n## Action Items\nNone.\n"}}]})");
    std::vector<std::string> arguments = {"jobs-report"};
    for (const char* job : {"perftracker-6.json.gz", "perftracker-7.json.gz"})
        arguments.push_back((test::source_path("tests/unit/tools/jobs/data") / job).string());
    const Ran ran = culprit(arguments, "", model.url());
    EXPECT_EQ(ran.code, 1) << ran.output;  // BLOCK
    expect_all(ran.output, {"BLOCK: the worst is +141.9 %", "An endpoint takes +37.7 %",
                            "held against the results. figures: 1 of 2"});
    EXPECT_FALSE(ran.output.contains("+141.9 % [unverified")) << ran.output;
    EXPECT_TRUE(ran.output.contains("+37.7 % [unverified")) << ran.output;
    EXPECT_NE(model.journal().find("[E1] BLOCK: 8 tests regressed"), std::string::npos);
}

}  // namespace
}  // namespace culprit
