// docker and compose, through their command lines; what they say when they cannot, and the next step.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "tools/run/runner.h"

namespace culprit {

struct ContainerState {
    std::string id, name, image;
    std::string status;  // docker's word: "created", "running", "exited"
    int exit_code = 0;
    std::string health;  // "starting", "healthy", "unhealthy"; empty if the image has no check
    std::string error;   // why it could not be started
    bool out_of_memory = false;
    std::vector<std::string> ports;  // "9092->9092/tcp": of this machine, and in the container
    bool is_running() const { return status == "running"; }
};

// What the docker program needs: the socket of its daemon, as DOCKER_HOST or the chosen context has it (the
// network, if that is on another machine), and the person's settings for it.
Needs docker_needs();

class Docker {
  public:
    // Fails with NotFound if docker is not installed. The runner's call was granted docker_needs().
    static Result<Docker> find(const Runner& runner, std::stop_token stop);

    // The output of `docker WORDS...`. Fails as docker_failure has it.
    Result<std::string> run(const std::vector<std::string>& words,
                            std::chrono::milliseconds limit = std::chrono::minutes(1)) const;

    // The same for compose: the plug-in of docker, or the older docker-compose. Fails with NotFound if there
    // is neither.
    Result<std::string> compose(const fs::path& file, const std::vector<std::string>& words,
                                std::chrono::milliseconds limit) const;

    // The containers with these ids or names, whole ids; all that there are if none are given, stopped ones
    // too.
    Result<std::vector<ContainerState>> inspect(const std::vector<std::string>& ids = {}) const;

    // The end of what a container printed, stdout and stderr.
    std::string logs(const std::string& id, int lines) const;

  private:
    Docker(const Runner& runner, std::stop_token stop) : runner_(runner), stop_(std::move(stop)) {}
    Result<Finished> finish(std::vector<std::string> argv, const fs::path& folder,
                            std::chrono::milliseconds limit) const;
    Result<std::string> output_of(std::vector<std::string> argv, const fs::path& folder,
                                  std::chrono::milliseconds limit) const;
    const Runner& runner_;
    const Needs needs_ = docker_needs();
    std::stop_token stop_;
};

// What it means that docker or compose failed so while `doing` ("starting kafka"). One message for each
// cause: not running, no permission, no compose, image not to be had, port or name taken, disk full, bad
// file.
Error docker_failure(std::string_view output, int exit_code, std::string_view doing);

// From the JSON of `docker inspect`. Fails with Invalid if that is none.
Result<std::vector<ContainerState>> read_containers(std::string_view json);

}  // namespace culprit
