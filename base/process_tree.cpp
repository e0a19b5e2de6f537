#include "base/process_tree.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/files.h"
#include "base/text.h"

namespace culprit {
namespace {

std::vector<pid_t> all_processes() {
    std::vector<pid_t> pids;
    DIR* folder = ::opendir("/proc");
    if (!folder) return pids;
    while (const dirent* entry = ::readdir(folder)) {
        const std::string_view name = entry->d_name;
        pid_t pid = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (error == std::errc() && end == name.data() + name.size()) pids.push_back(pid);
    }
    ::closedir(folder);
    return pids;
}

// Files below /proc have no size beforehand.
std::string read_proc(pid_t pid, const char* name) {
    const Descriptor file(::open(fmt::format("/proc/{}/{}", pid, name).c_str(), O_RDONLY | O_CLOEXEC));
    std::string text;
    std::array<char, 4096> piece;
    while (file) {
        const ssize_t got = ::read(file.get(), piece.data(), piece.size());
        if (got <= 0 || text.size() > (4u << 20)) break;
        text.append(piece.data(), static_cast<std::size_t>(got));
    }
    return text;
}

struct Kin {
    pid_t parent = 0, session = 0;
};

// "PID (NAME) STATE PARENT GROUP SESSION …"; the name may hold anything.
Kin kin_of(pid_t pid) {
    const std::string text = read_proc(pid, "stat");
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos) return {};
    const auto fields = split(std::string_view(text).substr(name_end + 1), ' ');
    const auto number = [&](std::size_t index) {
        pid_t value = 0;
        if (index < fields.size())
            std::from_chars(fields[index].data(), fields[index].data() + fields[index].size(), value);
        return value;
    };
    return {number(2), number(4)};
}

}  // namespace

std::size_t count_processes_of(pid_t leader) {
    std::unordered_map<pid_t, Kin> kin;
    for (const pid_t pid : all_processes()) kin[pid] = kin_of(pid);
    const auto descends = [&](pid_t pid) {
        for (std::size_t steps = 0; pid > 1 && steps < kin.size(); ++steps) {
            if (pid == leader) return true;
            const auto found = kin.find(pid);
            if (found == kin.end()) return false;
            pid = found->second.parent;
        }
        return false;
    };
    return static_cast<std::size_t>(std::ranges::count_if(
        kin, [&](const auto& each) { return each.second.session == leader || descends(each.first); }));
}

void kill_marked(std::string_view variable) {
    for (int round = 0; round < 5; ++round) {
        bool found = false;
        for (const pid_t pid : all_processes()) {
            if (pid == ::getpid()) continue;
            const std::string environment = read_proc(pid, "environ");
            const auto entries = split(environment, '\0');
            if (std::ranges::find(entries, variable) == entries.end()) continue;
            found = true;
            ::kill(pid, SIGKILL);
        }
        if (!found) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

}  // namespace culprit
