// container: finds how a repository starts the services it needs, starts them, waits until they answer, and
// stops what it started.
#include <algorithm>
#include <set>
#include <thread>

#include "base/text.h"
#include "memory/project_memory.h"
#include "tools/run/ready.h"
#include "tools/run/services.h"
#include "tools/run/started.h"
#include "tools/run/tools.h"
#include "tools/run/words.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto kStartLimit = 10min;  // an image may have to be pulled
constexpr std::size_t kMostLog = 4000;
constexpr int kFailLines = 40;  // of a container's log with a failure
constexpr int kPatience = 4;    // answers in a row that say waiting is of no use

// What one call works with.
struct Work {
    const Args& args;
    Workbench& bench;
    Docker docker;
    StartedContainers started;
};

std::string state_text(const ContainerState& each) {
    std::string text = fmt::format("{} ({}): {}", each.name, each.image, each.status);
    if (!each.is_running()) text += fmt::format(", exit code {}", each.exit_code);
    if (!each.health.empty()) text += ", " + each.health;
    if (!each.ports.empty()) text += ", ports " + join(each.ports, ", ");
    return text + "\n";
}

Json state_json(const ContainerState& each) {
    return {{"id", each.id},         {"name", each.name},           {"image", each.image},
            {"status", each.status}, {"exit_code", each.exit_code}, {"health", each.health},
            {"ports", each.ports}};
}

std::string log_tail(const Docker& docker, const std::string& id, int lines) {
    const std::string log(trim(docker.logs(id, lines)));
    if (log.empty()) return "its log is empty";
    return fmt::format("its log ends with:\n{}",
                       log.size() > kMostLog ? log.substr(log.size() - kMostLog) : log);
}

// Fails if one of the containers does not run: with its exit code, why, and its log.
Result<> check_running(const Docker& docker, const std::vector<ContainerState>& containers) {
    for (const ContainerState& each : containers) {
        if (each.is_running() || each.status == "restarting") continue;
        std::string why = each.out_of_memory ? " (it ran out of memory)" : "";
        if (!each.error.empty()) why += " (" + each.error + ")";
        return fail(Fault::Unavailable, "the container {} of {} ended with exit code {}{}; {}", each.name,
                    each.image, each.exit_code, why, log_tail(docker, each.id, kFailLines));
    }
    return {};
}

std::string port_of_host(const ContainerState& container) {
    for (const std::string& port : container.ports) {
        if (port.ends_with("/tcp")) return port.substr(0, port.find("->"));
    }
    return {};
}

// How to ask if nobody says: the image's own check, Kafka by its name, else the published port.
std::optional<ReadyCheck> usual_check(const std::vector<ContainerState>& containers) {
    for (const ContainerState& each : containers) {
        if (!each.health.empty()) return ReadyCheck{.how = ReadyCheck::How::Health};
    }
    for (const ContainerState& each : containers) {
        const std::string port = port_of_host(each);
        if (port.empty()) continue;
        const bool is_kafka =
            contains_ignoring_case(each.image, "kafka") || contains_ignoring_case(each.image, "redpanda");
        const auto check = parse_ready_check((is_kafka ? "kafka://localhost:" : "tcp://localhost:") + port);
        if (check) return *check;
    }
    return std::nullopt;
}

// What the call asks for; nothing if it is left to us.
Result<std::optional<ReadyCheck>> check_asked_for(const Args& args) {
    if (args.text("ready").empty()) return std::optional<ReadyCheck>();
    TRY(ReadyCheck check, parse_ready_check(args.text("ready")));
    return std::optional<ReadyCheck>(std::move(check));
}

Result<std::vector<ContainerState>> look_at(const Docker& docker, const std::vector<std::string>& ids) {
    if (ids.empty()) return std::vector<ContainerState>{};
    return docker.inspect(ids);
}

