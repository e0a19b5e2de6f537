#include "tools/explain/host_checks.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>

#include <re2/re2.h>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::string_view kGregg =
    "B. Gregg, Linux Performance Analysis in 60,000 Milliseconds, Netflix 2015";

struct Section {
    std::string command;
    std::vector<std::string_view> lines;
};

std::vector<Section> sections_of(std::string_view text) {
    std::vector<Section> sections;
    for (const std::string_view line : split_lines(text)) {
        if (line.starts_with("$ ")) {
            sections.push_back({std::string(line.substr(2)), {}});
            continue;
        }
        if (sections.empty()) sections.push_back({"(output)", {}});
        sections.back().lines.push_back(line);
    }
    return sections;
}

std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> found;
    for (const std::string_view word : split(line, ' ')) {
        if (!trim(word).empty()) found.push_back(trim(word));
    }
    return found;
}

std::optional<double> number(std::string_view word) {
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
    return value;
}

// Rows of a table below a heading, by the names of its columns. Where rows begin with a time that the heading
// has too, its place stays the same.
using Row = std::map<std::string, std::string, std::less<>>;
struct HeadedRows {
    std::vector<Row> rows;
    double at(const Row& row, std::string_view column) const {
        const auto found = row.find(column);
        return found == row.end() ? 0 : number(found->second).value_or(0);
    }
    std::string text(const Row& row, std::string_view column) const {
        const auto found = row.find(column);
        return found == row.end() ? "" : found->second;
    }
};

// The rows below each heading that holds all of `columns`; of a command that reports several times, the
// reports after the first, which counts since the start of the machine, are taken if `skip_first`.
HeadedRows table_of(const Section& section, std::initializer_list<std::string_view> columns,
                    bool skip_first = false) {
    HeadedRows table;
    std::vector<std::string> heading;
    int headings = 0;
    std::vector<Row> first;
    for (const std::string_view line : section.lines) {
        const auto cells = words(line);
        const auto has = [&](std::string_view column) {
            return std::ranges::find(cells, column) != cells.end();
        };
        if (std::ranges::all_of(columns, has)) {
            heading.assign(cells.begin(), cells.end());
            ++headings;
            continue;
        }
        if (cells.empty() || heading.empty()) {
            if (cells.empty() && headings > 0) heading.clear();
            continue;
        }
        // "Average:" in place of a time; a command's name may hold blanks.
        const std::size_t shift = heading.size() > cells.size() ? heading.size() - cells.size() : 0;
        if (shift > 1) continue;
        Row row;
        for (std::size_t i = shift; i < heading.size(); ++i) row[heading[i]] = cells[i - shift];
        (headings == 1 ? first : table.rows).push_back(std::move(row));
    }
    if (!skip_first || headings < 2) table.rows.insert(table.rows.begin(), first.begin(), first.end());
    return table;
}

class Checker {
  public:
    HostReport check(std::string_view text) {
        const auto sections = sections_of(text);
        for (const Section& section : sections) count_processors(section);
        for (const Section& section : sections) look_at(section);
        return std::move(report_);
    }

  private:
    static bool is_nproc(const Section& section) { return trim(section.command) == "nproc"; }

