#include "base/text.h"
#include "tools/run/host.h"
#include "tools/run/looks.h"
#include "tools/run/tools.h"

namespace culprit {
namespace {

Output look_output(const std::string& host, const Looks& looks) {
    Output output;
    std::vector<std::string> missing;
    output.data = {{"host", host}, {"commands", Json::array()}, {"artifact", looks.report.artifact}};
    for (const Look& each : looks.each) {
        if (!each.is_installed) missing.push_back(each.line.substr(0, each.line.find(' ')));
        output.text +=
            fmt::format("\n$ {}\n{}", each.line, each.output.empty() ? "(no output)\n" : each.output);
        output.data["commands"].push_back(
            {{"command", each.line}, {"installed", each.is_installed}, {"output", each.output}});
    }
    output.data["missing"] = missing;
    std::string head = fmt::format("{}: {} commands, {}\n", host, looks.each.size(), end_text(looks.report));
    if (!missing.empty())
        head += fmt::format(
            "Not installed there: {} (mpstat, pidstat, iostat and sar are in the package sysstat)\n",
            join(missing, ", "));
    output.text = head + output.text;
    return output;
}

std::chrono::milliseconds limit_of(const Args& args) {
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(std::clamp(args.number("limit_s"), 1.0, 3600.0) * 1000));
}

Result<Plan> plan_run_on_host(const Args& args, Workbench&) {
    return Plan{.starts = {{.line = args.text("command"), .host = args.text("host")}},
                .needs = {.unconfined = true},
                .editable = "command"};
}

Result<Output> run_run_on_host(const Args& args, Workbench& bench) {
    TRY(Runner* const runner, runner_of(bench));
    TRY(const RunReport report, run_on_host(*runner,
                                            {.host = args.text("host"),
                                             .line = args.text("command"),
                                             .input = args.text("input"),
                                             .limit = limit_of(args)},
                                            bench.stop));
    Output output{.text = fmt::format("{}\n$ {}\n{}{}", end_text(report), printable(report.command),
                                      report.text.empty() ? "(no output)" : report.text,
                                      report.text.ends_with('\n') ? "" : "\n"),
                  .data = report_json(report)};
    if (!report.succeeded()) output.data["finding"] = true;
    return output;
}

Result<Plan> plan_check_host(const Args& args, Workbench&) {
    const std::string& host = args.text("host");
    Plan plan{.needs = {.network = true, .processes = true}};
    if (!host.empty()) plan.needs = {.unconfined = true};
    for (const std::string& line : sixty_seconds()) plan.starts.push_back({.line = line, .host = host});
    return plan;
}

Result<Output> run_check_host(const Args& args, Workbench& bench) {
    TRY(Runner* const runner, runner_of(bench));
    const std::string& host = args.text("host");
    TRY(const Looks looks, look_at(*runner, host, sixty_seconds(), bench.stop));
    return look_output(host.empty() ? "this machine" : host, looks);
}

}  // namespace

Tool run_on_host_tool() {
    return {
        .name = "run_on_host",
        .command = "host run",
        .about =
            "Run a shell line on another machine through the engineer's ssh, and return how it ended and its "
            "output. Keys, jump hosts and names are those of the engineer's ssh configuration; nothing asks "
            "for a password. One connection to each host is shared.",
        .effect = Effect::Runs,
        .args =
            {
                {"host", Kind::String, "as ssh takes it, e.g. \"web1\" or \"me@10.0.0.7\""},
                {"command", Kind::String, "a line for the shell there"},
                {"input", Kind::String, "text for its stdin", ""},
                {"limit_s", Kind::Number, "seconds after which it is ended, there too", 60.0},
            },
        .run = run_run_on_host,
        .example = "host run web1 \"uptime; free -m\"",
        .plan = plan_run_on_host,
    };
}

Tool check_host_tool() {
    return {
        .name = "check_host",
        .command = "host check",
        .about =
            "Look at a machine for ten seconds with the usual commands side by side: uptime, nproc, dmesg, "
            "vmstat, mpstat, pidstat, iostat, free, sar (devices and TCP), top. Says which are not "
            "installed. "
            "Without a host: this machine.",
        .effect = Effect::Runs,
        .args =
            {
                {"host", Kind::String, "as ssh takes it, e.g. \"web1\"; empty: this machine", ""},
            },
        .run = run_check_host,
        .example = "host check --host web1",
        .plan = plan_check_host,
    };
}

}  // namespace culprit