// Asks until the service answers, one of its containers ends, or the time is over.
Result<std::string> wait_until_ready(Work& work, const ReadyCheck& check,
                                     const std::vector<std::string>& ids) {
    const auto limit = std::chrono::seconds(work.args.integer("limit"));
    const auto start = steady_clock::now();
    int hopeless = 0;
    for (;;) {
        TRY(const auto containers, look_at(work.docker, ids));
        TRY_OK(check_running(work.docker, containers));
        auto answer = ask_ready(check, containers, work.bench.stop);
        const auto waited = std::chrono::duration<double>(steady_clock::now() - start);
        if (answer) return fmt::format("{}, after {:.1f} s", *answer, waited.count());
        if (answer.error().fault == Fault::Cancelled) return std::unexpected(answer.error());
        hopeless = answer.error().fault == Fault::Invalid ? hopeless + 1 : 0;
        if (hopeless == kPatience) return std::unexpected(answer.error());
        if (waited >= limit) {
            return fail(Fault::TimedOut, "{} was not ready after {} s: {}{}", ready_text(check),
                        limit.count(), answer.error().what,
                        ids.empty() ? "" : "; " + log_tail(work.docker, ids.front(), kFailLines));
        }
        work.bench.progress(
            fmt::format("waiting for {}: {}", ready_text(check), one_line(answer.error().what, 100)),
            waited / std::chrono::duration<double>(limit));
        std::this_thread::sleep_for(300ms);
        if (work.bench.stop.stop_requested()) return std::unexpected(cancelled());
    }
}

Output output_of(std::string text, const std::vector<ContainerState>& containers) {
    Json rows = Json::array();
    for (const ContainerState& each : containers) rows.push_back(state_json(each));
    return {.text = std::move(text), .data = {{"containers", std::move(rows)}}};
}

std::set<std::string> running_ids(const std::vector<ContainerState>& containers) {
    std::set<std::string> ids;
    for (const ContainerState& each : containers) {
        if (each.is_running()) ids.insert(each.id);
    }
    return ids;
}

std::vector<std::string> image_words(const Args& args, std::vector<std::string> command) {
    std::vector<std::string> words = {"run", "-d", "--label", "culprit"};
    if (!args.text("name").empty()) words.insert(words.end(), {"--name", args.text("name")});
    for (const std::string& each : args.list("ports")) words.insert(words.end(), {"-p", each});
    for (const std::string& each : args.list("environment")) words.insert(words.end(), {"-e", each});
    words.push_back(args.text("image"));
    words.insert(words.end(), std::make_move_iterator(command.begin()),
                 std::make_move_iterator(command.end()));
    return words;
}

std::vector<std::string> up_words(const Args& args) {
    std::vector<std::string> words = {"up", "-d"};
    words.insert(words.end(), args.list("services").begin(), args.list("services").end());
    return words;
}

// A container that could not be started stays behind as "created": it is of no use to anyone.
void remove_what_never_ran(const Docker& docker, const std::set<std::string>& before) {
    const auto after = docker.inspect();
    if (!after) return;
    for (const ContainerState& each : *after) {
        if (each.status == "created" && !before.contains(each.id))
            static_cast<void>(docker.run({"rm", "-f", each.id}));
    }
}

Result<> start_image(Work& work) {
    TRY(std::vector<std::string> command, split_words(work.args.text("command")));
    TRY(const std::string printed, work.docker.run(image_words(work.args, std::move(command)), kStartLimit));
    const auto lines = split_lines(trim(printed));
    const std::string id(lines.empty() ? "" : lines.back());
    TRY(const auto containers, work.docker.inspect({id}));
    return work.started.add({id, containers.empty() ? "" : containers.front().name, {}, true});
}

