#include "tools/run/looks.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/text.h"
#include "tools/run/capture.h"
#include "tools/run/host.h"

namespace culprit {
namespace {

constexpr std::size_t kMostOutput = 900'000;  // of all together: what a report keeps in memory
constexpr std::string_view kMissing = "(not installed)";

// The program that a line begins with; empty if that is not plain.
std::string program_of(std::string_view line) {
    const std::string_view word = trim(line).substr(0, trim(line).find(' '));
    const bool is_plain = std::ranges::all_of(
        word, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-'; });
    return is_plain ? std::string(word) : std::string();
}

// All of them at once, the output of each after the other, behind the mark and its exit code.
std::string script_of(std::span<const std::string> lines, const std::string& mark) {
    std::string text =
        "d=$(mktemp -d) || exit 1; trap 'rm -rf \"$d\"' EXIT; export LC_ALL=C S_COLORS=never "
        "S_TIME_FORMAT=ISO; t=; command -v timeout >/dev/null 2>&1 && t='timeout -k 2 60'; ";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string program = program_of(lines[i]);
        text += fmt::format(
            "if {0}; then ( $t {1} >\"$d/{2}\" 2>&1 </dev/null; echo $? >\"$d/{2}.code\" ) & "
            "else echo '{3}' >\"$d/{2}\"; echo 127 >\"$d/{2}.code\"; fi; ",
            program.empty() ? "true" : fmt::format("command -v {} >/dev/null 2>&1", program),
            quoted({"sh", "-c", lines[i]}), i, kMissing);
    }
    text += "wait; ";
    const std::size_t most = kMostOutput / std::max<std::size_t>(1, lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i)
        text += fmt::format("echo; echo \"{0} {1} $(cat \"$d/{1}.code\")\"; head -c {2} \"$d/{1}\"; ", mark,
                            i, most);
    return text;
}

// Behind "\nMARK 3 CODE\n", up to the next mark. What came of one that is missing in `text`: nothing.
Look look_in(std::string_view text, const std::string& mark, std::size_t index, const std::string& line) {
    Look look{.line = line, .output = {}};
    const std::string head = fmt::format("\n{} {} ", mark, index);
    const std::size_t from = text.find(head);
    if (from == std::string_view::npos) return look;
    text.remove_prefix(from + head.size());
    const std::size_t line_end = std::min(text.find('\n'), text.size());
    std::from_chars(text.data(), text.data() + line_end, look.exit_code);
    text.remove_prefix(std::min(line_end + 1, text.size()));
    look.output = readable_output(text.substr(0, text.find(fmt::format("\n{} {} ", mark, index + 1))));
    if (!look.output.empty() && !look.output.ends_with('\n')) look.output += '\n';
    look.is_installed = trim(look.output) != kMissing;
    return look;
}

}  // namespace

const std::vector<std::string>& sixty_seconds() {
    static const std::vector<std::string> lines = {"uptime",
                                                   "nproc",
                                                   "dmesg -T | tail -n 20",
                                                   "vmstat -w 1 5",
                                                   "mpstat -P ALL 1 3",
                                                   "pidstat 1 3",
                                                   "iostat -xz 1 3",
                                                   "free -m",
                                                   "sar -n DEV 1 3",
                                                   "sar -n TCP,ETCP 1 3",
                                                   "top -b -n 1 -w 160 | head -n 30"};
    return lines;
}

Result<Looks> look_at(Runner& runner, const std::string& host, std::span<const std::string> lines,
                      std::stop_token stop) {
    const std::string mark = new_mark(), script = script_of(lines, mark);
    constexpr auto kLimit = std::chrono::seconds(90);
    const auto run_all = [&]() -> Result<RunReport> {
        if (!host.empty())
            return run_on_host(
                runner, {.host = host, .line = script, .limit = kLimit, .name = "looks", .shown = false},
                stop);
        std::error_code code;
        return runner.run({.start = {.argv = {"sh", "-c", script}, .folder = fs::current_path(code)},
                           .limit = kLimit,
                           .name = "looks",
                           .shown = false},
                          stop);
    };
    TRY(RunReport report, run_all());
    Looks looks;
    for (std::size_t i = 0; i < lines.size(); ++i)
        looks.each.push_back(look_in(report.finished.out, mark, i, lines[i]));
    looks.report = std::move(report);
    return looks;
}

std::string looks_text(const Looks& looks) {
    std::string text;
    for (const Look& each : looks.each) {
        const std::string ending = each.exit_code == 124 ? "[stopped after a minute]\n"
                                   : each.exit_code == 0 || !each.is_installed
                                       ? ""
                                       : fmt::format("[exit code {}]\n", each.exit_code);
        text += fmt::format("$ {}\n{}{}\n", each.line, each.output, ending);
    }
    return text;
}

}  // namespace culprit
