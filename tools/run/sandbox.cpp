#include "tools/run/sandbox.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "base/process.h"
#include "base/secrets.h"
#include "base/text.h"

extern char** environ;

namespace culprit {
namespace {

// Of everything that is hidden where it is a folder: other people's files, sockets, keys, and what other
// programs left lying about.
constexpr std::array<std::string_view, 9> kHidden = {
    "/root",    "/home",           "/tmp",      "/var/tmp", "/run", "/etc/ssl/private",
    "/etc/ssh", "/var/lib/docker", "/var/spool"};
constexpr std::array<std::string_view, 4> kHiddenFiles = {"/etc/shadow", "/etc/shadow-", "/etc/gshadow",
                                                          "/etc/gshadow-"};

// Tool chains below the home folder; none of these holds keys.
constexpr std::array<std::string_view, 15> kToolChains = {
    ".nuget/packages", ".cargo/bin", ".cargo/registry", ".cargo/git",     ".rustup",
    ".pyenv",          ".nvm",       ".local/bin",      ".local/lib",     ".local/share/uv",
    ".sdkman",         "go/bin",     "go/pkg",          ".m2/repository", ".gradle/wrapper"};

constexpr std::string_view kSizeOfTemporary = "2147483648";  // bytes of each empty folder; they are in memory

// Waits for the command, so that what it took is counted: bubblewrap's own first process is not waited for.
// What the shell would say of a signal is not the command's.
constexpr std::string_view kFirstProcess = "exec 3>&2 2>/dev/null; \"$@\" 2>&3 3>&-; exit $?";

fs::path home() {
    const char* name = std::getenv("HOME");
    return name && *name == '/' ? fs::path(name).lexically_normal() : fs::path("/root");
}

bool is_folder(const fs::path& path) {
    std::error_code code;
    return fs::is_directory(path, code);
}

bool is_there(const fs::path& path) {
    std::error_code code;
    return fs::exists(path, code);
}

// What becomes of a path in the box. Of two for one path the later one in this order counts.
enum class Place { Empty, Readable, Writable, Fixed };

// Deeper paths come after those that hold them, so that each is made inside of what is there by then.
class Mounts {
  public:
    void put(const fs::path& path, Place place) {
        const auto real = real_path(path);
        if (!real || !is_there(*real) || *real == "/") return;
        Place& now = places_[*real];
        now = std::max(now, place);
    }

    std::vector<std::string> options() const {
        std::vector<std::string> options;
        for (const auto& [path, place] : places_) {
            const std::string name = path.string();
            if (place == Place::Writable)
                append(options, {"--bind", name, name});
            else if (place != Place::Empty)
                append(options, {"--ro-bind", name, name});
            else if (is_folder(path))
                append(options, {"--perms", "1777", "--size", kSizeOfTemporary, "--tmpfs", name});
            else
                append(options, {"--ro-bind", "/dev/null", name});
        }
        return options;
    }

  private:
    static void append(std::vector<std::string>& options, std::initializer_list<std::string_view> more) {
        for (const std::string_view each : more) options.emplace_back(each);
    }

