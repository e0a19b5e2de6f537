#include "tools/run/trace.h"

#include "base/process.h"
#include "support/support.h"
#include "tools/run/artifacts.h"
#include "tools/run/connections.h"
#include "tools/run/proc.h"
#include "tools/run/side_program.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using test::must;

TEST(TracerFailure, EachKnownMessageHasItsCauseAndNextStep) {
    const auto of = [](std::string_view output, int code) { return tracer_failure(output, code); };
    EXPECT_EQ(of("Could not execute because the specified command or file was not found.", 1).fault,
              Fault::NotFound);
    EXPECT_EQ(of("Process with an Id of 12 is not running.", 2).fault, Fault::NotFound);
    EXPECT_EQ(of("[ERROR] Unable to start tracing session - the target app failed to connect to the "
                 "diagnostics port.",
                 2)
                  .fault,
              Fault::Invalid);
    EXPECT_EQ(of("Microsoft.Diagnostics.NETCore.Client.ServerNotAvailableException: x", 2).fault,
              Fault::Invalid);
    EXPECT_EQ(of("System.IO.DirectoryNotFoundException: x", 2).fault, Fault::NotFound);
    EXPECT_THAT(of("strange\nthings", 9).what,
                ::testing::HasSubstr("exit code 9 and made no trace; it said: strange things"));
    EXPECT_THAT(of("", 9).what, ::testing::HasSubstr("printed nothing"));
}

TEST(TracePurpose, EachAsksForTheProvidersOfItsMetric) {
    for (const TracePurpose& each : trace_purposes()) {
        EXPECT_EQ(&trace_purpose(each.name), &each);
        const bool samples = each.providers.find("SampleProfiler") != std::string_view::npos;
        EXPECT_EQ(samples, each.metric == "samples") << each.name;
    }
}

TEST(SideProgram, IsWatchedWhileItRunsAndEndsWithItsObject) {
    int pid = 0;
    {
        SideProgram program({.argv = {"sh", "-c", "echo ready; exec sleep 100"}});
        EXPECT_TRUE(program.wait(30s, {}, [](std::string_view output) { return output.contains("ready"); }));
        pid = program.pid();
        EXPECT_TRUE(is_running(pid));
        EXPECT_FALSE(program.has_ended());
        EXPECT_EQ(parent_of(pid), ::getpid());
        EXPECT_TRUE(descends_from(pid, ::getpid()));
        EXPECT_EQ(threads_of(pid).size(), 1u);
    }
    EXPECT_FALSE(is_running(pid));
}

TEST(SideProgram, SaysThatAProgramIsNotThere) {
    SideProgram program({.argv = {"no-such-program-here"}});
    EXPECT_EQ(program.result().error().fault, Fault::NotFound);
    EXPECT_EQ(program.pid(), 0);
}

TEST(Trace, AProcessThatCannotBeTracedIsExplained) {
    EXPECT_EQ(find_dotnet_process(0x3ffffff).error().fault, Fault::NotFound);
    EXPECT_EQ(find_dotnet_process(::getpid()).error().fault, Fault::Invalid);
}

TEST(Trace, ATracerThatFailsIsReportedWithItsWords) {
    const auto folder = test::temporary_folder();
    const Sandbox sandbox;
    Background background;
    Connections connections;
    Runner runner({.sandbox = sandbox,
                   .background = background,
                   .connections = connections,
                   .view = {},
                   .artifacts = folder.path(),
                   .granted = {.unconfined = true}});
    const TraceRequest request{
        .tracer = {{"sh", "-c", "echo '[ERROR] No space left on device'; exit 2"}, {}, ""},
        .providers = "x",
        .file = folder.path() / "t.nettrace"};
    const Launch launch{.argv = {"sleep", "100"}, .folder = folder.path()};
    const auto result = trace_program(request, launch, {}, runner, [](std::string_view, double) {}, {});
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().what, ::testing::HasSubstr("the disk is full"));
    EXPECT_FALSE(fs::exists(request.file)) << "an empty trace was left";
}

