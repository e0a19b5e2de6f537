#include "tools/run/plan.h"

#include <algorithm>

#include <fmt/ranges.h>

namespace culprit {
namespace {

bool all_within(const std::vector<fs::path>& wanted, const std::vector<fs::path>& granted,
                const std::vector<fs::path>& also = {}) {
    const auto holds = [](const std::vector<fs::path>& folders, const fs::path& path) {
        return std::ranges::any_of(folders, [&](const fs::path& each) { return lies_within(path, each); });
    };
    return std::ranges::all_of(
        wanted, [&](const fs::path& path) { return holds(granted, path) || holds(also, path); });
}

void add_paths(std::vector<fs::path>& paths, const std::vector<fs::path>& more) {
    for (const fs::path& each : more)
        if (!all_within({each}, paths)) paths.push_back(each);
}

bool is_plain(std::string_view word) {
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%^";
    return !word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos;
}

}  // namespace

void add_needs(Needs& needs, const Needs& more) {
    add_paths(needs.writes, more.writes);
    add_paths(needs.reads, more.reads);
    add_paths(needs.sockets, more.sockets);
    needs.network |= more.network;
    needs.processes |= more.processes;
    needs.unconfined |= more.unconfined;
    needs.artifacts |= more.artifacts;
}

bool covers(const Needs& granted, const Needs& wanted) {
    if (granted.unconfined) return true;
    return !wanted.unconfined && (granted.network || !wanted.network) &&
           (granted.processes || !wanted.processes) && all_within(wanted.writes, granted.writes) &&
           all_within(wanted.reads, granted.reads, granted.writes) &&
           all_within(wanted.sockets, granted.sockets, granted.writes);
}

std::string needs_text(const Needs& needs) {
    std::vector<std::string> words;
    for (const fs::path& path : needs.writes) words.push_back("+write=" + path.string());
    for (const fs::path& path : needs.reads) words.push_back("+read=" + path.string());
    for (const fs::path& path : needs.sockets) words.push_back("+socket=" + path.string());
    if (needs.network) words.emplace_back("+network");
    if (needs.processes) words.emplace_back("+processes");
    if (needs.unconfined) words.emplace_back("+unconfined");
    return quoted(words);
}

std::string quoted(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += ' ';
        if (is_plain(word)) {
            text += word;
            continue;
        }
        text += '\'';
        for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
        text += '\'';
    }
    return text;
}

std::string start_text(const Start& start) {
    const std::string command = !start.host.empty()  ? quoted({"ssh", start.host, start.line})
                                : start.argv.empty() ? start.line
                                                     : quoted(start.argv);
    return start.environment.empty() ? command : quoted(start.environment) + " " + command;
}

}  // namespace culprit