    std::map<fs::path, Place> places_;  // a folder sorts before what lies in it
};

void hide_places(Mounts& mounts) {
    for (const std::string_view path : kHidden) mounts.put(path, Place::Empty);
    for (const std::string_view path : kHiddenFiles) mounts.put(path, Place::Empty);
    mounts.put(home(), Place::Empty);
}

// Programs that the person installed for themselves.
void show_tool_chains(Mounts& mounts) {
    for (const std::string_view path : kToolChains) mounts.put(home() / path, Place::Readable);
    // `dotnet` ends if it cannot leave its marks beside these.
    const fs::path dotnet = home() / ".dotnet";
    std::error_code code;
    for (fs::directory_iterator entry(dotnet, code), end; !code && entry != end; entry.increment(code))
        mounts.put(entry->path(), Place::Readable);
    const char* path = std::getenv("PATH");
    for (const std::string_view each : split(path ? path : "", ':')) {
        const auto folder = real_path(each.starts_with('/') ? each : "/");
        const bool is_private =
            folder && lies_within(*folder, home()) && *folder != home() && *folder != dotnet;
        if (is_private) mounts.put(*folder, Place::Readable);
    }
}

// What may not be changed cannot be moved away either, together with a folder that may be written: a folder
// that is a mount of its own stays where it is.
void fix(Mounts& mounts, const fs::path& path, const std::vector<fs::path>& writes) {
    mounts.put(path, Place::Fixed);
    for (const fs::path& write : writes) {
        for (fs::path folder = path.parent_path(); folder != write && lies_within(folder, write);
             folder = folder.parent_path())
            if (is_there(path)) mounts.put(folder, Place::Writable);
    }
}

// A grant that would undo the box.
Result<> check_grant(const fs::path& path) {
    if (opens_too_much(path))
        return fail(Fault::Denied, "{} is too much to open to a command; name a folder in it", path.string());
    TRY(const fs::path real, real_path(path));
    if (real != path)
        return fail(Fault::Denied, "{} is {} by now: a link was put in its place", path.string(),
                    real.string());
    if (!is_there(path)) return fail(Fault::NotFound, "there is no {} to open to a command", path.string());
    return {};
}

Result<> check_grants(const Needs& needs) {
    for (const auto* paths : {&needs.writes, &needs.reads, &needs.sockets})
        for (const fs::path& path : *paths) TRY_OK(check_grant(path));
    return {};
}

// `env` with the settings that keep programs from asking a person or doing what nobody asked for.
std::vector<std::string> cleaned_environment() {
    std::vector<std::string> argv = {"env"};
    for (const std::string& name : secret_variables()) argv.insert(argv.end(), {"-u", name});
    for (const char* name :
         {"BASH_ENV", "ENV", "CDPATH", "DISPLAY", "SSH_ASKPASS", "DBUS_SESSION_BUS_ADDRESS"})
        argv.insert(argv.end(), {"-u", name});
    return argv;
}

std::vector<std::string> settings() {
    std::string path;
    const char* ours = std::getenv("PATH");
    for (const std::string_view each : split(ours ? ours : "/usr/local/bin:/usr/bin:/bin", ':'))
        if (each.starts_with('/')) path += fmt::format("{}{}", path.empty() ? "" : ":", each);
    return {"PATH=" + path,
            "TMPDIR=/tmp",
            "TERM=dumb",
            "NO_COLOR=1",
            "PAGER=cat",
            "GIT_PAGER=cat",
            "GIT_TERMINAL_PROMPT=0",
            "DOTNET_NOLOGO=1",
            "DOTNET_CLI_TELEMETRY_OPTOUT=1",
            "DEBIAN_FRONTEND=noninteractive"};
}

bool looks_secret(std::string_view name, std::string_view value) {
    return names_secret(name) || mask_secrets(std::string(value)) != value;  // postgresql://me:secret@host
}

std::string try_sandbox() {
    if (find_program("bwrap").empty())
        return "bubblewrap is not installed (Debian's package bubblewrap): commands cannot be boxed";
    const auto tried = run({.argv = {"bwrap", "--unshare-user", "--unshare-pid", "--unshare-net",
                                     "--disable-userns", "--cap-drop", "ALL", "--die-with-parent",
                                     "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "true"},
                            .limit = std::chrono::seconds(20)},
                           {});
    if (!tried) return "bubblewrap does not work here: " + tried.error().what;
    if (tried->exit_code == 0 && tried->end == Finished::End::Exited) return {};
    return fmt::format("bubblewrap does not work here ({}): commands cannot be boxed",
                       one_line(printable(trim(tried->err)), 200));
}

}  // namespace

bool is_hidden_place(const fs::path& path) {
    const auto holds = [&](std::string_view folder) {
        return lies_within(path, real_path(folder).value_or(fs::path(folder)));
    };
    return std::ranges::any_of(kHidden, holds) || lies_within(path, home());
}

bool opens_too_much(const fs::path& path) {
    static constexpr std::array<std::string_view, 12> kTooMuch = {
        "/", "/etc", "/proc", "/sys", "/dev", "/boot", "/run", "/var", "/usr", "/home", "/root", "/var/lib"};
    return std::ranges::find(kTooMuch, path.string()) != kTooMuch.end() || lies_within(home(), path);
}

std::vector<std::string> secret_variables() {
    std::vector<std::string> names;
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = std::min(text.find('='), text.size());
        const std::string_view value = text.substr(std::min(equals + 1, text.size()));
        if (looks_secret(text.substr(0, equals), value)) names.emplace_back(text.substr(0, equals));
    }
    return names;
}

const std::string& Sandbox::problem() const {
    std::call_once(tried_, [this] { problem_ = try_sandbox(); });
    return problem_;
}

Result<std::vector<std::string>> Sandbox::wrap(const std::vector<std::string>& argv, const Needs& needs,
                                               const SandboxView& view) const {
    std::vector<std::string> words = cleaned_environment();
    const auto append = [&words](std::vector<std::string> more) {
        std::ranges::move(more, std::back_inserter(words));
    };
    if (needs.unconfined) {
        append(settings());
        append({"setpriv", "--pdeathsig", "KILL", "--"});
        append(argv);
        return words;
    }
    if (!problem().empty()) return fail(Fault::Unavailable, "{}", problem());
    TRY_OK(check_grants(needs));
    append({"--ignore-signal=TERM"});
    append(settings());
    append({"bwrap", "--unshare-user", "--unshare-ipc", "--disable-userns", "--cap-drop", "ALL",
            "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev"});
    if (!needs.processes) append({"--unshare-pid", "--as-pid-1", "--proc", "/proc", "--remount-ro", "/proc"});
    if (!needs.network) append({"--unshare-net"});
    Mounts mounts;
    hide_places(mounts);
    show_tool_chains(mounts);
    for (const fs::path& path : view.readable) mounts.put(path, Place::Readable);
    for (const fs::path& path : view.hidden) mounts.put(path, Place::Empty);
    for (const fs::path& path : needs.reads) mounts.put(path, Place::Readable);
    for (const fs::path& path : needs.sockets) mounts.put(path, Place::Writable);
    for (const fs::path& path : needs.writes) mounts.put(path, Place::Writable);
    for (const auto* paths : {&needs.reads, &needs.writes})
        for (const fs::path& path : *paths)
            for (const char* name : {".env", ".culprit"}) mounts.put(path / name, Place::Empty);
    for (const fs::path& path : view.fixed) fix(mounts, path, needs.writes);
    // Name look-ups read a file that is often a link into /run.
    if (needs.network) mounts.put("/etc/resolv.conf", Place::Readable);
    append(mounts.options());
    append({"--", "env", "--default-signal=TERM", "prlimit", fmt::format("--nproc={}", kMostProcesses),
            "--core=0", "--", "sh", "-c", std::string(kFirstProcess), "sh"});
    append(argv);
    return words;
}

}  // namespace culprit
