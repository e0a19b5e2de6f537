#include "agent/playbooks/collect.h"

#include "agent/side_by_side.h"
#include "base/process.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostOutput = 1 << 20;  // of one command
constexpr unsigned kAtOnce = 4;
constexpr int kSshFailed = 255;  // ssh's own exit code, ssh(1)

Command command_for(std::string_view host, const std::string& command) {
    Command shell{.argv = {"sh", "-c", command}};
    if (!host.empty() && host != "localhost") {
        shell.argv = {"ssh",  "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "--", std::string(host),
                      command};
    }
    // Times as 24 hours and figures with a point, whatever the person's language.
    shell.environment = {"LC_ALL=C", "S_TIME_FORMAT=ISO"};
    shell.most_output = kMostOutput;
    return shell;
}

std::string ending(const Finished& finished) {
    switch (finished.end) {
        case Finished::End::TimedOut: return "[stopped after a minute]\n";
        case Finished::End::Signalled: return fmt::format("[ended by signal {}]\n", finished.signal);
        default: return finished.exit_code == 0 ? "" : fmt::format("[exit code {}]\n", finished.exit_code);
    }
}

std::string with_line_end(std::string text) {
    if (!text.empty() && text.back() != '\n') text += '\n';
    return text;
}

}  // namespace

const std::vector<std::string>& sixty_seconds() {
    static const std::vector<std::string> commands = {"uptime",
                                                      "nproc",
                                                      "dmesg 2>&1 | tail -n 20",
                                                      "vmstat 1 4",
                                                      "mpstat -P ALL 1 1",
                                                      "pidstat 1 1",
                                                      "iostat -xz 1 2",
                                                      "free -m",
                                                      "sar -n DEV 1 1",
                                                      "sar -n TCP,ETCP 1 1",
                                                      "top -b -n 1 -w 160 | head -n 20"};
    return commands;
}

Result<std::string> collect(std::string_view host, std::span<const std::string> commands,
                            std::stop_token stop) {
    if (host.starts_with('-')) return fail(Fault::Invalid, "'{}' is no name of a host", host);
    std::string text;
    const auto run_one = [&](std::size_t i) { return run(command_for(host, commands[i]), stop); };
    const auto keep = [&](std::size_t i, Result<Finished> finished) -> Result<bool> {
        if (!finished) return std::unexpected(std::move(finished).error());
        const bool unreachable = !host.empty() && host != "localhost" && finished->exit_code == kSshFailed;
        if (unreachable) {
            return fail(Fault::Unavailable, "{} cannot be reached by ssh: {}", host,
                        one_line(trim(finished->err), 300));
        }
        text += fmt::format("$ {}\n{}{}{}\n", commands[i], with_line_end(valid_utf8(finished->out)),
                            with_line_end(valid_utf8(finished->err)), ending(*finished));
        return true;
    };
    TRY_OK(run_side_by_side<Finished>(commands.size(), kAtOnce, run_one, keep));
    return text;
}

}  // namespace culprit