Result<> start_compose(Work& work, const fs::path& file, const std::set<std::string>& before) {
    const auto ids_of = [&]() -> Result<std::vector<std::string>> {
        TRY(const std::string printed, work.docker.compose(file, {"ps", "-q"}, 1min));
        std::vector<std::string> ids;
        for (const std::string_view line : split_lines(printed)) ids.emplace_back(trim(line));
        return ids;
    };
    TRY(const auto known, ids_of());
    auto up = work.docker.compose(file, up_words(work.args), kStartLimit);
    TRY(const auto now, ids_of());
    for (const std::string& id : now) {
        if (before.contains(id)) continue;
        TRY(const auto containers, work.docker.inspect({id}));
        TRY_OK(
            work.started.add({id, containers.empty() ? "" : containers.front().name, file, known.empty()}));
    }
    if (!up) return std::unexpected(std::move(up).error());
    return {};
}

std::vector<std::string> ids_since(const StartedContainers& started, std::size_t first) {
    std::vector<std::string> ids;
    for (std::size_t i = first; i < started.all().size(); ++i) ids.push_back(started.all()[i].id);
    return ids;
}

Result<Output> up(Work& work) {
    const bool by_image = !work.args.text("image").empty();
    if (by_image == !work.args.text("file").empty())
        return fail(Fault::Invalid, "give either file (a compose file; action find lists them) or image");
    TRY(std::optional<ReadyCheck> check, check_asked_for(work.args));
    if (check && check->how != ReadyCheck::How::Health) {
        if (const auto answer = ask_ready(*check, {}, work.bench.stop))
            return output_of(*answer + "; it runs already, nothing was started\n", {});
    }
    TRY(const auto all, work.docker.inspect());
    const std::set<std::string> before = running_ids(all);
    std::set<std::string> known;
    for (const ContainerState& each : all) known.insert(each.id);
    work.bench.progress("starting containers", -1);
    const std::size_t first = work.started.all().size();
    Result<> begun;
    if (by_image) {
        begun = start_image(work);
    } else {
        TRY(const fs::path file, work.bench.roots.resolve(work.args.text("file")));
        begun = start_compose(work, file, before);
    }
    if (!begun) {
        remove_what_never_ran(work.docker, known);
        return std::unexpected(std::move(begun).error());
    }
    const std::vector<std::string> ids = ids_since(work.started, first);
    std::this_thread::sleep_for(300ms);  // what cannot run ends at once
    TRY(auto containers, look_at(work.docker, ids));
    TRY_OK(check_running(work.docker, containers));
    if (!check) check = usual_check(containers);
    std::string text = ids.empty() ? "all of it ran already, nothing was started\n" : "started:\n";
    for (const ContainerState& each : containers) text += "  " + state_text(each);
    if (check) {
        TRY(const std::string answer, wait_until_ready(work, *check, ids));
        text += answer + "\n";
    } else if (!ids.empty()) {
        text += "it publishes no port and has no health check: whether it is ready is not known\n";
    }
    if (!ids.empty()) text += "action down stops what was started\n";
    return output_of(std::move(text), containers);
}

Result<Output> wait(Work& work) {
    TRY(const auto check, check_asked_for(work.args));
    std::vector<std::string> ids;
    if (!work.args.text("container").empty())
        ids.push_back(work.args.text("container"));
    else if (!check || check->how == ReadyCheck::How::Health)
        ids = ids_since(work.started, 0);
    TRY(const auto containers, look_at(work.docker, ids));
    const auto usual = check ? check : usual_check(containers);
    if (!usual)
        return fail(Fault::Invalid, "say how to ask the service with ready, such as kafka://localhost:9092");
    TRY(const std::string answer, wait_until_ready(work, *usual, ids));
    return output_of(answer + "\n", containers);
}

Result<Output> status(Work& work) {
    TRY(const auto containers, work.docker.inspect());
    std::string text;
    for (const ContainerState& each : containers) {
        text += state_text(each);
        if (work.started.find(each.id)) text.insert(text.size() - 1, "; started by culprit");
    }
    return output_of(text.empty() ? "there is no container, running or stopped\n" : text, containers);
}