    // nproc's line, also among those of other commands ("nproc; uptime"), or the heading of sysstat's tools.
    void count_processors(const Section& section) {
        static const RE2 kHeading(R"(^Linux .*\((\d+) CPU\))");
        for (const std::string_view line : section.lines) {
            int count = 0;
            const bool is_count = contains_word(section.command, "nproc") && number(trim(line));
            if (is_count)
                processors_ = *number(trim(line));
            else if (RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), kHeading, &count))
                processors_ = count;
            if (processors_ > 0) return;
        }
    }

    void judge_not_without_processors(std::string_view figure) {
        report_.unread.push_back(
            fmt::format("{}: how many processors there are is not in it; add the output of nproc", figure));
    }

    void look_at(const Section& section) {
        const std::size_t before = looks_;
        load(section);
        vmstat(section);
        mpstat(section);
        pidstat(section);
        iostat(section);
        free(section);
        interfaces(section);
        tcp(section);
        kernel_log(section);
        top(section);
        if (looks_ > before || is_nproc(section)) return;
        std::string why =
            section.lines.empty() ? "it printed nothing" : one_line(trim(section.lines.front()), 120);
        if (why.contains("not found") || why.contains("not installed"))
            why += " (Debian: the package sysstat has mpstat, pidstat, iostat and sar)";
        report_.unread.push_back(fmt::format("{}: {}", section.command, why));
    }

    void say(std::string what, std::string threshold, std::string next, std::string_view source = kGregg) {
        const auto same = std::ranges::find(report_.findings, what, &HostFinding::what);
        if (same == report_.findings.end())
            report_.findings.push_back(
                {std::move(what), std::move(threshold), std::string(source), std::move(next)});
    }
    void looked(std::string what) {
        auto& seen = report_.looked_at;
        // top says the load too.
        if (std::ranges::find(seen, what) == seen.end()) seen.push_back(std::move(what));
        ++looks_;
    }

    void load(const Section& section) {
        static const RE2 kLoad(R"(load averages?:\s*([\d.]+),?\s+([\d.]+),?\s+([\d.]+))");
        for (const std::string_view line : section.lines) {
            double one = 0, five = 0, fifteen = 0;
            if (!RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), kLoad, &one, &five, &fifteen))
                continue;
            looked(fmt::format("load: {} {} {}{}", one, five, fifteen,
                               processors_ > 0 ? fmt::format(" on {} processors", processors_) : ""));
            if (processors_ == 0) judge_not_without_processors("the load");
            if (processors_ > 0 && one > processors_)
                say(fmt::format("the load of the last minute, {}, is above the {} processors", one,
                                processors_),
                    "more threads want to run, or wait for the disk, than there are processors",
                    "vmstat's r tells running from waiting (wa, b)");
            else if (processors_ > 0 && std::max(five, fifteen) > processors_)
                say(fmt::format("the load was {} in the last 5 minutes and {} in the last 15, above the {} "
                                "processors",
                                five, fifteen, processors_),
                    "more threads wanted to run than there are processors; it has gone down since",
                    "what ran then: sar -q, the program's log");
            if (one > 2 * fifteen && one > 1)
                say(fmt::format("the load rises: {} in the last minute, {} in the last 15", one, fifteen),
                    "the first figure far above the third",
                    "it began within the last minutes: look for what was started or changed then");
            return;
        }
    }

    void vmstat(const Section& section) {
        const HeadedRows table = table_of(section, {"r", "b", "swpd", "si", "so"});
        // The first row is an average since the start of the machine.
        const std::size_t skip = table.rows.size() > 1 ? 1 : 0;
        double rows = 0, running = 0, blocked = 0, swaps = 0, user = 0, system = 0, wait = 0, stolen = 0;
        for (const Row& row : table.rows | std::views::drop(skip)) {
            if (!number(table.text(row, "r"))) continue;
            ++rows;
            running += table.at(row, "r");
            blocked += table.at(row, "b");
            swaps += table.at(row, "si") + table.at(row, "so");
            user += table.at(row, "us");
            system += table.at(row, "sy");
            wait += table.at(row, "wa");
            stolen += table.at(row, "st");
        }
        if (rows == 0) return;
        looked(
            fmt::format("vmstat: {} samples: {:.1f} running, {:.1f} blocked, {:.0f} % user, {:.0f} % system, "
                        "{:.0f} % waiting",
                        rows, running / rows, blocked / rows, user / rows, system / rows, wait / rows));
        if (processors_ == 0) judge_not_without_processors("vmstat's r");
        if (processors_ > 0 && running / rows > processors_)
            say(fmt::format("{:.1f} threads want to run on {} processors (vmstat r)", running / rows,
                            processors_),
                "r above the number of processors is saturation", "which: pidstat, top; then profile it");
        if (swaps > 0)
            say("memory is swapped in or out (vmstat si, so)", "anything but 0 means that memory is short",
                "free -m; who uses it: ps --sort=-rss");
        if ((user + system) / rows > 90)
            say(fmt::format("the processors are busy {:.0f} % of the time (vmstat us + sy)",
                            (user + system) / rows),
                "above 90 % there is no room left", "profile what is busy", "common practice; man 8 vmstat");
        if (system / rows > 20)
            say(fmt::format("the kernel takes {:.0f} % of the processors (vmstat sy)", system / rows),
                "above 20 % is worth a look", "perf top, strace -c: which calls");
        if (wait / rows > 10)
            say(fmt::format("the processors wait {:.0f} % of the time for disks (vmstat wa)", wait / rows),
                "a constant share of waiting is a disk that limits",
                "iostat -xz names the disk, pidstat -d the process");
        if (stolen / rows > 5)
            say(fmt::format("{:.0f} % of the processors' time goes to other virtual machines (vmstat st)",
                            stolen / rows),
                "above 5 %", "a larger or other machine", "man 8 vmstat");
    }

    void mpstat(const Section& section) {
        const HeadedRows table = table_of(section, {"CPU", "%usr", "%idle"});
        std::map<std::string, double> busy;
        for (const Row& row : table.rows) {
            const std::string cpu = table.text(row, "CPU");
            if (number(cpu)) busy[cpu] = 100 - table.at(row, "%idle");
        }
        if (busy.empty()) return;
        const auto most = std::ranges::max_element(busy, {}, &std::pair<const std::string, double>::second);
        double all = 0;
        for (const auto& [cpu, share] : busy) all += share;
        looked(fmt::format("mpstat: {} processors, {:.0f} % busy on average, number {} most ({:.0f} %)",
                           busy.size(), all / static_cast<double>(busy.size()), most->first, most->second));
        if (busy.size() > 1 && most->second > 90 && all / static_cast<double>(busy.size()) < 60)
            say(fmt::format("processor {} is busy {:.0f} % while all are {:.0f} %", most->first, most->second,
                            all / static_cast<double>(busy.size())),
                "one hot processor is a program with one busy thread",
                "pidstat -t 1 names the thread; profile it");
    }

    void pidstat(const Section& section) {
        const HeadedRows table = table_of(section, {"PID", "%CPU", "Command"});
        if (table.rows.empty()) return;
        std::map<std::string, double> busy;
        for (const Row& row : table.rows) {
            const double share = table.at(row, "%CPU");
            auto& known =
                busy[fmt::format("{} (pid {})", table.text(row, "Command"), table.text(row, "PID"))];
            known = std::max(known, share);
        }
        looked(fmt::format("pidstat: {} processes", busy.size()));
        for (const auto& [name, share] : busy) {
            if (share > 80)
                say(fmt::format("{} uses {:.0f} % of a processor", name, share),
                    "above 80 % it is limited by the processor, or its thread is",
                    "profile it: perf record -g -p PID", "common practice; man 1 pidstat");
        }
    }

    void iostat(const Section& section) {
        const HeadedRows table = table_of(section, {"Device", "%util"}, true);
        if (table.rows.empty()) return;
        looked(fmt::format("iostat: {} devices", table.rows.size()));
        for (const Row& row : table.rows) {
            const std::string device = table.text(row, "Device");
            const double util = table.at(row, "%util");
            const double await = std::max(table.at(row, "r_await"), table.at(row, "w_await"));
            if (util > 60)
                say(fmt::format("the disk {} is busy {:.1f} % of the time", device, util),
                    "above 60 % it typically slows what waits for it (one that works in parallel has more "
                    "room)",
                    "who: pidstat -d 1; fewer and larger accesses, less fsync");
            if (await > 20 && table.at(row, "r/s") + table.at(row, "w/s") > 1)
                say(fmt::format("an access to {} takes {:.1f} ms", device, await),
                    "more than a disk needs by itself (some 10 ms, flash below 1 ms): it queues, or the "
                    "device is ill",
                    "aqu-sz tells a queue; dmesg tells faults");
            if (table.at(row, "aqu-sz") > 4)
                say(fmt::format("{:.1f} requests wait at {}", table.at(row, "aqu-sz"), device),
                    "above 1 it may be saturated (a device of many disks has more room)",
                    "spread or reduce the accesses");
        }
    }

    void free(const Section& section) {
        for (const std::string_view line : section.lines) {
            const auto cells = words(line);
            if (cells.size() < 4 || !number(cells[1])) continue;
            const double total = number(cells[1]).value_or(0), used = number(cells[2]).value_or(0);
            if (cells.front() == "Mem:" && cells.size() >= 7 && total > 0) {
                const double available = number(cells[6]).value_or(0);
                looked(fmt::format("free: {} of memory are available", percent(available / total)));
                if (available / total < 0.1)
                    say(fmt::format("only {} of the memory are available (free)", percent(available / total)),
                        "below 10 % files are no longer cached, then it swaps",
                        "ps --sort=-rss; dmesg for the out-of-memory killer",
                        "kernel.org, proc.rst (MemAvailable); common practice");
            }
            if (cells.front() == "Swap:" && total > 0 && used / total > 0.2)
                say(fmt::format("{} of the swap are in use", percent(used / total)),
                    "much swap in use: memory was short at some time", "vmstat si, so tell whether it is now",
                    "man 1 free; common practice");
        }
    }

    void interfaces(const Section& section) {
        const HeadedRows table = table_of(section, {"IFACE", "rxkB/s", "txkB/s"});
        if (table.rows.empty()) return;
        looked(fmt::format("sar: {} rows of network interfaces", table.rows.size()));
        for (const Row& row : table.rows) {
            if (table.at(row, "%ifutil") > 70)
                say(fmt::format("the interface {} is {:.0f} % full", table.text(row, "IFACE"),
                                table.at(row, "%ifutil")),
                    "above 70 % packets queue", "who: ss -ti, nethogs", "common practice; man 1 sar");
        }
    }

    void tcp(const Section& section) {
        const HeadedRows table = table_of(section, {"atmptf/s", "retrans/s"});
        for (const Row& row : table.rows) {
            if (!number(table.text(row, "retrans/s"))) continue;
            looked("sar: TCP");
            if (table.at(row, "retrans/s") > 1)
                say(fmt::format("{:.1f} segments of TCP a second are sent again", table.at(row, "retrans/s")),
                    "any steady rate is a network or a host that loses packets",
                    "ss -ti (retrans), dropped packets in ip -s link");
            return;
        }
    }

    void kernel_log(const Section& section) {
        struct Sign {
            const char* match;
            const char* what;
            const char* next;
        };
        static constexpr Sign kSigns[] = {
            {"Out of memory|oom-kill|invoked oom-killer", "the kernel killed a process as memory was out",
             "who, and a limit of its own (cgroup)"},
            {"possible SYN flooding", "connections came faster than they were accepted",
             "the program's backlog (listen(2)), net.core.somaxconn"},
            {"I/O error|blk_update_request|medium error|ata\\d.*(failed|error)", "a disk reports errors",
             "smartctl -a; replace it"},
            {"temperature above threshold|thermal throttl|clock throttled",
             "a processor was slowed as it was too hot", "cooling; turbostat"},
            {"blocked for more than \\d+ seconds", "a task hung in the kernel for minutes",
             "its stack stands below the line"},
            {"nf_conntrack: table full", "the table of connections is full, packets are dropped",
             "net.netfilter.nf_conntrack_max"},
            {"segfault at", "a program crashed", "coredumpctl, the program's log"}};
        const bool is_log = section.command.contains("dmesg") || section.command.contains("journalctl");
        if (!is_log) return;
        std::string all;
        for (const std::string_view line : section.lines) all += std::string(line) + "\n";
        if (all.contains("Operation not permitted")) return;
        looked(fmt::format("kernel log: {} lines", section.lines.size()));
        for (const Sign& sign : kSigns) {
            if (RE2::PartialMatch(all, fmt::format("(?i){}", sign.match)))
                say(sign.what, "it stands in the kernel's log", sign.next);
        }
    }

    void top(const Section& section) {
        const HeadedRows table = table_of(section, {"PID", "%CPU", "COMMAND"});
        if (table.rows.empty()) return;
        looked(fmt::format("top: {} processes", table.rows.size()));
        for (const Row& row : table.rows) {
            const double share = table.at(row, "%CPU");
            if (share > 80)
                say(fmt::format("{} (pid {}) uses {:.0f} % of a processor", table.text(row, "COMMAND"),
                                table.text(row, "PID"), share),
                    "above 80 % it is limited by the processor, or its thread is",
                    "profile it: perf record -g -p PID", "common practice; man 1 top");
        }
    }

    double processors_ = 0;
    std::size_t looks_ = 0;
    HostReport report_;
};

}  // namespace

HostReport check_host(std::string_view text) { return Checker().check(text); }

}  // namespace culprit
