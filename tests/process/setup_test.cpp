// Setting up: init, doctor, completion and the manual page, as a person calls them.
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "support/child.h"

namespace culprit {
namespace {

using test::Child;
using test::must;

class SetupTest : public ::testing::Test {
  protected:
    SetupTest() : folder_(test::temporary_folder()), home_(test::temporary_folder()) {}
    struct Ran {
        int code;
        std::string output;
    };
    Ran culprit(std::vector<std::string> arguments) {
        std::vector<std::string> argv = {test::culprit_program()};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        Child child({.argv = argv,
                     .folder = folder_.path(),
                     .environment = {"HOME=" + home_.path().string(), "OPENAI_MODEL=", "OPENAI_API_KEY="}});
        child.close_input();
        const int code = child.wait(std::chrono::seconds(60));
        return {code, child.output()};
    }

    TemporaryFolder folder_, home_;
};

TEST_F(SetupTest, InitLooksAtTheRepositoryAndWritesCommentsAlone) {
    must(write_file(folder_.path() / "src/A.cs", "class A { }\n"));
    must(write_file(folder_.path() / "Shop.sln", ""));
    must(write_file(folder_.path() / "bench/B.cs", "class B { }\n"));
    must(write_file(folder_.path() / "AGENTS.md", "Allocate nothing.\n"));
    const Ran ran = culprit({"init"});
    EXPECT_EQ(ran.code, 0) << ran.output;
    const std::string settings = must(read_file(folder_.path() / "culprit.toml"));
    for (const char* part : {"C# (2 files)", "Shop.sln", "benchmarks:  bench", "AGENTS.md"})
        EXPECT_NE(settings.find(part), std::string::npos) << part << "\n" << settings;
    for (const std::string_view line : split_lines(settings))
        EXPECT_TRUE(line.empty() || line.starts_with('#')) << line;
    EXPECT_TRUE(fs::exists(folder_.path() / ".culprit/.gitignore"));
    const Ran again = culprit({"init"});
    EXPECT_EQ(again.code, 2);
    EXPECT_NE(again.output.find("is there already"), std::string::npos);
}

TEST_F(SetupTest, DoctorNamesEachThingAndHowToMendIt) {
    const Ran ran = culprit({"doctor"});
    EXPECT_EQ(ran.code, 0) << ran.output;
    for (const char* part :
         {"ripgrep", "git", "docker", "dotnet-trace", "perf", "ssh", "sandbox", "model", "terminal"})
        EXPECT_NE(ran.output.find(part), std::string::npos) << part;
    const Ran json = culprit({"doctor", "--format", "json"});
    const Json all = must(parse_json(json.output, "doctor"));
    for (const Json& each : all) {
        const bool has_remedy = text_at(each, "state") == "ok" || !text_at(each, "mend").empty();
        EXPECT_TRUE(has_remedy) << text_at(each, "what");
    }
    EXPECT_FALSE(fs::exists(folder_.path() / ".culprit")) << "looking changes nothing";
}

TEST_F(SetupTest, CompletionAsksTheProgramItself) {
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const Ran ran = culprit({"completion", shell});
        EXPECT_EQ(ran.code, 0);
        EXPECT_NE(ran.output.find("culprit complete --"), std::string::npos) << shell;
    }
    EXPECT_EQ(culprit({"completion", "csh"}).code, 2);
    EXPECT_EQ(culprit({"complete", "--", "top"}).output, "topn\n");
    EXPECT_EQ(culprit({"complete", "--", "profile", "su"}).output, "summary\n");
    EXPECT_EQ(culprit({"complete", "--", "topn", "--prob"}).output, "--problem\n");
    EXPECT_EQ(culprit({"complete", "--", "topn", "fi"}).output, "") << "a file: the shell knows those";
    EXPECT_NE(culprit({"complete"}).code, 0);
}

TEST_F(SetupTest, BashTakesTheScript) {
    if (culprit({"completion", "bash"}).code != 0) FAIL();
    must(write_file(folder_.path() / "complete.bash", culprit({"completion", "bash"}).output));
    Child bash({.argv = {"bash", "-c",
                         "PATH=" + test::culprit_program().parent_path().string() +
                             ":$PATH; . ./complete.bash; COMP_WORDS=(culprit stackt); COMP_CWORD=1; "
                             "_culprit; echo \"got ${COMPREPLY[*]}\""},
                .folder = folder_.path()});
    EXPECT_EQ(bash.wait(), 0);
    EXPECT_NE(bash.output().find("got stacktrace"), std::string::npos) << bash.output();
}

TEST_F(SetupTest, OutputThatCannotBeWrittenIsAFailure) {
    for (const char* command : {"tools", "playbooks", "man", "--help", "topn --help", "completion bash",
                                "doctor", "explain function malloc", "tools --format json"}) {
        Child shell({.argv = {"sh", "-c",
                              fmt::format("'{}' {} >/dev/full", test::culprit_program().string(), command)},
                     .folder = folder_.path(),
                     .environment = {"HOME=" + home_.path().string(), "OPENAI_MODEL="}});
        EXPECT_EQ(shell.wait(), 3) << command << "\n" << shell.output();
        EXPECT_NE(shell.output().find("writing the output: No space left on device"), std::string::npos)
            << command << "\n"
            << shell.output();
    }
    // Who reads only the beginning wants no more.
    Child piped({.argv = {"bash", "-c",
                          fmt::format("'{}' tools | true; echo ${{PIPESTATUS[0]}}",
                                      test::culprit_program().string())}});
    EXPECT_EQ(piped.wait(), 0);
    EXPECT_EQ(piped.output(), "0\n");
}

TEST_F(SetupTest, TheManualPageNamesEveryCommand) {
    const Ran ran = culprit({"man"});
    EXPECT_EQ(ran.code, 0);
    for (const char* part :
         {".TH CULPRIT 1", ".B topn\n", ".B profile summary\n", ".B explain top\n", "\\-\\-send\\-on"})
        EXPECT_NE(ran.output.find(part), std::string::npos) << part;
}

}  // namespace
}  // namespace culprit
