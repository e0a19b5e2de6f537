// A TCP connection to ask a service one thing: with a deadline, and stoppable at every wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/result.h"

namespace culprit {

struct Address {
    std::string host;  // a name or a number; IPv6 without brackets
    std::uint16_t port = 0;
    bool operator==(const Address&) const = default;
};

// "localhost:9092", "[::1]:80". Fails with Invalid.
Result<Address> parse_address(std::string_view text);
std::string address_text(const Address& address);

class TcpConnection {
  public:
    using Deadline = std::chrono::steady_clock::time_point;

    // Tries every address that the name has. Fails with NotFound if the name has none, Unavailable if none
    // accepts, TimedOut, Cancelled.
    static Result<TcpConnection> open(const Address& address, Deadline deadline, std::stop_token stop);

    Result<> send(std::string_view bytes);
    // Exactly so many bytes. Fails with Unavailable if the other side closes before, TimedOut, Cancelled.
    Result<std::string> receive(std::size_t count);
    // What came until now and no more, at most so many bytes; empty once the other side has closed.
    Result<std::string> receive_some(std::size_t most);

  private:
    TcpConnection(Descriptor fd, std::string name, Deadline deadline, std::stop_token stop)
        : fd_(std::move(fd)), name_(std::move(name)), deadline_(deadline), stop_(std::move(stop)) {}
    Result<> wait_for(short events) const;

    Descriptor fd_;
    std::string name_;
    Deadline deadline_;
    std::stop_token stop_;
};

}  // namespace culprit
