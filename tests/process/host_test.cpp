// Commands on other hosts, against a real sshd on loopback.
#include "tools/run/host.h"

#include <cstdlib>
#include <thread>

#include <signal.h>
#include <unistd.h>

#include "base/text.h"
#include "support/child.h"
#include "support/listener.h"
#include "support/mock_model.h"
#include "tools/run/looks.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using test::must;

constexpr const char* kServer = "/usr/sbin/sshd";

// An sshd of our own with a key of our own, and an ssh in PATH that reads a configuration of our own.
class HostTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::access(kServer, X_OK) != 0 || find_program("ssh").empty())
            GTEST_SKIP() << "openssh-server is not installed";
        if (::geteuid() == 0) must(make_folder("/run/sshd"));
        for (const char* key : {"host", "good", "bad"}) {
            must(run({.argv = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", (path() / key).string()}},
                     {}));
        }
        must(write_file(path() / "authorized", must(read_file(path() / "good.pub")), Mode::Private));
        port_ = test::free_port();
        must(write_file(
            path() / "sshd_config",
            fmt::format(
                "Port {}\nListenAddress 127.0.0.1\nHostKey {}/host\nAuthorizedKeysFile {}/authorized\n"
                "PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
                "KbdInteractiveAuthentication no\nPermitRootLogin yes\n",
                port_, path().string(), path().string())));
        write_client();
        start_server();
        const auto first = on_host("box", "true");
        if (!first && first.error().fault == Fault::Denied)
            GTEST_SKIP() << "sshd does not let this account in: " << first.error().what;
    }

    void start_server() {
        server_ = std::make_unique<test::Child>(
            test::ChildSettings{.argv = {kServer, "-D", "-e", "-f", (path() / "sshd_config").string()}});
        ASSERT_TRUE(server_->wait_for("Server listening", 60s)) << server_->output();
    }

    void write_client() {
        const std::string host_key = must(read_file(path() / "host.pub"));
        must(write_file(path() / "known", fmt::format("[127.0.0.1]:{} {}", port_, host_key)));
        must(write_file(path() / "other",
                        fmt::format("[127.0.0.1]:{} {}", port_, must(read_file(path() / "bad.pub")))));
        must(write_file(path() / "none", ""));
        std::string config = fmt::format(
            "Host refused\n Port {}\nHost silent\n Port {}\nHost badkey\n IdentityFile {}/bad\n"
            "Host stranger\n UserKnownHostsFile {}/none\nHost changed\n UserKnownHostsFile {}/other\n"
            "Host nowhere\n HostName no-such-host.invalid\n"
            "Host * !badkey\n IdentityFile {}/good\n"
            "Host *\n HostName 127.0.0.1\n Port {}\n IdentitiesOnly yes\n"
            " UserKnownHostsFile {}/known\n GlobalKnownHostsFile none\n",
            test::free_port(), silent_.port(), path().string(), path().string(), path().string(),
            path().string(), port_, path().string());
        must(write_file(path() / "ssh_config", config));
        must(write_file(path() / "bin/ssh", fmt::format("#!/bin/sh\nexec {} -F {}/ssh_config \"$@\"\n",
                                                        find_program("ssh").string(), path().string())));
        fs::permissions(path() / "bin/ssh", fs::perms::owner_all);
        old_path_ = std::getenv("PATH");
        ::setenv("PATH", fmt::format("{}:{}", (path() / "bin").string(), old_path_).c_str(), 1);
    }
    void TearDown() override {
        if (!old_path_.empty()) ::setenv("PATH", old_path_.c_str(), 1);
    }

    fs::path path() const { return fs::canonical(folder_.path()); }

    Result<RunReport> on_host(std::string host, std::string line, std::chrono::milliseconds limit = 60s,
                              std::stop_token stop = {}) {
        Runner each = runner();
        return run_on_host(each, {.host = std::move(host), .line = std::move(line), .limit = limit}, stop);
    }
    Runner runner() {
        return Runner({.sandbox = sandbox_,
                       .background = background_,
                       .connections = connections_,
                       .view = {},
                       .artifacts = path() / "artifacts",
                       .granted = {.unconfined = true}});
    }
    std::string failure(std::string host) {
        const auto report = on_host(std::move(host), "true");
        return report ? "it worked: " + end_text(*report)
                      : fmt::format("{}: {}", to_string(report.error().fault), report.error().what);
    }

    TemporaryFolder folder_ = test::temporary_folder();
    test::Listener silent_;
    int port_ = 0;
    std::string old_path_;
    std::unique_ptr<test::Child> server_;
    Sandbox sandbox_;
    Connections connections_;
    Background background_;
};

TEST_F(HostTest, CommandsRunThereOverOneConnection) {
    const RunReport first = must(on_host("box", "echo out; echo err >&2; exit 3"));
    EXPECT_EQ(first.finished.exit_code, 3);
    EXPECT_TRUE(first.text.contains("out\n")) << first.text;
    EXPECT_TRUE(first.text.contains("err\n")) << first.text;
    EXPECT_EQ(first.command, "ssh box 'echo out; echo err >&2; exit 3'");
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(must(on_host("box", "echo \"it's $0\"")).succeeded());
    std::size_t connections = 0;
    server_->wait_for("Accepted publickey");
    for (std::size_t at = 0; (at = server_->output().find("Accepted publickey", at)) != std::string::npos;
         ++at)
        ++connections;
    EXPECT_EQ(connections, 1u) << server_->output();
    EXPECT_EQ(must(on_host("box", "exit 255")).finished.exit_code, 255);
}

