// culprit container with a real docker, and each way in which that goes wrong; skipped where no daemon runs.
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "base/process.h"
#include "base/text.h"
#include "support/listener.h"
#include "support/mock_model.h"
#include "support/support.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using test::must;
using ::testing::HasSubstr;

// What the image holds, linked statically: listens at 7000 and greets, or ends at once.
constexpr const char* kServer = R"(
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char** argv) {
  if (argc > 1 && !strcmp(argv[1], "fail")) { write(2, "no such setting\n", 16); return 9; }
  signal(SIGPIPE, SIG_IGN); signal(SIGTERM, [](int) { _exit(0); });
  int s = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in a{}; a.sin_family = AF_INET; a.sin_port = htons(7000);
  if (bind(s, (sockaddr*)&a, sizeof a) || listen(s, 8)) return 1;
  write(1, "serving\n", 8);
  for (;;) { int k = accept(s, 0, 0); write(k, "hello\n", 6); usleep(600000); close(k); }
}
)";
constexpr const char* kImage = "culprit-test-server:1";

int docker(std::vector<std::string> words, std::string* said = nullptr) {
    words.insert(words.begin(), "docker");
    const auto done = run({.argv = words, .limit = 2min}, {});
    if (said && done) *said = done->out + done->err;
    return done ? done->exit_code : -1;
}

class Containers : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        if (find_program("docker").empty() || docker({"version"}) != 0) return;
        const auto folder = test::temporary_folder();
        must(write_file(folder.path() / "server.cpp", kServer));
        must(write_file(folder.path() / "Dockerfile",
                        "FROM scratch\nCOPY server /server\nENTRYPOINT [\"/server\"]\n"));
        const Finished built = must(run({.argv = {"g++", "-static", "-o", (folder.path() / "server").string(),
                                                  (folder.path() / "server.cpp").string()}},
                                        {}));
        is_ready_ =
            built.exit_code == 0 && docker({"build", "-q", "-t", kImage, folder.path().string()}) == 0;
    }
    static void TearDownTestSuite() {
        if (is_ready_) docker({"rmi", "-f", kImage});
    }
    void SetUp() override {
        if (!is_ready_) GTEST_SKIP() << "no docker daemon runs here";
        must(make_folder(path() / ".git"));
        must(write_file(
            path() / "compose.yml",
            fmt::format("services:\n  greeter:\n    image: {}\n    ports:\n      - \"127.0.0.1:{}:7000\"\n",
                        kImage, port_)));
    }
    void TearDown() override {
        if (is_ready_) culprit({"down"});
    }
    fs::path path() const { return fs::canonical(folder_.path()); }
    std::string ready() const { return fmt::format("tcp://localhost:{}", port_); }

    struct Answer {
        int code;
        std::string text;
    };
    Answer culprit(std::vector<std::string> words, std::vector<std::string> environment = {}) {
        words.insert(words.begin(), {test::culprit_program().string(), "container"});
        const Finished done = must(
            run({.argv = words, .folder = path(), .environment = std::move(environment), .limit = 3min}, {}));
        return {done.exit_code, done.out + done.err};
    }
    Answer up(std::vector<std::string> more) {
        more.insert(more.begin(), {"up", "--image", kImage, "--limit", "20"});
        return culprit(more);
    }
    std::string published() const { return fmt::format("127.0.0.1:{}:7000", port_); }

    static bool is_ready_;
    TemporaryFolder folder_ = test::temporary_folder();
    int port_ = test::free_port();
};
bool Containers::is_ready_ = false;

TEST_F(Containers, AnImageIsStartedOnceAndOnlyWhatWasStartedIsStopped) {
    const Answer started = up({"--ports", published(), "--name", "culprit-test-a", "--ready", ready()});
    EXPECT_EQ(started.code, 0) << started.text;
    EXPECT_THAT(started.text, HasSubstr("accepts connections and keeps them"));
    EXPECT_THAT(up({"--ports", published(), "--ready", ready()}).text,
                HasSubstr("it runs already, nothing was started"));
    EXPECT_THAT(culprit({"logs"}).text, HasSubstr("serving"));
    EXPECT_THAT(culprit({"status"}).text, HasSubstr("culprit-test-a"));
    ASSERT_EQ(docker({"run", "-d", "--name", "culprit-test-b", kImage}), 0);
    EXPECT_THAT(culprit({"down", "--container", "culprit-test-b"}).text,
                HasSubstr("was not started by culprit"));
    EXPECT_THAT(culprit({"down"}).text, HasSubstr("stopped and removed culprit-test-a"));
    std::string left;
    docker({"ps", "-a", "--format", "{{.Names}}"}, &left);
    EXPECT_THAT(left, ::testing::Not(HasSubstr("culprit-test-a")));
    EXPECT_THAT(left, HasSubstr("culprit-test-b"));
    docker({"rm", "-f", "culprit-test-b"});
    EXPECT_THAT(culprit({"down"}).text, HasSubstr("nothing to stop"));
}

TEST_F(Containers, AComposeFileIsStartedAndStoppedAsAWhole) {
    const Answer started = culprit({"up", "--file", "compose.yml", "--ready", ready()});
    if (started.text.contains("compose is not installed")) GTEST_SKIP() << started.text;
    EXPECT_EQ(started.code, 0) << started.text;
    EXPECT_THAT(culprit({"down"}).text, HasSubstr("stopped and removed"));
}

TEST_F(Containers, EachFailureHasItsMessage) {
    EXPECT_THAT(up({"--command", "fail"}).text,
                HasSubstr("ended with exit code 9; its log ends with:\nno such setting"));
    EXPECT_THAT(culprit({"up", "--image", "localhost:1/nothing:1"}).text,
                HasSubstr("registry cannot be reached"));
    const test::Listener other;
    const std::string taken = fmt::format("127.0.0.1:{}:7000", other.port());
    EXPECT_THAT(up({"--ports", taken, "--name", "culprit-test-c"}).text, HasSubstr("the port is taken"));
    std::string left;
    docker({"ps", "-a", "--format", "{{.Names}}"}, &left);
    EXPECT_THAT(left, ::testing::Not(HasSubstr("culprit-test-c"))) << "a container that never ran was left";
    ASSERT_EQ(docker({"run", "-d", "--name", "culprit-test-d", "-p", published(), kImage}), 0);
    EXPECT_THAT(up({"--name", "culprit-test-d"}).text,
                HasSubstr("a container with that name is there already"));
    EXPECT_THAT(up({"--ports", published()}).text, HasSubstr("the port is taken"));
    docker({"rm", "-f", "culprit-test-d"});
    EXPECT_THAT(up({"--ready", "tcp://localhost:1"}).text, HasSubstr("was not ready after 20 s"));
}

TEST(ContainersWithoutDocker, TheDaemonIsMissed) {
    if (find_program("docker").empty()) GTEST_SKIP() << "docker is not installed";
    const auto folder = test::temporary_folder();
    const Finished done = must(run({.argv = {test::culprit_program().string(), "container", "status"},
                                    .folder = folder.path(),
                                    .environment = {"DOCKER_HOST=unix:///nowhere/docker.sock"}},
                                   {}));
    EXPECT_EQ(done.exit_code, 3);
    EXPECT_THAT(done.err, HasSubstr("its daemon does not run"));
}

}  // namespace
}  // namespace culprit
