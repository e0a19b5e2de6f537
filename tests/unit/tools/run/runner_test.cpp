// Commands that were allowed, run for real in the sandbox: what each of them can do. The table of
// docs/running.md is made here.
#include "tools/run/runner.h"

#include <cstdlib>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "support/listener.h"
#include "support/support.h"
#include "tools/run/capture.h"
#include "tools/run/host.h"

namespace culprit {
namespace {

using test::must;

// Sets a variable of the environment for as long as the object lives.
class Variable {
  public:
    Variable(const char* name, const std::string& value) : name_(name) {
        if (const char* old = std::getenv(name)) old_ = old;
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() {
        if (old_)
            ::setenv(name_, old_->c_str(), 1);
        else
            ::unsetenv(name_);
    }

  private:
    const char* name_;
    std::optional<std::string> old_;
};

// A home with a key, a project in it, and a runner for commands there.
class RunnerTest : public ::testing::Test {
  protected:
    void SetUp() override {
        must(write_file(home() / ".ssh/id_rsa", "PRIVATE"));
        must(write_file(project() / "a.txt", "alpha\n"));
        must(write_file(project() / ".env", "OPENAI_API_KEY=sk-secret\n"));
        must(write_file(project() / ".culprit/sessions/x.jsonl", "transcript"));
        must(write_file(project() / ".git/hooks/pre-commit", "true"));
        must(write_file(project() / ".git/config", "[core]"));
        must(write_file(project() / "culprit.toml", ""));
        fs::create_directory_symlink(home() / ".ssh", project() / "keys");
    }

    fs::path home() const { return fs::canonical(folder_.path()) / "home"; }
    fs::path project() const { return home() / "project"; }

    RunReport run_line(std::string_view line, Needs needs = {},
                       std::chrono::milliseconds limit = std::chrono::seconds(60)) {
        return must(try_line(line, std::move(needs), limit));
    }
    Result<RunReport> try_line(std::string_view line, Needs needs = {},
                               std::chrono::milliseconds limit = std::chrono::seconds(60)) {
        return runner(std::move(needs))
            .run({.start = {.line = std::string(line), .folder = project()}, .limit = limit}, {});
    }
    Runner runner(Needs needs) {
        SandboxView view{.readable = {project(), project() / ".culprit/artifacts"},
                         .hidden = {project() / ".culprit", project() / ".env"}};
        for (const char* name : {".git/hooks", ".git/config", "culprit.toml"})
            view.fixed.push_back(project() / name);
        return Runner({.sandbox = sandbox_,
                       .background = background_,
                       .connections = connections_,
                       .view = std::move(view),
                       .artifacts = project() / ".culprit/artifacts",
                       .granted = std::move(needs)});
    }

    bool has_sandbox() const { return sandbox_.problem().empty(); }

