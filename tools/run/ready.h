// Whether a service answers: in its own protocol, as a port that accepts says nothing about what is behind
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/run/docker.h"
#include "tools/run/tcp.h"

namespace culprit {

struct ReadyCheck {
    enum class How { Kafka, Tcp, Http, Health };
    How how = How::Tcp;
    Address address;  // of Kafka and Tcp
    std::string url;  // of Http
};

// "kafka://localhost:9092", "tcp://localhost:5432", "http://localhost:8080/health", "health" (the image's own
// check). Fails with Invalid.
Result<ReadyCheck> parse_ready_check(std::string_view text);
std::string ready_text(const ReadyCheck& check);

// Asks once; what answered, for people. `containers` are those whose health counts. Fails with Unavailable,
// TimedOut or NotFound while it may yet come, Invalid if waiting does not help.
Result<std::string> ask_ready(const ReadyCheck& check, const std::vector<ContainerState>& containers,
                              std::stop_token stop);

}  // namespace culprit
