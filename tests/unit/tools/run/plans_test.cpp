// What each tool that starts something says before it does: the commands, and what they need.
#include "agent/consent.h"
#include "base/text.h"
#include "memory/project_memory.h"
#include "support/support.h"
#include "tools/args.h"
#include "tools/profile/store.h"
#include "tools/run/background.h"
#include "tools/run/connections.h"
#include "tools/run/docker.h"
#include "tools/run/dotnet.h"
#include "tools/run/started.h"
#include "tools/source/index.h"

namespace culprit {
namespace {

using test::must;
using ::testing::HasSubstr;

class PlansTest : public ::testing::Test {
  protected:
    PlansTest() {
        must(write_file(folder() / "src/Stress.csproj", "<Project/>"));
        must(write_file(folder() / "src/run.sh", "#!/bin/sh\n"));
        fs::permissions(folder() / "src/run.sh", fs::perms::owner_all);
        must(write_file(folder() / "src/compose.yml", "services:\n  kafka:\n    image: kafka\n"));
        must(roots_.add_source("src", folder() / "src"));
    }
    fs::path folder() const { return fs::canonical(folder_.path()); }

    Result<Plan> plan(std::string_view tool, const Json& arguments) {
        const Tool& row = *find_tool(tool);
        return row.plan(must(check_arguments(row, arguments)), bench_);
    }
    std::string shown(std::string_view tool, const Json& arguments) {
        return replace_all(shown_plan(must(plan(tool, arguments)), roots_), folder().string(), "/home/you");
    }