    TemporaryFolder folder_ = test::temporary_folder();
    Variable home_{"HOME", home().string()};
    Variable key_{"OPENAI_API_KEY", "sk-secret"};
    Variable url_{"DATABASE", "postgresql://me:sk-secret@db/x"};
    Sandbox sandbox_;
    Connections connections_;
    Background background_;
};

#define NEEDS_SANDBOX() \
    if (!has_sandbox()) GTEST_SKIP() << sandbox_.problem()

TEST_F(RunnerTest, AProgramOfACallGetsItsPartOfWhatTheCallWasGranted) {
    NEEDS_SANDBOX();
    must(make_folder(home() / "cache"));
    must(write_file(home() / "other/.env", "SECRET=1"));
    must(write_file(home() / "other/b.txt", "beta\n"));
    Runner call = runner({.writes = {home() / "cache"}, .reads = {home() / "other"}, .network = true});
    const auto run_with = [&](std::string_view line, const Needs& needs) {
        return must(call.run({.start = {.line = std::string(line), .folder = project()}, .needs = needs}, {}))
            .text;
    };
    EXPECT_EQ(run_with("touch ~/cache/x && echo made", {.writes = {home() / "cache"}}), "made\n");
    EXPECT_TRUE(run_with("ls ~/cache", {}).contains("No such file"));
    EXPECT_TRUE(run_with("cat ~/other/b.txt", {}).contains("No such file"));
    const std::string seen = run_with("cat ~/other/b.txt ~/other/.env", {.reads = {home() / "other"}});
    EXPECT_TRUE(seen.contains("beta") && !seen.contains("SECRET")) << seen;
    const fs::path shared = must(call.scratch("shared"));
    EXPECT_EQ(run_with(fmt::format("echo x > {}/made; cat {}/made", shared.string(), shared.string()),
                       {.writes = {shared}}),
              "x\n");
    EXPECT_EQ(call.boxed({.argv = {"true"}}, {.writes = {home()}}).error().fault, Fault::Internal);
    EXPECT_EQ(call.boxed({.argv = {"true"}}, {.unconfined = true}).error().fault, Fault::Internal);
}

struct Row {
    std::string_view line;
    std::string_view outcome;  // stands in the result
    bool may_write = false;    // the project
    bool on_network = false;
};

// HOST is the test's process, PORT where it listens.
const std::vector<Row> kCommands = {
    {"echo x > /etc/passwd", "Read-only file system"},
    {"touch new.txt", "Read-only file system"},
    {"rm -rf ./* ; cat a.txt", "alpha"},
    {"cat ~/.ssh/id_rsa", "No such file or directory"},
    {"cat keys/id_rsa", "No such file or directory"},
    {"ls -A /tmp | wc -l", "1"},
    {"cat /etc/shadow", "Permission denied"},
    {"cat .env", "Permission denied"},
    {"ls -A .culprit/sessions", "No such file or directory"},
    {"ls -A /run | wc -l", "0"},
    {"cat /proc/1/root$HOME/.ssh/id_rsa", "No such file or directory"},
    {"ls /dev/sda /dev/vda /dev/kvm", "No such file or directory"},
    {"cat < /dev/tty", "No such"},
    {"read line; echo \"got [$line]\"", "got []"},
    {"env | grep -c sk-secret", "0"},
    {"tr '\\0' '\\n' < /proc/1/environ | grep -c sk-secret", "0"},
    {"kill -9 HOST", "No such process"},
    {"kill -9 1; echo still here", "still here"},
    {"exec 3<>/dev/tcp/127.0.0.1/PORT", "Connection refused"},
    {"exec 3<>/dev/tcp/127.0.0.1/PORT && echo connected", "connected", false, true},
    {"mount -t tmpfs x /mnt || echo refused", "refused"},
    {"unshare -Ur id", "unshare failed"},
    {"mknod /tmp/m b 8 0", "Operation not permitted"},
    {"chown 12345 /tmp || echo refused", "refused"},
    {"grep CapEff /proc/self/status", "0000000000000000"},
    {"grep NoNewPrivs /proc/self/status", "1"},
    {"cp /bin/sh /tmp/s; chmod u+s /tmp/s; /tmp/s -pc 'touch /etc/x'", "Read-only file system"},
    {"echo h > /proc/sysrq-trigger || echo refused", "refused"},
    {"cat /proc/sys/vm/swappiness > /proc/sys/vm/swappiness || echo refused", "refused"},
    {": > /sys/power/state || echo refused", "refused"},
    {"ln -s / /tmp/all; touch /tmp/all/etc/x", "Read-only file system"},
    {"touch ../../../../../../etc/x", "Read-only file system"},
    {"echo made > new.txt; cat new.txt", "made", true},
    {"echo x > .git/hooks/pre-commit", "Read-only file system", true},
    {"echo x > .git/config", "Read-only file system", true},
    {"echo x > culprit.toml", "Read-only file system", true},
    {"rm -f culprit.toml", "Device or resource busy", true},
    {"mv .git old", "Device or resource busy", true},
    {"mv .git/hooks old", "Read-only file system", true},
    {"mv culprit.toml old", "Device or resource busy", true},
    {"echo x > ~/.bashrc; cat ~/.bashrc", "x"},
    {"echo x > keys/id_rsa", "No such file or directory", true},
    {"head -c 1000000000 /dev/zero", "left out"},
    {"yes | head -c 100000000", "left out"},
    {"head -c 100000 /dev/urandom", "left out"},
    {"head -c 5000000 /dev/zero | tr '\\0' a", "left out"},
    {"printf '\\377\\376 \\033[2J\\033]0;title\\007 \\033[31mred\\033[0m'", "\xEF\xBF\xBD\xEF\xBF\xBD  red"},
    {"printf 'ten %%\\rdone\\n'", "done"},
    {"exec >&- 2>&-; sleep 0.2; exit 7", "exit code 7"},
    {"kill -SEGV $$", "SIGSEGV"},
    {"no-such-program", "command not found"},
    {"sleep 1000 & echo left", "left"},
    {"setsid sleep 1000 & echo left", "left"},
    {"(setsid sh -c 'sleep 1000 & sleep 1000' &) ; echo left", "left"},
};

std::string shown(std::string_view line) { return replace_all(std::string(line), "|", "\\|"); }

TEST_F(RunnerTest, CommandsDoWhatTheTableInTheDocumentationSays) {
    NEEDS_SANDBOX();
    const test::Listener listener;  // that a command may or may not reach
    std::string table = "| command | may | |\n|---|---|---|\n";
    for (const Row& row : kCommands) {
        std::string line = replace_all(std::string(row.line), "HOST", fmt::format("{}", ::getpid()));
        line = replace_all(line, "PORT", fmt::format("{}", listener.port()));
        Needs needs{.network = row.on_network};
        if (row.may_write) needs.writes = {project()};
        const RunReport report = run_line(line, needs);
        const std::string result = end_text(report) + "\n" + report.text;
        EXPECT_TRUE(result.contains(row.outcome)) << row.line << "\n" << result.substr(0, 2000);
        EXPECT_LT(report.text.size(), 20000u) << row.line;
        EXPECT_EQ(printable(report.text), report.text) << row.line;
        table += fmt::format("| ``{}`` | {} | {} |\n", shown(row.line),
                             row.may_write    ? "write the project"
                             : row.on_network ? "use the network"
                                              : "",
                             row.outcome);
    }
    EXPECT_EQ(must(read_file(home() / ".ssh/id_rsa")), "PRIVATE");
    EXPECT_FALSE(fs::exists(home() / ".bashrc"));
    EXPECT_EQ(must(read_file(project() / ".git/hooks/pre-commit")), "true");
    test::expect_section(test::source_path("docs/running.md"), "commands", table);
}

Needs unconfined() { return {.unconfined = true}; }

bool runs(std::string_view words) {
    return must(run({.argv = {"pgrep", "-f", std::string(words)}}, {})).exit_code == 0;
}
// Until it is gone, or a minute is over.
bool is_gone(std::string_view words) {
    for (int i = 0; i < 600 && runs(words); ++i) ::usleep(100'000);
    return !runs(words);
}

// What runs outside of the sandbox must end too, wherever it went.
TEST_F(RunnerTest, NothingIsLeftBehindWithoutASandboxEither) {
    EXPECT_EQ(run_line("sleep 3210.1 & echo left", unconfined()).text, "left\n");
    EXPECT_EQ(run_line("setsid sleep 3210.2 & echo left", unconfined()).text, "left\n");
    EXPECT_EQ(
        run_line("(setsid sh -c 'setsid sleep 3210.3 & sleep 3210.4' &) ; echo left", unconfined()).text,
        "left\n");
    EXPECT_TRUE(is_gone("^sleep 3210"));
}

TEST_F(RunnerTest, SecretsAreTakenAwayWithoutASandboxToo) {
    EXPECT_EQ(run_line("env | grep -c sk-secret", unconfined()).text, "0\n");
}

TEST_F(RunnerTest, SettingsOfTheShellAreNotRead) {
    must(write_file(home() / "evil", "echo evil\n"));
    const Variable environment("BASH_ENV", (home() / "evil").string());
    const Variable path("PATH", ".::" + std::string(std::getenv("PATH")));
    must(write_file(project() / "ls", "#!/bin/sh\necho evil\n"));
    fs::permissions(project() / "ls", fs::perms::owner_all);
    EXPECT_EQ(run_line("ls | grep -c evil", unconfined()).text, "0\n");
}

TEST_F(RunnerTest, TheLimitEndsWhatIgnoresBeingAskedTo) {
    for (const Needs& needs : {Needs{}, unconfined()}) {
        if (!needs.unconfined && !has_sandbox()) continue;
        const RunReport report =
            run_line("trap '' TERM; echo begun; sleep 3220.5; sleep 3220.5", needs, std::chrono::seconds(1));
        EXPECT_EQ(report.finished.end, Finished::End::TimedOut) << end_text(report);
        EXPECT_EQ(report.text, "begun\n");
        EXPECT_TRUE(is_gone("sleep 3220.5"));
    }
}

TEST_F(RunnerTest, WhatIsAskedToEndMayTidyUp) {
    NEEDS_SANDBOX();
    const RunReport report = run_line("trap 'echo tidied; exit' TERM; echo begun; sleep 3230.5 & wait", {},
                                      std::chrono::seconds(1));
    EXPECT_EQ(report.text, "begun\ntidied\n");
}

TEST_F(RunnerTest, AForkBombIsHeld) {
    NEEDS_SANDBOX();
    const RunReport report =
        run_line("bomb() { bomb | bomb & }; bomb; sleep 3240.5", {}, std::chrono::seconds(10));
    // Of root nothing but our own count holds it; of others the kernel does, too.
    const bool is_held = report.finished.end == Finished::End::Crowded ||
                         (report.finished.end == Finished::End::TimedOut && report.text.contains("fork: "));
    EXPECT_TRUE(is_held) << end_text(report) << report.text;
    EXPECT_TRUE(is_gone("sleep 3240.5"));
}

TEST_F(RunnerTest, AStopKeepsTheOutputAndSaysWhereItIs) {
    std::stop_source stop;
    const auto report = runner(unconfined())
                            .run({.start = {.line = "echo begun; sleep 3250.5", .folder = project()},
                                  .on_output =
                                      [&](Stream, std::string_view) {
                                          stop.request_stop();
                                          return true;
                                      }},
                                 stop.get_token());
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().fault, Fault::Cancelled);
    EXPECT_TRUE(report.error().what.contains("artifacts/run-1.txt:\nbegun")) << report.error().what;
    EXPECT_TRUE(is_gone("sleep 3250.5"));
}

TEST_F(RunnerTest, TheWholeOutputIsInAFile) {
    const RunReport report = run_line("seq 100000", unconfined());
    EXPECT_EQ(report.artifact, "artifacts/run-1.txt");
    const std::string whole = must(read_file(project() / ".culprit/artifacts/run-1.txt"));
    EXPECT_EQ(whole.size(), report.bytes);
    EXPECT_TRUE(whole.ends_with("\n100000\n"));
    EXPECT_TRUE(report.text.starts_with("1\n2\n")) << report.text.substr(0, 100);
    EXPECT_TRUE(report.text.ends_with("\n100000\n"));
    EXPECT_TRUE(report.text.contains("left out; read_file artifacts/run-1.txt shows them")) << report.text;
    EXPECT_EQ(run_line("true", unconfined()).artifact, "");
    EXPECT_EQ(run_line("echo x", unconfined()).artifact, "artifacts/run-2.txt");
}

TEST_F(RunnerTest, TooMuchIsNotOpened) {
    NEEDS_SANDBOX();
    for (const fs::path& path :
         {fs::path("/"), fs::path("/etc"), fs::path("/run"), home(), home().parent_path()})
        EXPECT_EQ(try_line("true", {.writes = {path}}).error().fault, Fault::Denied) << path;
    EXPECT_EQ(try_line("true", {.writes = {project() / "keys"}}).error().fault, Fault::Denied);
    EXPECT_EQ(try_line("true", {.writes = {project() / "none"}}).error().fault, Fault::NotFound);
}

TEST_F(RunnerTest, ASocketIsReachedOnlyIfItWasGranted) {
    NEEDS_SANDBOX();
    const fs::path path = home() / "daemon.sock";
    const Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    ASSERT_LT(path.string().size(), sizeof address.sun_path);
    path.string().copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(fd.get(), 4), 0);
    const std::string line = "python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect(\"" +
                             path.string() + "\"); print(1)'";
    EXPECT_FALSE(run_line(line).succeeded());
    EXPECT_TRUE(run_line(line, {.sockets = {path}}).succeeded());
}

TEST_F(RunnerTest, ProgramsThatAreNotThereAreNamed) {
    const auto run_argv = [&](std::vector<std::string> argv, fs::path folder) {
        return runner(unconfined())
            .run({.start = {.argv = std::move(argv), .folder = std::move(folder)}}, {});
    };
    EXPECT_EQ(run_argv({"no-such-program"}, project()).error().fault, Fault::NotFound);
    EXPECT_EQ(run_argv({"A=B"}, project()).error().fault, Fault::NotFound);
    EXPECT_EQ(run_argv({"--help"}, project()).error().fault, Fault::NotFound);
    EXPECT_EQ(run_argv({""}, project()).error().fault, Fault::Invalid);
    EXPECT_EQ(run_argv({std::string("a\0b", 3)}, project()).error().fault, Fault::Invalid);
    EXPECT_EQ(run_argv({"true"}, project() / "none").error().fault, Fault::NotFound);
    EXPECT_FALSE(run_argv({"true", std::string(4 << 20, 'x')}, project()));
}

TEST_F(RunnerTest, ManyRunInTheBackgroundAndNotMore) {
    Runner each = runner(unconfined());
    const RunRequest request{.start = {.line = "echo up; cat; sleep 3260.5", .folder = project()}};
    const std::string id = must(each.start(request));
    EXPECT_EQ(id, "b1");
    must(background_.wait(id, std::chrono::seconds(60), {}));
    EXPECT_EQ(must(background_.take_output(id, 100)), "up\n");
    EXPECT_EQ(must(background_.take_output(id, 100)), "");
    for (int i = 0; i < 7; ++i) must(each.start(request));
    EXPECT_EQ(each.start(request).error().fault, Fault::Unavailable);
    EXPECT_FALSE(must(background_.stop("b2")).running);
    EXPECT_EQ(background_.list().size(), 8u);
    EXPECT_EQ(background_.status("b9").error().fault, Fault::NotFound);
    EXPECT_EQ(each.start({.start = {.argv = {"no-such-program"}, .folder = project()}}).error().fault,
              Fault::NotFound);
    { Background other; }
    for (int i = 1; i <= 8; ++i) must(background_.stop(fmt::format("b{}", i)));
    EXPECT_TRUE(is_gone("sleep 3260.5"));
}

TEST_F(RunnerTest, NoiseIsShownAsText) {
    std::srand(11);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes;
        for (int i = std::rand() % 40; i > 0; --i) bytes += static_cast<char>(std::rand() % 256);
        bytes.insert(bytes.size() / 2, round % 2 ? "\x1b[" : "\x1b]");
        const std::string text = readable_output(bytes);
        EXPECT_EQ(printable(text), text);
    }
    EXPECT_EQ(readable_output(""), "");
    EXPECT_EQ(readable_output("\x1b"), "");
    EXPECT_EQ(readable_output("\r\r\n\x1b[31"), "\n");
}

}  // namespace
}  // namespace culprit
