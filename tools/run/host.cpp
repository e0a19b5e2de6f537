#include "tools/run/host.h"

#include <array>
#include <thread>

#include "base/text.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;

constexpr auto kConnectLimit = 10s;
constexpr auto kConnectionLimit = std::chrono::hours(12);

std::vector<std::string> ssh_argv(const fs::path& socket, std::vector<std::string> more) {
    std::vector<std::string> argv = {"ssh", "-T"};
    for (const std::string& option :
         {std::string("BatchMode=yes"), fmt::format("ConnectTimeout={}", kConnectLimit.count()),
          std::string("ConnectionAttempts=1"), std::string("ServerAliveInterval=5"),
          std::string("ServerAliveCountMax=3"), std::string("ForwardAgent=no"), std::string("ForwardX11=no"),
          std::string("PermitLocalCommand=no"), std::string("ClearAllForwardings=yes"),
          std::string("LogLevel=ERROR"), "ControlPath=" + socket.string()})
        argv.insert(argv.end(), {"-o", option});
    std::ranges::move(more, std::back_inserter(argv));
    return argv;
}

struct SshFailure {
    std::string_view says;
    Fault fault;
    std::string_view means;
};

// In ssh's own words, OpenSSH 9.2; the first that fits counts.
constexpr std::array<SshFailure, 14> kFailures = {{
    {"Could not resolve hostname", Fault::Unavailable,
     "no host has this name; check it, or give it an entry in ~/.ssh/config"},
    {"Connection refused", Fault::Unavailable,
     "the machine is there, but nothing takes ssh connections at that port: is sshd running, is the port "
     "right?"},
    {"No route to host", Fault::Unavailable, "no way leads to it: is it on, is the VPN up?"},
    {"Network is unreachable", Fault::Unavailable, "no way leads to it: is the network up?"},
    {"timed out during banner exchange", Fault::Unavailable,
     "something takes the connection but does not speak ssh in time"},
    {"Connection timed out", Fault::Unavailable,
     "it does not answer: is it on, does a firewall drop the connection?"},
    {"REMOTE HOST IDENTIFICATION HAS CHANGED", Fault::Denied,
     "its key is not the one that ssh knows: find out why before you go on (ssh-keygen -R forgets the old "
     "one)"},
    {"Host key verification failed", Fault::Denied,
     "ssh does not know its key yet: connect once by hand and look at the key"},
    {"Permission denied (", Fault::Denied,
     "it takes none of your keys: is the user name right, is the key loaded (ssh-add -l)?"},
    {"Too many authentication failures", Fault::Denied,
     "it takes none of the keys that were tried: name one in ~/.ssh/config (IdentityFile, IdentitiesOnly)"},
    {"not responding", Fault::Unavailable, "it stopped answering in the middle"},
    {"closed by remote host", Fault::Unavailable, "it cut the connection"},
    {"Connection reset", Fault::Unavailable, "the connection was cut"},
    {"Broken pipe", Fault::Unavailable, "the connection was cut"},
}};

Error explained(const std::string& host, std::string_view said, std::string_view output) {
    for (const SshFailure& failure : kFailures) {
        if (!said.contains(failure.says)) continue;
        Error error{failure.fault, fmt::format("{}: {}", host, failure.means)};
        error.what += fmt::format(" (ssh: {})", one_line(printable(trim(said)), 300));
        if (!output.empty()) error.what += fmt::format("\nwhat came until then:\n{}", output);
        return error;
    }
    return {Fault::Unavailable,
            fmt::format("{}: ssh failed: {}", host, one_line(printable(trim(said)), 300))};
}

Result<> check_host(const std::string& host) {
    const bool is_plain = host.find_first_of(" \t\n\r'\"`$;|&<>()\\") == std::string::npos;
    if (host.empty() || host.starts_with('-') || !is_plain)
        return fail(Fault::Invalid, "'{}' is no name of a host", one_line(printable(host), 60));
    return {};
}

bool is_there(const fs::path& socket) {
    std::error_code code;
    return fs::is_socket(socket, code);
}