TEST_F(HostTest, InputReachesTheCommandAndThereIsNoTerminal) {
    Runner each = runner();
    EXPECT_EQ(must(run_on_host(each, {.host = "box", .line = "cat", .input = "given"}, {})).text, "given");
    EXPECT_EQ(must(on_host("box", "read x; echo \"[$x]\"; tty")).text, "[]\nnot a tty\n");
}

TEST_F(HostTest, EachFailureIsToldWithTheNextStep) {
    EXPECT_TRUE(
        failure("refused").starts_with("unavailable: refused: the machine is there, but nothing takes ssh"))
        << failure("refused");
    EXPECT_TRUE(failure("nowhere").starts_with("unavailable: nowhere: no host has this name"))
        << failure("nowhere");
    EXPECT_TRUE(failure("badkey").starts_with("denied: badkey: it takes none of your keys"))
        << failure("badkey");
    EXPECT_TRUE(failure("stranger").starts_with("denied: stranger: ssh does not know its key yet"))
        << failure("stranger");
    EXPECT_TRUE(failure("changed").starts_with("denied: changed: its key is not the one that ssh knows"))
        << failure("changed");
    for (const char* name : {"", "-oProxyCommand=touch x", "a b", "x;y"})
        EXPECT_TRUE(failure(name).starts_with("invalid: ")) << failure(name);
}

TEST_F(HostTest, AHostThatHangsIsGivenUp) {
    const std::string told = failure("silent");
    EXPECT_TRUE(
        told.starts_with("unavailable: silent: something takes the connection but does not speak ssh"))
        << told;
}

TEST_F(HostTest, AConnectionThatIsCutIsToldWithWhatCame) {
    std::jthread cutter([this] {
        const auto began = [this] {
            std::error_code code;
            return fs::exists(path() / "began", code);
        };
        for (int i = 0; i < 600 && !began(); ++i) std::this_thread::sleep_for(100ms);
        static_cast<void>(run({.argv = {"pkill", "-KILL", "-P", fmt::format("{}", server_->pid())}}, {}));
    });
    const auto report =
        on_host("box", fmt::format("echo first; touch {}; sleep 100", (path() / "began").string()));
    ASSERT_FALSE(report) << end_text(*report);
    EXPECT_EQ(report.error().fault, Fault::Unavailable);
    EXPECT_TRUE(report.error().what.contains("first")) << report.error().what;
    cutter.join();
    EXPECT_TRUE(must(on_host("box", "true")).succeeded()) << "the next command connects anew";
}

TEST_F(HostTest, TheLimitEndsItThereToo) {
    const RunReport report = must(on_host("box", "echo begun; sleep 4321.5", 2s));
    EXPECT_EQ(report.finished.end, Finished::End::TimedOut);
    EXPECT_TRUE(report.text.contains("begun"));
    const auto runs = [] { return must(run({.argv = {"pgrep", "-f", "^sleep 4321.5"}}, {})).exit_code == 0; };
    for (int i = 0; i < 600 && runs(); ++i) std::this_thread::sleep_for(100ms);
    EXPECT_FALSE(runs());
}

TEST_F(HostTest, AStopEndsItThereAtOnce) {
    std::stop_source stop;
    const fs::path began = path() / "running";
    std::jthread stopper([&] {
        std::error_code code;
        for (int i = 0; i < 600 && !fs::exists(began, code); ++i) std::this_thread::sleep_for(100ms);
        stop.request_stop();
    });
    // One in the background that has left the group, one that does not heed SIGTERM.
    const auto report = on_host("box",
                                fmt::format("setsid sleep 4322.5 & touch {}; echo begun; "
                                            "trap '' TERM; while :; do sleep 4323.5; done",
                                            began.string()),
                                3600s, stop.get_token());
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().fault, Fault::Cancelled);
    for (const char* line : {"^sleep 4322.5", "^sleep 4323.5", "^sh -c .*4323.5"})
        EXPECT_EQ(must(run({.argv = {"pgrep", "-f", line}}, {})).exit_code, 1) << line;
    EXPECT_TRUE(must(on_host("box", "true")).succeeded()) << "the connection is still good";
}

TEST_F(HostTest, AHostIsLookedAtWithManyCommandsAtOnce) {
    test::Child culprit(
        {.argv = {test::culprit_program(), "--format", "json", "host", "check", "--host", "box"},
         .folder = path()});
    culprit.close_input();
    EXPECT_EQ(culprit.wait(90s), 0) << culprit.output();
    const std::string output = culprit.output();
    const Json json = must(parse_json(output.substr(output.find("\n{\n") + 1), "the result"));
    EXPECT_EQ(member(json, "commands").size(), sixty_seconds().size());
    for (const Json& command : member(json, "commands")) {
        const bool is_missing = text_at(command, "output") == "(not installed)\n";
        EXPECT_EQ(flag_at(command, "installed"), !is_missing) << dump_json(command);
    }
    EXPECT_TRUE(text_at(member(json, "commands")[0], "output").contains("load average")) << output;
}

}  // namespace
}  // namespace culprit