TEST(Launch, TheNearestProjectsAreFound) {
    const auto folder = test::temporary_folder();
    for (const char* name :
         {"src/App/App.csproj", "src/Lib/Lib.fsproj", "src/App/obj/x/No.csproj", "src/deep/a/Deep.csproj"})
        must(write_file(folder.path() / name, "<Project/>"));
    const auto found = projects_at(folder.path());
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].filename(), "App.csproj");
    EXPECT_EQ(projects_at(folder.path() / "src/App/App.csproj").size(), 1u);
    EXPECT_THAT(find_startable(folder.path()).error().what,
                ::testing::HasSubstr("has 2 projects; name one: src/App/App.csproj, src/Lib/Lib.fsproj"));
}

TEST(Launch, WhatIsNoProgramIsRefused) {
    const auto folder = test::temporary_folder();
    must(write_file(folder.path() / "lib.dll", "x"));
    must(write_file(folder.path() / "notes.txt", "x"));
    const auto found = [&](const char* name) { return find_startable(folder.path() / name); };
    EXPECT_THAT(found("lib.dll").error().what, ::testing::HasSubstr("is a library"));
    EXPECT_EQ(found("notes.txt").error().fault, Fault::Invalid);
    EXPECT_EQ(found("missing").error().fault, Fault::NotFound);
    EXPECT_EQ(must(find_startable("/bin/sh")), "/bin/sh");
}

TEST(Launch, APlanShowsTheBuildAndTheProgramAndOpensWhatEachNeeds) {
    const fs::path project = "/nowhere/src/Stress.csproj";
    Plan plan;
    plan_launch({.file = project, .arguments = {"a b"}, .needs = {.writes = {"/nowhere/out"}}}, plan);
    ASSERT_EQ(plan.starts.size(), 2u);
    EXPECT_EQ(start_text(plan.starts[0]),
              "dotnet build /nowhere/src/Stress.csproj -c Release --artifacts-path TEMPORARY");
    EXPECT_EQ(start_text(plan.starts[1]), "dotnet exec Stress.dll 'a b'");
    EXPECT_TRUE(plan.needs.network);
    EXPECT_TRUE(covers(plan.needs, package_needs()));
    EXPECT_TRUE(covers(plan.needs, {.writes = {"/nowhere/out"}}));
    Plan ready;
    plan_launch({.file = "/bin/true"}, ready);
    EXPECT_EQ(ready.needs, Needs{}) << "what is built already needs nothing";
}

TEST(Artifacts, OldTracesOfOtherSessionsGoByAgeAndSize) {
    const auto folder = test::temporary_folder();
    const fs::path mine = folder.path() / "now";
    const auto put = [&](const char* name, int hours) {
        must(write_file(folder.path() / name, std::string(1000, 'x')));
        fs::last_write_time(folder.path() / name,
                            fs::file_time_type::clock::now() - std::chrono::hours(hours));
    };
    put("now/trace-1.nettrace", 900);
    put("a/threads-1.nettrace", 500);
    put("a/trace-2.nettrace", 20);
    put("b/trace-1.nettrace", 10);
    put("b/notes.nettrace", 900);
    EXPECT_THAT(remove_old_traces(mine, 400h, 1500), ::testing::HasSubstr("removed 2 old traces"));
    EXPECT_TRUE(fs::exists(mine / "trace-1.nettrace"));
    EXPECT_TRUE(fs::exists(folder.path() / "b/trace-1.nettrace"));
    EXPECT_TRUE(fs::exists(folder.path() / "b/notes.nettrace"));
    EXPECT_FALSE(fs::exists(folder.path() / "a/trace-2.nettrace"));
    EXPECT_EQ(remove_old_traces(mine, 400h, 1500), "");
    EXPECT_EQ(must(new_file(mine, "trace", ".nettrace")).filename(), "trace-2.nettrace");
}

}  // namespace
}  // namespace culprit
