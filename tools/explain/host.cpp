// explain_host: what the usual commands print about a Linux machine, held against thresholds.
#include "base/text.h"
#include "tools/explain/host_checks.h"
#include "tools/explain/tools.h"

namespace culprit {
namespace {

constexpr std::uint64_t kMostBytes = 16u << 20;

Result<Output> run_explain_host(const Args& args, Workbench& bench) {
    TRY(const fs::path file, bench.roots.resolve(args.text("file")));
    TRY(const std::string text, read_file(file, kMostBytes));
    const HostReport report = check_host(valid_utf8(text));
    if (report.looked_at.empty())
        return fail(
            Fault::Invalid,
            "{} has no figure that is known: give the output of uptime, vmstat, mpstat, pidstat, iostat, "
            "free, sar, dmesg or top{}{}",
            args.text("file"), report.unread.empty() ? "" : "; not judged: ", join(report.unread, "; "));
    std::string out = !report.findings.empty() ? "Beyond a threshold:\n"
                      : report.unread.empty()
                          ? "No figure is beyond its threshold.\n"
                          : "No figure that could be judged is beyond its threshold; not all could be.\n";
    Json findings = Json::array();
    for (const HostFinding& each : report.findings) {
        out += fmt::format("- {}: {}. Next: {}. ({})\n", each.what, each.threshold, each.next, each.source);
        findings.push_back({{"what", each.what},
                            {"threshold", each.threshold},
                            {"next", each.next},
                            {"source", each.source}});
    }
    out += "Looked at:\n";
    for (const std::string& each : report.looked_at) out += fmt::format("  {}\n", each);
    if (!report.unread.empty()) out += "Not judged:\n";
    for (const std::string& each : report.unread) out += fmt::format("  {}\n", each);
    return Output{
        .text = std::move(out),
        .data = {
            {"findings", std::move(findings)}, {"looked_at", report.looked_at}, {"unread", report.unread}}};
}

}  // namespace

Tool explain_host_tool() {
    return {"explain_host",
            "explain host",
            "Judge what uptime, vmstat, mpstat, pidstat, iostat, free, sar, dmesg or top printed about a "
            "Linux machine against stated "
            "thresholds, each with its source: processors, memory, disks, network. Takes a file with one "
            "output, or with several "
            "below lines \"$ COMMAND\".",
            Effect::Reads,
            {{"file", Kind::Path, "the file"}},
            run_explain_host,
            "explain host vmstat.txt"};
}

}  // namespace culprit
