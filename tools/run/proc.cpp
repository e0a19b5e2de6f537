#include "tools/run/proc.h"

#include <algorithm>
#include <charconv>

#include <unistd.h>

#include "base/files.h"
#include "base/text.h"

namespace culprit {
namespace {

// What follows the name in /proc/PID/stat: the state first. The name is in parentheses and may hold anything.
struct Stat {
    std::string name;
    std::vector<std::string> fields;
};

Stat stat_in(const fs::path& folder) {
    const auto text = read_file(folder / "stat");
    if (!text) return {};
    const std::size_t open = text->find('('), close = text->rfind(')');
    if (open == std::string::npos || close == std::string::npos || close < open) return {};
    Stat stat{.name = text->substr(open + 1, close - open - 1), .fields = {}};
    for (const std::string_view field : split(trim(std::string_view(*text).substr(close + 1)), ' '))
        stat.fields.emplace_back(field);
    return stat;
}

std::int64_t number_of(const Stat& stat, std::size_t index) {
    std::int64_t number = 0;
    if (index < stat.fields.size()) {
        const std::string& field = stat.fields[index];
        std::from_chars(field.data(), field.data() + field.size(), number);
    }
    return number;
}

// The last number of "NSpid:\t4711\t12" in a folder of /proc; 0 if there is none.
std::int64_t inner_number(const fs::path& folder) {
    const auto text = read_file(folder / "status");
    if (!text) return 0;
    for (const std::string_view line : split_lines(*text)) {
        if (!line.starts_with("NSpid:")) continue;
        const std::string_view last = line.substr(line.find_last_of(" \t") + 1);
        std::int64_t number = 0;
        std::from_chars(last.data(), last.data() + last.size(), number);
        return number;
    }
    return 0;
}

fs::path folder_of(int pid) { return fs::path("/proc") / std::to_string(pid); }

}  // namespace

bool is_running(int pid) {
    const Stat stat = stat_in(folder_of(pid));
    return pid > 0 && !stat.fields.empty() && stat.fields[0] != "Z" && stat.fields[0] != "X";
}

std::string command_line_of(int pid) {
    auto text = read_file(folder_of(pid) / "cmdline");
    if (!text) return {};
    while (!text->empty() && text->back() == '\0') text->pop_back();
    for (char& c : *text) {
        if (c == '\0') c = ' ';
    }
    return valid_utf8(*text);
}

int parent_of(int pid) { return static_cast<int>(number_of(stat_in(folder_of(pid)), 1)); }

bool descends_from(int pid, int ancestor) {
    for (int depth = 0; pid > 1 && depth < 1000; ++depth) {
        pid = parent_of(pid);
        if (pid == ancestor) return true;
    }
    return false;
}

std::vector<int> family_of(int pid) {
    std::vector<int> family;
    std::error_code code;
    for (fs::directory_iterator entry("/proc", code), end; !code && entry != end; entry.increment(code)) {
        const std::string name = entry->path().filename();
        int each = 0;
        std::from_chars(name.data(), name.data() + name.size(), each);
        if (each > 0 && (each == pid || descends_from(each, pid))) family.push_back(each);
    }
    std::ranges::sort(family);
    return family;
}

int inner_pid(int pid) { return static_cast<int>(inner_number(folder_of(pid))); }

bool has_in_environment(int pid, std::string_view entry) {
    const auto text = read_file(folder_of(pid) / "environ");
    if (!text) return false;
    for (const std::string_view each : split(*text, '\0')) {
        if (each == entry) return true;
    }
    return false;
}

std::map<std::uint64_t, ThreadUse> threads_of(int pid) {
    constexpr std::size_t kUser = 11, kSystem = 12;  // ticks of CPU time, as fields behind the name
    const std::int64_t ticks_per_second = ::sysconf(_SC_CLK_TCK);
    std::map<std::uint64_t, ThreadUse> threads;
    std::error_code code;
    for (fs::directory_iterator entry(folder_of(pid) / "task", code), end; !code && entry != end;
         entry.increment(code)) {
        const Stat stat = stat_in(entry->path());
        if (stat.fields.empty()) continue;
        threads[static_cast<std::uint64_t>(inner_number(entry->path()))] = {
            stat.name, std::chrono::milliseconds((number_of(stat, kUser) + number_of(stat, kSystem)) * 1000 /
                                                 ticks_per_second)};
    }
    return threads;
}

}  // namespace culprit