Result<Output> logs(Work& work) {
    const std::string& named = work.args.text("container");
    if (named.empty() && work.started.all().empty())
        return fail(Fault::Invalid, "name the container; action status lists them");
    const std::string id = named.empty() ? work.started.all().back().id : named;
    TRY(const auto containers, work.docker.inspect({id}));
    std::string text = containers.empty() ? "" : state_text(containers.front());
    const std::string log = work.docker.logs(id, static_cast<int>(work.args.integer("lines")));
    return output_of(text + (log.empty() ? "(it printed nothing)\n" : log), containers);
}

// Together with all else that its file brought, networks too.
bool is_by_compose(const StartedContainer& each) {
    std::error_code code;
    return !each.compose.empty() && each.whole && fs::exists(each.compose, code);
}

Result<> stop_one(Work& work, const StartedContainer& each) {
    if (is_by_compose(each)) {
        TRY_OK(work.docker.compose(each.compose, {"down"}, 3min));
        return {};
    }
    static_cast<void>(work.docker.run({"stop", "-t", "10", each.id}));
    auto removed = work.docker.run({"rm", "-f", "-v", each.id});
    if (!removed && removed.error().fault != Fault::NotFound)
        return std::unexpected(std::move(removed).error());
    return {};
}

Result<Output> down(Work& work) {
    std::vector<StartedContainer> which = work.started.all();
    if (const std::string& named = work.args.text("container"); !named.empty()) {
        const StartedContainer* one = work.started.find(named);
        if (!one)
            return fail(Fault::Denied,
                        "{} was not started by culprit, so it does not stop it; 'docker stop {}' does", named,
                        named);
        which = {*one};
    }
    std::string text;
    for (const StartedContainer& each : which) {
        work.bench.progress("stopping " + each.name, -1);
        TRY_OK(stop_one(work, each));
        TRY_OK(work.started.remove(each.id));
        text += fmt::format("stopped and removed {}\n", each.name);
    }
    return output_of(text.empty() ? "nothing to stop: culprit started no container\n" : text, {});
}

Output find(Workbench& bench) {
    std::string text;
    Json compose = Json::array(), scripts = Json::array();
    for (const Root* root : bench.roots.sources()) {
        const ServiceFiles found = find_service_files(root->path);
        for (const ComposeFile& file : found.compose) {
            Json services = Json::array();
            text += fmt::format("{} (compose)\n", bench.roots.shown(file.path));
            for (const ComposeService& each : file.services) {
                text += fmt::format("  {}: {}{}\n", each.name, each.image.empty() ? "built here" : each.image,
                                    each.ports.empty() ? "" : ", ports " + join(each.ports, ", "));
                services.push_back({{"name", each.name}, {"image", each.image}, {"ports", each.ports}});
            }
            compose.push_back({{"file", bench.roots.shown(file.path)}, {"services", std::move(services)}});
        }
        for (const DockerLine& each : found.scripts) {
            text += fmt::format("{}:{}: {}\n", bench.roots.shown(each.path), each.line, each.text);
            scripts.push_back(
                {{"file", bench.roots.shown(each.path)}, {"line", each.line}, {"text", each.text}});
        }
        if (found.was_cut) text += fmt::format("({} is larger than what was looked at)\n", root->name);
    }
    if (text.empty()) text = "no compose file and no script that calls docker is in the roots\n";
    return {.text = std::move(text),
            .data = {{"compose", std::move(compose)}, {"scripts", std::move(scripts)}}};
}

Result<StartedContainers> started_here(const Workbench& bench) {
    return StartedContainers::load(bench.memory.folder().parent_path() / "containers.json");
}

std::vector<std::string> compose_words(const fs::path& file, std::vector<std::string> more) {
    more.insert(more.begin(), {"docker", "compose", "-f", file.string()});
    return more;
}

