#include "tools/run/docker.h"

#include <algorithm>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/process.h"
#include "base/text.h"

namespace culprit {
namespace {

struct DockerTrouble {
    std::string_view words;
    Fault fault;
    std::string_view what;
};

constexpr std::string_view kNotRunning =
    "Docker is installed but its daemon does not run: 'sudo systemctl start docker' (or start Docker "
    "Desktop), then again";
constexpr std::string_view kNoPermission =
    "you may not talk to the Docker daemon: 'sudo usermod -aG docker $USER' and a new login, or run it "
    "rootless";
constexpr std::string_view kNoCompose =
    "docker compose is not installed: install docker-compose-plugin (or docker-compose), or start the image "
    "by itself";
constexpr std::string_view kNoImage =
    "there is no such image, or it needs a login: check its name and tag, 'docker login' if it is private";
constexpr std::string_view kNoRegistry =
    "the image is not here and the registry cannot be reached: pull it where there is a network, or 'docker "
    "load' it";
constexpr std::string_view kPortTaken =
    "the port is taken: another container (docker ps) or program (ss -ltnp) listens there; if it is the "
    "service itself "
    "use that, else stop it or publish another port";

// The first that is found counts: what says more stands before what says less.
constexpr DockerTrouble kTroubles[] = {
    {"permission denied while trying to connect", Fault::Denied, kNoPermission},
    {"PermissionError", Fault::Denied, kNoPermission},
    {"Permission denied: '/var/run/docker.sock'", Fault::Denied, kNoPermission},
    {"Cannot connect to the Docker daemon", Fault::Unavailable, kNotRunning},
    {"error during connect", Fault::Unavailable, kNotRunning},
    {"failed to connect to the docker API", Fault::Unavailable, kNotRunning},
    {"docker.errors.DockerException", Fault::Unavailable, kNotRunning},
    {"Couldn't connect to Docker daemon", Fault::Unavailable, kNotRunning},
    {"unknown shorthand flag: 'f'", Fault::NotFound, kNoCompose},
    {"unknown shorthand flag: 'd'", Fault::NotFound, kNoCompose},
    {"unknown command: docker compose", Fault::NotFound, kNoCompose},
    {"'compose' is not a docker command", Fault::NotFound, kNoCompose},
    {"port is already allocated", Fault::Unavailable, kPortTaken},
    {"address already in use", Fault::Unavailable, kPortTaken},
    {"is already in use by container", Fault::Invalid,
     "a container with that name is there already: use it, remove it (docker rm), or take another name"},
    {"toomanyrequests", Fault::Unavailable,
     "the registry refuses more pulls for now: 'docker login', or wait"},
    {"pull access denied", Fault::NotFound, kNoImage},
    {"repository does not exist", Fault::NotFound, kNoImage},
    {"manifest unknown", Fault::NotFound, kNoImage},
    {"no such host", Fault::Unavailable, kNoRegistry},
    {"dial tcp", Fault::Unavailable, kNoRegistry},
    {"TLS handshake timeout", Fault::Unavailable, kNoRegistry},
    {"Client.Timeout exceeded", Fault::Unavailable, kNoRegistry},
    {"i/o timeout", Fault::Unavailable, kNoRegistry},
    {"manifest for", Fault::NotFound, kNoImage},
    {"invalid reference format", Fault::Invalid,
     "that is no name of an image: 'kafka', 'apache/kafka:3.9' are"},
    {"no space left on device", Fault::Unavailable,
     "the disk is full: 'docker system df' shows what Docker holds"},
    {"executable file not found", Fault::Invalid, "the image has no such program to start"},
    {"No such container", Fault::NotFound, "that container is gone"},
    {"No such service", Fault::NotFound, "the compose file has no such service"},
    {"no such service", Fault::NotFound, "the compose file has no such service"},
    {"no configuration file provided", Fault::NotFound, "there is no compose file"},
    {"yaml:", Fault::Invalid, "the compose file is no valid YAML"},
    {"validation failed", Fault::Invalid, "the compose file is not valid"},
    {"is invalid because", Fault::Invalid, "the compose file is not valid"},
};

// The line that says why: docker's comes with "Error", the last line else.
std::string essence(std::string_view output) {
    std::string_view best;
    for (const std::string_view line : split_lines(output)) {
        if (trim(line).empty() || line.find("See 'docker") == 0 || line.find("Run 'docker") == 0) continue;
        const bool tells =
            line.find("rror") != std::string_view::npos || line.find("denied") != std::string_view::npos;
        if (tells || best.find("rror") == std::string_view::npos) best = line;
    }
    return one_line(trim(best), 300);
}

std::vector<std::string> ports_of(const Json& ports) {
    std::vector<std::string> rows;
    if (!ports.is_object()) return rows;
    for (const auto& [inside, bindings] : ports.items()) {
        if (!bindings.is_array()) continue;
        for (const Json& each : bindings) {
            std::string row = fmt::format("{}->{}", text_at(each, "HostPort"), inside);
            if (std::ranges::find(rows, row) == rows.end()) rows.push_back(std::move(row));  // IPv4 and IPv6
        }
    }
    return rows;
}

fs::path home_file(const char* name) {
    const char* home = std::getenv("HOME");
    return home ? fs::path(home) / name : fs::path();
}

fs::path settings_folder() {
    const char* named = std::getenv("DOCKER_CONFIG");
    return named && *named ? fs::path(named) : home_file(".docker");
}

// The address of the context that was chosen with `docker context use`; empty: the usual one.
std::string context_address() {
    const char* named = std::getenv("DOCKER_CONTEXT");
    std::string context = named ? named : "";
    const fs::path folder = settings_folder();
    const auto settings = read_file(folder / "config.json", 1u << 20);
    if (context.empty() && settings)
        if (const auto json = parse_json(*settings, "docker's settings"))
            context = text_at(*json, "currentContext");
    std::error_code code;
    for (fs::directory_iterator entry(folder / "contexts/meta", code), end; !code && entry != end;
         entry.increment(code)) {
        const auto text = read_file(entry->path() / "meta.json", 1u << 20);
        const auto json = text ? parse_json(*text, "a context of docker") : Result<Json>(Json());
        if (json && text_at(*json, "Name") == context)
            return text_at(member(member(*json, "Endpoints"), "docker"), "Host");
    }
    return {};
}

// "unix:///run/docker.sock", "tcp://10.0.0.7:2376", "ssh://me@host".
std::string daemon_address() {
    if (const char* host = std::getenv("DOCKER_HOST"); host && *host) return host;
    const std::string of_context = context_address();
    return of_context.empty() ? "unix:///var/run/docker.sock" : of_context;
}

}  // namespace

Error docker_failure(std::string_view output, int exit_code, std::string_view doing) {
    const auto known = std::ranges::find_if(kTroubles, [&](const DockerTrouble& each) {
        return output.find(each.words) != std::string_view::npos;
    });
    const std::string said = essence(output);
    if (known == std::end(kTroubles))
        return {Fault::Unavailable, fmt::format("'{}' failed with exit code {}: {}", doing, exit_code, said)};
    return {known->fault, fmt::format("{} ('{}', exit code {}: {})", known->what, doing, exit_code, said)};
}

Needs docker_needs() {
    constexpr std::string_view kSocket = "unix://";
    Needs needs;
    std::error_code code;
    const std::string address = daemon_address();
    if (address.starts_with("ssh://")) {
        needs.unconfined = true;  // the person's own ssh
    } else if (!address.starts_with(kSocket)) {
        needs.network = true;
    } else if (const auto socket = real_path(address.substr(kSocket.size()));
               socket && fs::exists(*socket, code)) {
        needs.sockets.push_back(*socket);  // else docker says that the daemon does not run
    }
    if (const auto settings = real_path(settings_folder()); settings && fs::exists(*settings, code))
        needs.reads.push_back(*settings);
    return needs;
}

Result<Finished> Docker::finish(std::vector<std::string> argv, const fs::path& folder,
                                std::chrono::milliseconds limit) const {
    TRY(const Command command, runner_.boxed({.argv = std::move(argv),
                                              .folder = folder,
                                              .environment = {"DOCKER_CLI_HINTS=false"},
                                              .limit = limit},
                                             needs_));
    return culprit::run(command, stop_);
}

Result<std::string> Docker::output_of(std::vector<std::string> argv, const fs::path& folder,
                                      std::chrono::milliseconds limit) const {
    const std::string doing = join(argv, " ");
    TRY(const Finished finished, finish(std::move(argv), folder, limit));
    if (finished.end == Finished::End::TimedOut)
        return fail(Fault::TimedOut, "'{}' had not ended after {}; it said: {}", doing,
                    duration_text(static_cast<double>(limit.count()) * 1e6),
                    essence(finished.err + finished.out));
    if (finished.exit_code == 0) return finished.out;
    return std::unexpected(docker_failure(finished.err + "\n" + finished.out, finished.exit_code, doing));
}

Result<Docker> Docker::find(const Runner& runner, std::stop_token stop) {
    if (find_program("docker").empty())
        return fail(Fault::NotFound,
                    "Docker is not installed (no 'docker' in PATH): https://docs.docker.com/engine/install, "
                    "or start the service by hand and use its address");
    return Docker(runner, std::move(stop));
}

Result<std::string> Docker::run(const std::vector<std::string>& words,
                                std::chrono::milliseconds limit) const {
    std::vector<std::string> argv = {"docker"};
    argv.insert(argv.end(), words.begin(), words.end());
    return output_of(std::move(argv), {}, limit);
}

Result<std::string> Docker::compose(const fs::path& file, const std::vector<std::string>& words,
                                    std::chrono::milliseconds limit) const {
    std::vector<std::string> argv = {"docker", "compose"};
    const auto plugin = output_of({"docker", "compose", "version"}, {}, std::chrono::seconds(20));
    if (!plugin) {
        if (plugin.error().fault == Fault::Cancelled) return std::unexpected(plugin.error());
        if (find_program("docker-compose").empty()) return fail(Fault::NotFound, "{}", kNoCompose);
        argv = {"docker-compose"};
    }
    argv.insert(argv.end(), {"-f", file.string()});
    argv.insert(argv.end(), words.begin(), words.end());
    return output_of(std::move(argv), file.parent_path(), limit);
}

Result<std::vector<ContainerState>> Docker::inspect(const std::vector<std::string>& ids) const {
    std::vector<std::string> words = ids;
    if (words.empty()) {
        TRY(const std::string all, run({"ps", "-aq", "--no-trunc"}));
        for (const std::string_view line : split_lines(all)) words.emplace_back(line);
    }
    if (words.empty()) return std::vector<ContainerState>{};
    words.insert(words.begin(), {"inspect", "--type", "container"});
    TRY(const std::string json, run(words));
    return read_containers(json);
}

std::string Docker::logs(const std::string& id, int lines) const {
    const auto finished =
        finish({"docker", "logs", "--tail", std::to_string(lines), id}, {}, std::chrono::seconds(20));
    return finished ? finished->out + finished->err : finished.error().what;
}

Result<std::vector<ContainerState>> read_containers(std::string_view json) {
    TRY(const Json list, parse_json(json, "the answer of docker inspect"));
    if (!list.is_array()) return fail(Fault::Invalid, "the answer of docker inspect is no list");
    std::vector<ContainerState> containers;
    for (const Json& each : list) {
        const Json& state = member(each, "State");
        std::string name = text_at(each, "Name");
        if (name.starts_with('/')) name.erase(0, 1);
        containers.push_back({.id = text_at(each, "Id"),
                              .name = std::move(name),
                              .image = text_at(member(each, "Config"), "Image"),
                              .status = text_at(state, "Status"),
                              .exit_code = static_cast<int>(integer_at(state, "ExitCode")),
                              .health = text_at(member(state, "Health"), "Status"),
                              .error = text_at(state, "Error"),
                              .out_of_memory = flag_at(state, "OOMKilled"),
                              .ports = ports_of(member(member(each, "NetworkSettings"), "Ports"))});
    }
    return containers;
}

}  // namespace culprit
