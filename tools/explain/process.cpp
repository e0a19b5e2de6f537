// explain_process: the processes of a name, from /proc, with the manual's summary and the package.
#include "base/process.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"
#include "tools/explain/tools.h"
#include "tools/profile/render.h"

namespace culprit {
namespace {

constexpr std::size_t kMostShown = 8;

struct Process {
    int pid = 0;
    std::string name, state, program, wait;
    std::size_t arguments = 0;
    double cpu_s = 0, age_s = 0;
    std::int64_t threads = 0, rss_kb = 0, swap_kb = 0, voluntary = 0, forced = 0;
    double busy() const { return age_s > 0 ? cpu_s / age_s : 0; }
};

std::string small_file(const fs::path& path) {
    // Files of /proc have no size.
    Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 16384> bytes;
    const ssize_t got = fd ? ::read(fd.get(), bytes.data(), bytes.size()) : -1;
    return got > 0 ? std::string(bytes.data(), static_cast<std::size_t>(got)) : std::string();
}

std::int64_t number_of(std::string_view text) {
    text = trim(text);
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::int64_t status_field(std::string_view status, std::string_view name) {
    for (const std::string_view line : split_lines(status)) {
        if (line.starts_with(name) && line.substr(name.size()).starts_with(":"))
            return number_of(line.substr(name.size() + 1));
    }
    return 0;
}

double uptime_s() { return std::strtod(small_file("/proc/uptime").c_str(), nullptr); }

// proc(5): the fields of stat count from behind the name, which may hold blanks and brackets.
bool read_stat(const fs::path& folder, Process& process) {
    const std::string stat = small_file(folder / "stat");
    const std::size_t open = stat.find('('), close = stat.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close < open) return false;
    process.name = stat.substr(open + 1, close - open - 1);
    const auto fields = split(std::string_view(stat).substr(close + 2), ' ');
    if (fields.size() < 20) return false;
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    process.state = fields[0];
    process.cpu_s = static_cast<double>(number_of(fields[11]) + number_of(fields[12])) / ticks;
    process.age_s = uptime_s() - static_cast<double>(number_of(fields[19])) / ticks;
    return true;
}

// The command line's program; of the arguments their number alone, as they may hold secrets.
void read_command(const fs::path& folder, Process& process) {
    const std::string line = small_file(folder / "cmdline");
    const auto parts = split(line, '\0');
    process.program = parts.empty() ? "" : std::string(parts.front());
    process.arguments = parts.size() > 1 ? parts.size() - 2 : 0;
    std::error_code code;
    const fs::path target = fs::read_symlink(folder / "exe", code);
    if (!code) process.program = target.string();
}

std::vector<Process> processes_called(const std::string& wanted) {
    std::vector<Process> found;
    std::error_code code;
    for (const auto& entry : fs::directory_iterator("/proc", code)) {
        const std::string pid = entry.path().filename().string();
        if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
        Process process{.pid = static_cast<int>(number_of(pid))};
        if (!read_stat(entry.path(), process)) continue;
        read_command(entry.path(), process);
        const std::string file = fs::path(process.program).filename().string();
        if (pid != wanted && process.name != wanted && file != wanted) continue;
        const std::string status = small_file(entry.path() / "status");
        process.threads = status_field(status, "Threads");
        process.rss_kb = status_field(status, "VmRSS");
        process.swap_kb = status_field(status, "VmSwap");
        process.voluntary = status_field(status, "voluntary_ctxt_switches");
        process.forced = status_field(status, "nonvoluntary_ctxt_switches");
        process.wait = trim(small_file(entry.path() / "wchan"));
        found.push_back(std::move(process));
    }
    std::ranges::stable_sort(found, std::ranges::greater(), &Process::cpu_s);
    return found;
}

std::string_view state_text(std::string_view state) {
    switch (state.empty() ? ' ' : state.front()) {
        case 'R': return "running";
        case 'S': return "asleep";
        case 'D': return "waiting for the disk or the like (cannot be interrupted)";
        case 'Z': return "ended, and its parent has not asked for its end";
        case 'T':
        case 't': return "stopped";
        case 'I': return "an idle thread of the kernel";
        default: return "in an unknown state";
    }
}

// What the figures speak for. Each with the reason, none without.
std::vector<std::string> judged(const Process& p) {
    std::vector<std::string> said;
    if (p.busy() > 0.5)
        said.push_back(fmt::format(
            "it used {:.1f} processors on average since its start: profile it (perf record -g -p {}, or "
            "culprit's trace-analysis for .NET)",
            p.busy(), p.pid));
    if (p.age_s > 5 && static_cast<double>(p.forced) / p.age_s > 1000)
        said.push_back(
            "it is often taken off the processor against its will: more threads want to run than there are "
            "processors");
    if (p.age_s > 5 && static_cast<double>(p.voluntary) / p.age_s > 5000)
        said.push_back(
            "it waits very often: many small reads, hand-overs or locks (strace -c -f, perf trace -s)");
    if (p.swap_kb > 10240)
        said.push_back(fmt::format("{} of it are swapped out: the machine is short of memory",
                                   bytes_text(static_cast<double>(p.swap_kb) * 1024)));
    if (p.state == "D")
        said.push_back(
            fmt::format("it waits in the kernel{}", p.wait.empty() || p.wait == "0" ? "" : " in " + p.wait));
    return said;
}

std::string first_line_of(std::vector<std::string> argv, std::stop_token stop) {
    const auto finished =
        run({.argv = std::move(argv), .limit = std::chrono::seconds(5), .most_output = 4096}, stop);
    if (!finished || finished->exit_code != 0) return {};
    const auto lines = split_lines(finished->out);
    return lines.empty() ? "" : std::string(trim(lines.front()));
}

Result<Output> run_explain_process(const Args& args, Workbench& bench) {
    const std::string& name = args.text("name");
    if (name.empty() || name.starts_with('-') || name.contains('/'))
        return fail(Fault::Invalid, "name a process or its number, such as nginx or 4711, not '{}'", name);
    const std::vector<Process> processes = processes_called(name);
    const std::string program = processes.empty() || processes.front().program.empty()
                                    ? name
                                    : fs::path(processes.front().program).filename().string();
    const std::string manual = first_line_of({"whatis", "--", program}, bench.stop);
    const fs::path file = processes.empty() || !processes.front().program.starts_with('/')
                              ? find_program(program)
                              : fs::path(processes.front().program);
    std::string package = file.empty() ? "" : first_line_of({"dpkg-query", "-S", file.string()}, bench.stop);
    package = package.substr(0, package.find(':'));
    std::string text =
        fmt::format("{}: {}\n", program, manual.empty() ? "the manual has no summary here" : manual);
    if (!package.empty()) text += fmt::format("from the Debian package {}\n", package);
    text += fmt::format("{} process{} here\n", processes.size(), processes.size() == 1 ? "" : "es");
    Json list = Json::array();
    for (const Process& p : processes | std::views::take(kMostShown)) {
        text +=
            fmt::format("pid {}: {}, {}, {} resident, {} of processor time in {} ({:.1f} % of one)\n", p.pid,
                        state_text(p.state), counted(static_cast<std::size_t>(p.threads), "thread"),
                        bytes_text(static_cast<double>(p.rss_kb) * 1024), duration_text(p.cpu_s * 1e9),
                        duration_text(p.age_s * 1e9), p.busy() * 100);
        Json notes = Json::array();
        for (const std::string& note : judged(p)) {
            text += "  " + note + "\n";
            notes.push_back(note);
        }
        list.push_back({{"pid", p.pid},
                        {"name", p.name},
                        {"program", p.program},
                        {"arguments", p.arguments},
                        {"state", p.state},
                        {"threads", p.threads},
                        {"rss_bytes", p.rss_kb * 1024},
                        {"cpu_s", p.cpu_s},
                        {"age_s", p.age_s},
                        {"notes", std::move(notes)}});
    }
    if (processes.size() > kMostShown) text += fmt::format("and {} more\n", processes.size() - kMostShown);
    return Output{
        .text = std::move(text),
        .data = {
            {"name", program}, {"manual", manual}, {"package", package}, {"processes", std::move(list)}}};
}

}  // namespace

Tool explain_process_tool() {
    return {"explain_process",
            "explain process",
            "Explain a process of this machine by name or number: the manual's summary, its package, and "
            "from /proc what it does: "
            "processor time, memory, threads, waits. Arguments and environment are not read out.",
            Effect::Reads,
            {{"name", Kind::String, "its name, or its number"}},
            run_explain_process,
            "explain process postgres"};
}

}  // namespace culprit
