#include "tools/run/docker.h"

#include "support/support.h"
#include "tools/run/services.h"
#include "tools/run/started.h"

namespace culprit {
namespace {

using test::must;
using ::testing::HasSubstr;

struct Row {
    const char* output;
    Fault fault;
    const char* says;
};

// The words of docker 20.10 and 28, compose 1.29 and 2.
TEST(DockerFailure, EachCauseHasItsMessageAndNextStep) {
    const Row rows[] = {
        {"Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
         Fault::Unavailable, "systemctl start docker"},
        {"Traceback (most recent call last):\n  File \"x\"\ndocker.errors.DockerException: Error while "
         "fetching server "
         "API version: ('Connection aborted.', FileNotFoundError(2, 'No such file or directory'))",
         Fault::Unavailable, "systemctl start docker"},
        {"Got permission denied while trying to connect to the Docker daemon socket at "
         "unix:///var/run/docker.sock",
         Fault::Denied, "usermod -aG docker"},
        {"docker.errors.DockerException: Error while fetching server API version: ('Connection aborted.', "
         "PermissionError(13, 'Permission denied'))",
         Fault::Denied, "usermod -aG docker"},
        {"unknown shorthand flag: 'd' in -d\nSee 'docker --help'.", Fault::NotFound, "docker-compose-plugin"},
        {"docker: unknown command: docker compose", Fault::NotFound, "docker-compose-plugin"},
        {"Unable to find image 'kafka:3' locally\ndocker: Error response from daemon: Get "
         "\"https://registry-1.docker.io/v2/\": "
         "dial tcp: lookup registry-1.docker.io: no such host.",
         Fault::Unavailable, "registry cannot be reached"},
        {"Error response from daemon: pull access denied for nope, repository does not exist or may require "
         "'docker login'",
         Fault::NotFound, "no such image"},
        {"Error response from daemon: manifest for kafka:nope not found: manifest unknown", Fault::NotFound,
         "no such image"},
        {"docker: Error response from daemon: driver failed programming external connectivity: Bind for "
         "0.0.0.0:9092 "
         "failed: port is already allocated.",
         Fault::Unavailable, "the port is taken"},
        {"Error starting userland proxy: listen tcp4 0.0.0.0:9092: bind: address already in use.",
         Fault::Unavailable, "the port is taken"},
        {"docker: Error response from daemon: Conflict. The container name \"/kafka\" is already in use by "
         "container \"1f\".",
         Fault::Invalid, "with that name"},
        {"write /var/lib/docker/x: no space left on device", Fault::Unavailable, "the disk is full"},
        {"something new", Fault::Unavailable, "failed with exit code 125: something new"},
    };
    for (const Row& row : rows) {
        const Error error = docker_failure(row.output, 125, "docker run");
        EXPECT_EQ(error.fault, row.fault) << row.output;
        EXPECT_THAT(error.what, HasSubstr(row.says)) << row.output;
    }
}

TEST(Docker, InspectIsReadAndDamagedAnswersAreNoTrouble) {
    const std::string json =
        R"([{"Id":"abc","Name":"/kafka","Config":{"Image":"kafka:3"},"State":{"Status":"exited","ExitCode":137,)"
        R"("OOMKilled":true,"Error":"","Health":{"Status":"starting"}},"NetworkSettings":{"Ports":{"9092/tcp":)"
        R"([{"HostIp":"0.0.0.0","HostPort":"9092"},{"HostIp":"::","HostPort":"9092"}],"1/udp":null}}}])";
    const auto containers = must(read_containers(json));
    ASSERT_EQ(containers.size(), 1u);
    EXPECT_EQ(containers[0].name, "kafka");
    EXPECT_EQ(containers[0].exit_code, 137);
    EXPECT_EQ(containers[0].health, "starting");
    EXPECT_TRUE(containers[0].out_of_memory);
    EXPECT_EQ(containers[0].ports, std::vector<std::string>{"9092->9092/tcp"});
    for (std::size_t size = 0; size < json.size(); ++size)
        EXPECT_FALSE(read_containers(json.substr(0, size)));
    EXPECT_TRUE(read_containers("[1, null, {\"State\":[]}]"));
    EXPECT_FALSE(read_containers("{}"));
}

TEST(Services, ComposeFilesAndScriptsAreFound) {
    const auto folder = test::temporary_folder();
    must(write_file(
        folder.path() / "deploy/docker-compose.dev.yml",
        "# x\nversion: '3'\nservices:\n  kafka:\n    image: \"apache/kafka:3.9\"  # pinned\n    ports:\n"
        "      - \"9092:9092\"\n      - 9093:9093\n    environment:\n      - A=b\n  app:\n    build: .\n"
        "volumes:\n  data:\n"));
    must(write_file(folder.path() / "scripts/up.sh",
                    "#!/bin/sh\n# docker run nothing\ndocker run -d kafka\n"));
    must(write_file(folder.path() / "node_modules/x/compose.yml", "services:\n  no:\n    image: no\n"));
    const ServiceFiles found = find_service_files(folder.path());
    ASSERT_EQ(found.compose.size(), 1u);
    ASSERT_EQ(found.compose[0].services.size(), 2u);
    EXPECT_EQ(found.compose[0].services[0].name, "kafka");
    EXPECT_EQ(found.compose[0].services[0].image, "apache/kafka:3.9");
    EXPECT_EQ(found.compose[0].services[0].ports, (std::vector<std::string>{"9092:9092", "9093:9093"}));
    EXPECT_EQ(found.compose[0].services[1].name, "app");
    ASSERT_EQ(found.scripts.size(), 1u);
    EXPECT_EQ(found.scripts[0].line, 3);
    EXPECT_TRUE(services_in("services:\n\t- x\n : :\nservices: {a: b}\n").empty());
}

TEST(Started, WhatWasStartedIsKeptUntilItIsStopped) {
    const auto folder = test::temporary_folder();
    const fs::path file = folder.path() / "containers.json";
    StartedContainers started = must(StartedContainers::load(file));
    must(started.add({"0123456789abcdef", "kafka", "/x/compose.yml", true}));
    must(started.add({"0123456789abcdef", "kafka", "/x/compose.yml", true}));
    const StartedContainers again = must(StartedContainers::load(file));
    ASSERT_EQ(again.all().size(), 1u);
    EXPECT_EQ(again.all()[0], started.all()[0]);
    EXPECT_NE(again.find("kafka"), nullptr);
    EXPECT_NE(again.find("0123456789ab"), nullptr);
    EXPECT_EQ(again.find("0123"), nullptr);
    must(started.remove("0123456789abcdef"));
    EXPECT_FALSE(fs::exists(file));
    must(write_file(file, "{"));
    EXPECT_EQ(StartedContainers::load(file).error().fault, Fault::Corrupt);
}

}  // namespace
}  // namespace culprit
