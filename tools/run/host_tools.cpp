#include <array>

#include "base/text.h"
#include "tools/run/capture.h"
#include "tools/run/host.h"
#include "tools/run/tools.h"

namespace culprit {
namespace {

struct Look {
    std::string_view program, line;
};

// What tells most about a machine in a minute: Netflix's list ("Linux Performance Analysis in 60,000
// Milliseconds"), each cut to a few seconds and lines.
constexpr std::array<Look, 10> kLooks = {{
    {"uptime", "uptime"},
    {"dmesg", "dmesg -T | tail -n 20"},
    {"vmstat", "vmstat -w 1 5"},
    {"mpstat", "mpstat -P ALL 1 3"},
    {"pidstat", "pidstat 1 3"},
    {"iostat", "iostat -xz 1 3"},
    {"free", "free -m"},
    {"sar", "sar -n DEV 1 3"},
    {"sar", "sar -n TCP,ETCP 1 3"},
    {"top", "top -b -n 1 -w 160 | head -n 30"},
}};

constexpr std::string_view kMark = "==== culprit ";

// All of them at once, the output of each after the other.
std::string script() {
    std::string text =
        "d=$(mktemp -d) || exit 1; trap 'rm -rf \"$d\"' EXIT; export LC_ALL=C S_COLORS=never; ";
    for (std::size_t i = 0; i < kLooks.size(); ++i)
        text += fmt::format(
            "if command -v {0} >/dev/null 2>&1; then ( {1} ) >\"$d/{2}\" 2>&1 </dev/null & "
            "else echo '(not installed)' >\"$d/{2}\"; fi; ",
            kLooks[i].program, kLooks[i].line, i);
    text += "wait; ";
    for (std::size_t i = 0; i < kLooks.size(); ++i)
        text += fmt::format("echo '{}{}'; cat \"$d/{}\"; ", kMark, i, i);
    return text;
}

// What each printed, in the order of the table; of one that is missing in `text`: nothing.
std::vector<std::string> outputs_in(std::string_view text) {
    std::vector<std::string> outputs(kLooks.size());
    for (std::size_t i = 0; i < kLooks.size(); ++i) {
        const std::string mark = fmt::format("{}{}\n", kMark, i), next = fmt::format("{}{}\n", kMark, i + 1);
        const std::size_t from = text.find(mark);
        if (from == std::string_view::npos) continue;
        const std::size_t start = from + mark.size();
        outputs[i] = text.substr(start, std::min(text.find(next, start), text.size()) - start);
    }
    return outputs;
}

Output look_output(const std::string& host, const RunReport& report) {
    Output output;
    std::vector<std::string> missing;
    output.data = {{"host", host}, {"commands", Json::array()}, {"artifact", report.artifact}};
    const std::vector<std::string> outputs = outputs_in(report.finished.out);
    for (std::size_t i = 0; i < kLooks.size(); ++i) {
        const std::string printed = readable_output(outputs[i]);
        const bool is_missing = printed == "(not installed)\n";
        if (is_missing) missing.emplace_back(kLooks[i].program);
        output.text += fmt::format("\n$ {}\n{}", kLooks[i].line, printed.empty() ? "(no output)\n" : printed);
        output.data["commands"].push_back(
            {{"command", kLooks[i].line}, {"installed", !is_missing}, {"output", printed}});
    }
    output.data["missing"] = missing;
    std::string head = fmt::format("{}: {} commands, {}\n", host, kLooks.size(), end_text(report));
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

Result<Plan> plan_check_host(const Args& args, Workbench& bench) {
    const std::string& host = args.text("host");
    Plan plan{.needs = {.network = true, .processes = true}};
    if (!host.empty()) plan.needs = {.unconfined = true};
    for (const Look& look : kLooks) plan.starts.push_back({.line = std::string(look.line), .host = host});
    static_cast<void>(bench);
    return plan;
}

Result<Output> run_check_host(const Args& args, Workbench& bench) {
    TRY(Runner* const runner, runner_of(bench));
    const std::string& host = args.text("host");
    if (!host.empty()) {
        TRY(const RunReport report,
            run_on_host(*runner, {.host = host, .line = script(), .name = "host-check", .shown = false},
                        bench.stop));
        return look_output(host, report);
    }
    std::error_code code;
    TRY(const RunReport report,
        runner->run({.start = {.argv = {"sh", "-c", script()}, .folder = fs::current_path(code)},
                     .limit = std::chrono::minutes(1),
                     .name = "host-check",
                     .shown = false},
                    bench.stop));
    return look_output("this machine", report);
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
            "Look at a machine for ten seconds with the usual commands side by side: uptime, dmesg, vmstat, "
            "mpstat, pidstat, iostat, free, sar (devices and TCP), top. Says which are not installed. "
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