// What `docker` is called with, as far as that is known before it is.
Result<std::vector<Start>> starts_of(const Args& args, const Workbench& bench) {
    const std::string &action = args.text("action"), &named = args.text("container");
    std::vector<Start> starts;
    if (action == "up" && !args.text("file").empty()) {
        TRY(const fs::path file, bench.roots.resolve(args.text("file")));
        starts.push_back({.argv = compose_words(file, up_words(args)), .folder = file.parent_path()});
    } else if (action == "up") {
        TRY(std::vector<std::string> words, split_words(args.text("command")));
        words = image_words(args, std::move(words));
        words.insert(words.begin(), "docker");
        starts.push_back({.argv = std::move(words)});
    } else if (action == "down") {
        TRY(const StartedContainers started, started_here(bench));
        for (const StartedContainer& each : started.all()) {
            if (!named.empty() && started.find(named) != &each) continue;
            starts.push_back({.argv = is_by_compose(each)
                                          ? compose_words(each.compose, {"down"})
                                          : std::vector<std::string>{"docker", "rm", "-f", "-v", each.name}});
        }
    } else if (action == "logs") {
        starts.push_back({.argv = {"docker", "logs", named}});
    } else if (action != "find") {
        starts.push_back({.argv = {"docker", "ps", "-a"}});
    }
    const bool asks_service = (action == "up" || action == "wait") && !args.text("ready").empty();
    if (asks_service)
        starts.push_back({.argv = {"culprit", "container", "wait", "--ready", args.text("ready")}});
    return starts;
}

// Whether a service is ready culprit asks itself, over the network.
Result<Plan> plan_container(const Args& args, Workbench& bench) {
    TRY(std::vector<Start> starts, starts_of(args, bench));
    Plan plan{.starts = std::move(starts)};
    if (plan.starts.empty()) return plan;
    plan.needs = docker_needs();
    const std::string& action = args.text("action");
    plan.needs.network |= action == "up" || action == "wait";
    return plan;
}

Result<Output> run_container(const Args& args, Workbench& bench) {
    const std::string& action = args.text("action");
    if (action == "find") return find(bench);
    if (args.integer("limit") < 1 || args.integer("lines") < 1)
        return fail(Fault::Invalid, "limit and lines must be at least 1");
    TRY(const Runner* const runner, runner_of(bench));
    TRY(Docker docker, Docker::find(*runner, bench.stop));
    TRY(StartedContainers started, started_here(bench));
    Work work{args, bench, std::move(docker), std::move(started)};
    if (action == "up") return up(work);
    if (action == "wait") return wait(work);
    if (action == "logs") return logs(work);
    if (action == "down") return down(work);
    return status(work);
}

}  // namespace

Tool container_tool() {
    return {
        "container",
        "container",
        "Start the services that a program needs in containers (docker, compose) and wait until they answer "
        "in their "
        "own protocol. find lists how the repository starts them; status what runs; up starts a compose "
        "file's "
        "services or an image, unless it answers already; wait asks until it answers; logs; down stops only "
        "what up "
        "started.",
        Effect::Runs,
        {{"action", Kind::String, "what to do", Required{}, {"find", "status", "up", "wait", "logs", "down"}},
         {"file", Kind::Path, "up: the compose file", ""},
         {"services", Kind::Strings, "up: only these services of the file", ""},
         {"image", Kind::String, "up: an image instead of a file", ""},
         {"name", Kind::String, "up: a name for the image's container", ""},
         {"ports", Kind::Strings, "up: published ports of the image, \"9092:9092\"", ""},
         {"environment", Kind::Strings, "up: variables for the image, \"NAME=value\"", ""},
         {"command", Kind::String, "up: the command of the image's container, quoted as for a shell", ""},
         {"ready", Kind::String,
          "up, wait: how to ask whether it is ready: kafka://localhost:9092, http://localhost:8080/health, "
          "tcp://localhost:5432 or health (the image's check); empty: by what the container is",
          ""},
         {"limit", Kind::Integer, "up, wait: seconds until it must be ready", std::int64_t{120}},
         {"container", Kind::String, "wait, logs, down: a container's name or id; empty: what was started",
          ""},
         {"lines", Kind::Integer, "logs: how many, from the end", std::int64_t{100}}},
        run_container,
        "container up --file docker-compose.yml --services kafka --ready kafka://localhost:9092",
        plan_container};
}

}  // namespace culprit
