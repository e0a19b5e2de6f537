#include "support/loopback_server.h"

#include <algorithm>
#include <cstdlib>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

namespace culprit::test {
namespace {

// The body of the request, once it is there.
std::string read_request(int fd) {
    std::string bytes;
    char buffer[65536];
    for (;;) {
        const std::size_t head = bytes.find("\r\n\r\n");
        if (head != std::string::npos) {
            const std::string lower = to_lower(std::string_view(bytes).substr(0, head));
            const std::size_t length = lower.find("content-length: ");
            const std::size_t body =
                length == std::string::npos ? 0 : std::strtoul(lower.c_str() + length + 16, nullptr, 10);
            if (bytes.size() >= head + 4 + body) return bytes.substr(head + 4);
        }
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got <= 0) return bytes;
        bytes.append(buffer, static_cast<std::size_t>(got));
    }
}

}  // namespace

std::string stream_head() {
    return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
}

Served whole_answer_of(int status, std::string_view body, std::string_view more_headers) {
    return {{fmt::format(
        "HTTP/1.1 {} Said\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: "
        "close\r\n{}\r\n{}",
        status, body.size(), more_headers, body)}};
}

LoopbackServer::LoopbackServer(std::vector<Served> answers)
    : answers_(std::move(answers)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      end_(::eventfd(0, EFD_CLOEXEC)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_.get(), 16) != 0 ||
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        std::abort();
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() { ::eventfd_write(end_.get(), 1); }

std::string LoopbackServer::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

std::vector<std::string> LoopbackServer::bodies() const {
    const std::lock_guard lock(mutex_);
    return bodies_;
}

void LoopbackServer::serve() {
    for (;;) {
        pollfd set[] = {{listener_.get(), POLLIN, 0}, {end_.get(), POLLIN, 0}};
        if (::poll(set, 2, -1) <= 0 || set[1].revents) return;
        Descriptor fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!fd) return;
        std::string body = read_request(fd.get());
        std::size_t number = 0;
        {
            const std::lock_guard lock(mutex_);
            number = std::min(bodies_.size(), answers_.size() - 1);
            bodies_.push_back(std::move(body));
        }
        answer(fd.get(), answers_[number]);
        if (answers_[number].end == Served::End::KeepOpen) open_.push_back(std::move(fd));
        if (answers_[number].end == Served::End::Reset) {
            const linger now{1, 0};
            ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
        }
    }
}

void LoopbackServer::answer(int fd, const Served& served) {
    bool first = true;
    for (const std::string& piece : served.pieces) {
        pollfd end{end_.get(), POLLIN, 0};
        if (!std::exchange(first, false) && served.pause.count() > 0 &&
            ::poll(&end, 1, static_cast<int>(served.pause.count())) > 0)
            return;
        if (::send(fd, piece.data(), piece.size(), MSG_NOSIGNAL) < 0) return;
    }
}

}  // namespace culprit::test
