#include "tools/run/tcp.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/process.h"

namespace culprit {
namespace {

// Waits for the descriptor, a stop, or the deadline.
Result<> wait_until(int fd, short events, TcpConnection::Deadline deadline, const std::stop_token& stop,
                    const std::string& name) {
    const StopSignal signal(stop);
    std::array<pollfd, 2> set{{{fd, events, 0}, {signal.fd(), POLLIN, 0}}};
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (stop.stop_requested()) return std::unexpected(cancelled());
        if (left.count() <= 0) return fail(Fault::TimedOut, "{} did not answer in time", name);
        const int ready =
            ::poll(set.data(), set.size(), static_cast<int>(std::min<std::int64_t>(left.count(), 1 << 30)));
        if (ready < 0 && errno != EINTR)
            return fail(Fault::Unavailable, "{}: {}", name, std::strerror(errno));
        if (set[0].revents != 0) return {};
    }
}

struct FreeAddresses {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

// Connects to one of the numbers behind a name; the errno if that fails.
Result<Descriptor> connect_to(const addrinfo& info, TcpConnection::Deadline deadline,
                              const std::stop_token& stop, const std::string& name, int& code) {
    Descriptor fd(::socket(info.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    code = errno;
    if (!fd) return fail(Fault::Unavailable, "{}: {}", name, std::strerror(code));
    code = ::connect(fd.get(), info.ai_addr, info.ai_addrlen) == 0 ? 0 : errno;
    if (code == EINPROGRESS) {
        TRY_OK(wait_until(fd.get(), POLLOUT, deadline, stop, name));
        socklen_t size = sizeof code;
        ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &code, &size);
    }
    if (code == 0) return fd;
    return fail(Fault::Unavailable, "{}",
                code == ECONNREFUSED ? fmt::format("nothing listens on {}", name)
                                     : fmt::format("{}: {}", name, std::strerror(code)));
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    std::string_view host = text.substr(0, colon == std::string_view::npos ? 0 : colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const std::string_view digits = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    const bool is_number =
        !digits.empty() && code == std::errc() && end == digits.data() + digits.size() && port > 0;
    if (host.empty() || !is_number || host.find('\0') != std::string_view::npos)
        return fail(Fault::Invalid, "'{}' is no address: HOST:PORT is meant, such as localhost:9092", text);
    return Address{std::string(host), port};
}

std::string address_text(const Address& address) {
    const bool is_ipv6 = address.host.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", address.host, is_ipv6 ? "]" : "", address.port);
}

Result<TcpConnection> TcpConnection::open(const Address& address, Deadline deadline, std::stop_token stop) {
    const std::string name = address_text(address);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int code = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list);
    if (code != 0)
        return fail(Fault::NotFound, "the name '{}' is not known here: {}", address.host,
                    ::gai_strerror(code));
    const std::unique_ptr<addrinfo, FreeAddresses> addresses(list);
    Error last{Fault::NotFound, fmt::format("the name '{}' has no address", address.host)};
    for (const addrinfo* each = list; each; each = each->ai_next) {
        int why = 0;
        auto fd = connect_to(*each, deadline, stop, name, why);
        if (fd) return TcpConnection(*std::move(fd), name, deadline, std::move(stop));
        last = fd.error();
        if (last.fault == Fault::Cancelled) break;
    }
    return std::unexpected(std::move(last));
}

Result<> TcpConnection::wait_for(short events) const {
    return wait_until(fd_.get(), events, deadline_, stop_, name_);
}

Result<> TcpConnection::send(std::string_view bytes) {
    while (!bytes.empty()) {
        TRY_OK(wait_for(POLLOUT));
        const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (sent < 0)
            return fail(Fault::Unavailable, "{} closed the connection: {}", name_, std::strerror(errno));
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

Result<std::string> TcpConnection::receive_some(std::size_t most) {
    std::string bytes(std::min<std::size_t>(most, 65536), '\0');
    for (;;) {
        TRY_OK(wait_for(POLLIN));
        const ssize_t got = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got < 0)
            return fail(Fault::Unavailable, "{} closed the connection: {}", name_, std::strerror(errno));
        bytes.resize(static_cast<std::size_t>(got));
        return bytes;
    }
}

Result<std::string> TcpConnection::receive(std::size_t count) {
    std::string bytes;
    while (bytes.size() < count) {
        TRY(const std::string piece, receive_some(count - bytes.size()));
        if (piece.empty()) {
            return fail(Fault::Unavailable, "{} closed the connection after {} of {} bytes of its answer",
                        name_, bytes.size(), count);
        }
        bytes += piece;
    }
    return bytes;
}

}  // namespace culprit
