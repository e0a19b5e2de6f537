#include "agent/command_words.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace culprit {
namespace {

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

std::string base_name(const std::string& program) { return fs::path(program).filename().string(); }

// Programs whose first argument says what they do.
constexpr std::array<std::string_view, 32> kWithSubcommands = {
    "dotnet",  "git",    "docker", "npm",   "yarn", "pnpm",  "cargo",  "go",
    "kubectl", "gradle", "mvn",    "bazel", "perf", "pip",   "uv",     "apt",
    "gradlew", "mvnw",   "just",   "make",  "task", "helm",  "gh",     "swift",
    "rustup",  "mix",    "sbt",    "deno",  "bun",  "nuget", "podman", "docker-compose"};
// Of these two words are not enough to know.
constexpr std::array<std::string_view, 14> kWithTwoSubcommands = {
    "dotnet tool", "dotnet run", "dotnet exec",  "docker compose", "docker run", "docker exec", "npm run",
    "npm exec",    "git stash",  "git worktree", "git config",     "go run",     "cargo run",   "podman run"};
// Programs that run what their arguments say.
constexpr std::array<std::string_view, 46> kRunOthers = {
    "sh",     "bash",        "dash",    "zsh",     "ksh",     "fish",   "busybox",  "env",
    "sudo",   "doas",        "su",      "runuser", "xargs",   "find",   "parallel", "nohup",
    "nice",   "ionice",      "timeout", "time",    "stdbuf",  "setsid", "setpriv",  "prlimit",
    "chroot", "unshare",     "nsenter", "script",  "watch",   "strace", "ltrace",   "gdb",
    "flock",  "exec",        "eval",    "command", "builtin", "ssh",    "docker",   "podman",
    "npx",    "systemd-run", "taskset", "chrt",    "perf",    "trap"};
// Programs of which no part of the arguments says enough.
constexpr std::array<std::string_view, 26> kNeverByPrefix = {
    "rm",  "mv",  "cp",   "dd",  "ln",    "chmod", "chown",   "curl",    "wget",
    "tee", "awk", "gawk", "sed", "kill",  "pkill", "killall", "perl",    "ruby",
    "lua", "php", "jq",   "tar", "rsync", "scp",   "install", "truncate"};
constexpr std::array<std::string_view, 5> kScripts = {"python", "python3", "node", "pwsh", "dotnet-script"};
constexpr std::array<std::string_view, 18> kHarmless = {"cd",   "pwd",  "echo", "printf", "true", "false",
                                                        ":",    "test", "[",    "cat",    "head", "tail",
                                                        "grep", "wc",   "cut",  "tr",     "ls",   "sleep"};

using Words = std::vector<std::string>;

// How many words of `words` belong to the wrapper that leads them; 0 if it is none, or one with options that
// are not known.
std::size_t wrapper_length(std::span<const std::string> words) {
    const std::string_view name = words.front();
    const auto word = [&](std::size_t index) {
        return index < words.size() ? std::string_view(words[index]) : std::string_view();
    };
    if (name == "time") return word(1) == "-p" ? 2 : 1;
    if (name == "nohup" || name == "command" || name == "env") return word(1).starts_with('-') ? 0 : 1;
    if (name == "nice") return word(1) == "-n" ? 3 : word(1).starts_with('-') ? 0 : 1;
    if (name == "stdbuf") {
        std::size_t length = 1;
        while (word(length).starts_with("-o") || word(length).starts_with("-e")) ++length;
        return length > 1 && word(1).size() == 3 ? length : 0;
    }
    if (name == "timeout") {
        std::size_t length = 1;
        while (word(length) == "--foreground" || word(length) == "-v" ||
               word(length).starts_with("--signal=") || word(length).starts_with("--kill-after="))
            ++length;
        const bool is_time = !word(length).empty() &&
                             word(length).find_first_not_of("0123456789.smhd") == std::string_view::npos;
        return is_time ? length + 1 : 0;
    }
    return 0;
}

bool shares(const std::vector<fs::path>& some, const std::vector<fs::path>& others) {
    return std::ranges::any_of(some, [&](const fs::path& path) {
        return std::ranges::any_of(others, [&](const fs::path& other) {
            return lies_within(path, other) || lies_within(other, path);
        });
    });
}

}  // namespace

ShellCommand without_wrappers(ShellCommand command) {
    while (command.literal > 0) {
        const std::size_t length = wrapper_length(std::span(command.words).first(command.literal));
        if (length == 0 || length >= command.literal) break;
        // "env NAME=value program": variables of its own.
        if (command.words[length].contains('=')) break;
        command.words.erase(command.words.begin(),
                            command.words.begin() + static_cast<std::ptrdiff_t>(length));
        command.literal -= length;
    }
    return command;
}

bool runs_others(const Words& words) {
    return !words.empty() &&
           (is_among(kRunOthers, base_name(words.front())) || is_among(kScripts, base_name(words.front())));
}

Words started_words(const ShellCommand& command) {
    if (!runs_others(command.words)) return command.words;
    Words words;
    for (const std::string& word : command.words)
        std::ranges::move(crude_words(word), std::back_inserter(words));
    return words;
}

bool is_harmless(const ShellCommand& command) {
    return command.literal > 0 && command.assignments.empty() && command.writes_to.empty() &&
           is_among(kHarmless, command.words.front());
}

Words rule_words(const ShellCommand& command) {
    if (command.literal == 0 || !command.assignments.empty()) return {};
    const Words& words = command.words;
    const auto first = [&](std::size_t count) {
        return count <= command.literal
                   ? Words(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count))
                   : Words();
    };
    const std::string name = base_name(words.front());
    const bool has_second = words.size() > 1 && !words[1].starts_with('-');
    if (is_among(kScripts, name) && has_second) return first(2);
    if (is_among(kWithSubcommands, name) && has_second) {
        if (!is_among(kWithTwoSubcommands, name + " " + words[1])) return first(2);
        return first(words.size() > 2 && !words[2].starts_with('-') ? 3 : words.size());
    }
    const bool says_too_little = runs_others(words) || is_among(kNeverByPrefix, name) ||
                                 is_among(kScripts, name) || is_among(kWithSubcommands, name);
    return first(says_too_little ? words.size() : 1);
}

bool needs_any(const Needs& needs, const Needs& denied) {
    return (needs.network && denied.network) || (needs.processes && denied.processes) ||
           (needs.unconfined && denied.unconfined) || shares(needs.writes, denied.writes) ||
           shares(needs.reads, denied.reads) || shares(needs.sockets, denied.sockets);
}

}  // namespace culprit