// The connection that all commands to this host share; one that is there already is used.
Result<> connect(Runner& runner, const std::string& host, const fs::path& socket, std::stop_token stop) {
    if (is_there(socket)) return {};
    std::error_code code;
    const fs::path folder = fs::current_path(code);
    TRY(const std::string id,
        runner.start({.start = {.argv = ssh_argv(socket, {"-M", "-N", "--", host}), .folder = folder},
                      .limit = kConnectionLimit}));
    const auto deadline = std::chrono::steady_clock::now() + 2 * kConnectLimit;
    for (;;) {
        TRY(const Background::Status status, runner.background().wait_for_end(id, 50ms, stop));
        if (is_there(socket)) return {};
        const bool is_late = std::chrono::steady_clock::now() > deadline;
        if (status.running && !is_late) continue;
        if (status.running) TRY_OK(runner.background().stop(id));
        TRY(const std::string said, runner.background().take_output(id, 4000));
        return std::unexpected(explained(host, said.empty() ? "Connection timed out" : said, ""));
    }
}

// Ends there too when its time is over, if it can; what it starts carries the mark.
std::string limited_line(const std::string& line, std::chrono::milliseconds limit, const std::string& mark) {
    const auto seconds = std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(limit).count());
    const std::string script = fmt::format(
        "export {}; command -v timeout >/dev/null 2>&1 && exec timeout -k 2 {} sh -c \"$0\"; "
        "exec sh -c \"$0\"",
        mark, seconds);
    return "exec " + quoted({"sh", "-c", script, line});
}

// What was cut short here runs on there: ends all that carries the mark. Linux tells who does; elsewhere the
// limit ends it.
void end_there(Runner& runner, const std::string& host, const fs::path& socket, const std::string& mark) {
    if (!is_there(socket)) return;
    const std::string script = fmt::format(
        "for s in TERM KILL; do p=$(grep -ls {} /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3); "
        "[ -n \"$p\" ] || exit 0; kill -$s $p 2>/dev/null; sleep 1; done",
        mark);
    std::error_code code;
    static_cast<void>(
        runner.run({.start = {.argv = ssh_argv(socket, {"--", host, "exec " + quoted({"sh", "-c", script})}),
                              .folder = fs::current_path(code)},
                    .limit = kConnectLimit,
                    .name = "host-stop",
                    .shown = false},
                   {}));
}

}  // namespace

Result<fs::path> Connections::socket(std::string_view host) {
    if (!folder_) {
        TRY(TemporaryFolder made, TemporaryFolder::make("culprit-ssh"));
        folder_.emplace(std::move(made));
    }
    return folder_->path() / content_hash(host).substr(0, 16);
}

Result<RunReport> run_on_host(Runner& runner, const HostRequest& request, std::stop_token stop) {
    TRY_OK(check_host(request.host));
    TRY(const fs::path socket, runner.connections().socket(request.host));
    TRY_OK(connect(runner, request.host, socket, stop));
    const std::string mark = new_mark();
    const std::string line = limited_line(request.line, request.limit, mark);
    std::error_code code;
    auto ran = runner.run(
        {.start = {.argv = ssh_argv(socket, {"--", request.host, line}), .folder = fs::current_path(code)},
         .input = request.input,
         .limit = request.limit + 2 * kConnectLimit,
         .name = request.name,
         .shown = request.shown},
        stop);
    const bool is_cut_short = !ran || ran->finished.end == Finished::End::TimedOut;
    if (is_cut_short) end_there(runner, request.host, socket, mark);
    TRY(RunReport report, std::move(ran));
    report.command = start_text({.line = request.line, .host = request.host});
    const bool exited = report.finished.end == Finished::End::Exited;
    if (exited && report.finished.exit_code == 124 && report.elapsed >= request.limit)
        report.finished.end = Finished::End::TimedOut;
    if (!exited || report.finished.exit_code != 255) return report;
    // ssh's own failures end so, and few programs do; ssh says what happened, mostly. A connection that
    // breaks takes its socket along, a moment later.
    const std::string& said = report.finished.err;
    for (int i = 0; i < 20 && said.empty() && is_there(socket); ++i) std::this_thread::sleep_for(50ms);
    const bool is_lost = !is_there(socket) || std::ranges::any_of(kFailures, [&](const SshFailure& failure) {
        return said.contains(failure.says);
    });
    if (is_lost)
        return std::unexpected(
            explained(request.host, said.empty() ? "Connection reset" : said, report.text));
    return report;
}

}  // namespace culprit