    TemporaryFolder folder_ = test::temporary_folder();
    Roots roots_;
    SourceIndex source_{roots_, folder() / "index"};
    ProfileStore profiles_;
    ProjectMemory memory_{folder() / "state/memory"};
    Workbench bench_{
        .roots = roots_, .source = source_, .profiles = profiles_, .memory = memory_, .stop = {}};
};

TEST_F(PlansTest, EveryToolThatStartsProgramsHasOne) {
    for (const Tool& tool : all_tools()) EXPECT_TRUE(tool.effect != Effect::Runs || tool.plan) << tool.name;
}

TEST_F(PlansTest, AProjectIsBuiltWithThePackageCacheAndTheNetwork) {
    const Plan found = must(plan("stress_test", {{"program", "src/Stress.csproj"}, {"offline", true}}));
    EXPECT_EQ(start_text(found.starts.at(0)),
              fmt::format("dotnet build {}/src/Stress.csproj -c Release --artifacts-path TEMPORARY",
                          folder().string()));
    EXPECT_EQ(start_text(found.starts.at(1)), "dotnet exec Stress.dll");
    EXPECT_EQ(found.needs.writes, package_needs().writes);
    EXPECT_TRUE(found.needs.network) << "to restore";
}

TEST_F(PlansTest, WhatIsBuiltGetsTheNetworkUnlessItIsToHaveNone) {
    EXPECT_EQ(shown("stress_test", {{"program", "src/run.sh"}, {"arguments", "a 'b c'"}}),
              "  /home/you/src/run.sh a 'b c'\nin src, with the network");
    EXPECT_EQ(shown("stress_test", {{"program", "src/run.sh"}, {"offline", true}, {"write", {"out"}}}),
              "  /home/you/src/run.sh\nin src, writing /home/you/src/out");
}

TEST_F(PlansTest, BothSidesOfAComparisonAreShown) {
    const std::string text = shown(
        "compare_runs",
        {{"program", "src/run.sh"}, {"before", "v1.2"}, {"after_arguments", "--fast"}, {"offline", true}});
    EXPECT_EQ(text,
              "  git worktree add --detach TEMPORARY v1.2\n  /home/you/src/run.sh\n"
              "  /home/you/src/run.sh --fast\nin src");
}

TEST_F(PlansTest, ContainersNeedTheSocketOfDocker) {
    const Json up = {{"action", "up"}, {"file", "src/compose.yml"}, {"services", {"kafka"}}};
    const Plan found = must(plan("container", up));
    EXPECT_EQ(found.needs.sockets, docker_needs().sockets);
    EXPECT_THAT(
        shown("container", up),
        HasSubstr("docker compose -f /home/you/src/compose.yml up -d kafka\nin src, with the network"));
    EXPECT_THAT(shown("container", {{"action", "wait"}, {"ready", "kafka://broker:9092"}}),
                HasSubstr("culprit container wait --ready kafka://broker:9092\nwith the network"));
    EXPECT_THAT(shown("container", {{"action", "up"}, {"image", "redis:7"}, {"ports", {"6379:6379"}}}),
                HasSubstr("docker run -d --label culprit -p 6379:6379 redis:7"));
    EXPECT_FALSE(must(plan("container", {{"action", "status"}})).needs.network);
}

TEST_F(PlansTest, WhatLooksForFilesOrHasNothingToStopIsNotAskedAbout) {
    EXPECT_TRUE(must(plan("container", {{"action", "find"}})).starts.empty());
    EXPECT_TRUE(must(plan("container", {{"action", "down"}})).starts.empty());
    auto started = must(StartedContainers::load(folder() / "state/containers.json"));
    must(started.add({"0123456789abcdef", "broker", {}, true}));
    EXPECT_THAT(shown("container", {{"action", "down"}}), HasSubstr("docker rm -f -v broker"));
}

TEST_F(PlansTest, WhatSendsOrKeepsSomethingIsShownWithoutItsKeys) {
    const Plan found = must(plan("jobs_compare", {{"jobs", {"1", "2"}},
                                                  {"url", "https://perf"},
                                                  {"upload", true},
                                                  {"notify", {"slack:https://hooks/T/SECRET"}},
                                                  {"store", "postgresql://me:SECRET@db/x"},
                                                  {"output_dir", (folder() / "out").string()}}));
    EXPECT_EQ(start_text(found.starts.at(0)),
              fmt::format("culprit jobs compare 1 2 --url https://perf --upload --notify 'slack:…' "
                          "--output-dir {}/out --store 'postgresql://…'",
                          folder().string()));
    EXPECT_TRUE(found.needs.network);
    EXPECT_EQ(found.needs.writes, std::vector<fs::path>{folder() / "out"});
    EXPECT_EQ(must(plan("jobs_compare", {{"jobs", {"1", "2"}}})).needs, Needs{});
}

TEST_F(PlansTest, ATraceOfWhatDoesNotRunIsRefusedBeforeAnyoneIsAsked) {
    EXPECT_EQ(plan("collect_trace", {{"pid", 0x3ffffff}}).error().fault, Fault::NotFound);
    EXPECT_EQ(plan("thread_stacks", {{"pid", ::getpid()}}).error().fault, Fault::Invalid);
}

TEST(Docker, ItsDaemonIsFoundWhereTheSettingsSay) {
    const auto folder = test::temporary_folder();
    const auto needs = [](const std::string& host) {
        ::setenv("DOCKER_HOST", host.c_str(), 1);
        const Needs found = docker_needs();
        ::unsetenv("DOCKER_HOST");
        return found;
    };
    EXPECT_TRUE(needs("tcp://10.0.0.7:2376").network);
    EXPECT_TRUE(needs("ssh://me@host").unconfined);
    const fs::path socket = fs::canonical(folder.path()) / "docker.sock";
    must(write_file(socket, ""));
    EXPECT_EQ(needs("unix://" + socket.string()).sockets, std::vector<fs::path>{socket});
    EXPECT_TRUE(needs("unix:///nowhere/docker.sock").sockets.empty());
    must(write_file(folder.path() / "config.json", R"({"currentContext":"rootless"})"));
    must(write_file(folder.path() / "contexts/meta/x/meta.json",
                    fmt::format(R"({{"Name":"rootless","Endpoints":{{"docker":{{"Host":"unix://{}"}}}}}})",
                                socket.string())));
    ::setenv("DOCKER_CONFIG", folder.path().c_str(), 1);
    EXPECT_EQ(docker_needs().sockets, std::vector<fs::path>{socket});
    ::unsetenv("DOCKER_CONFIG");
}

}  // namespace
}  // namespace culprit
