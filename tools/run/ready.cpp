#include "tools/run/ready.h"

#include <algorithm>

#include "base/http.h"
#include "base/text.h"
#include "tools/run/kafka_probe.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;

constexpr auto kOnce = 3s;          // for one question
constexpr auto kStaysOpen = 400ms;  // a proxy with nothing behind it closes sooner

Result<std::string> ask_kafka(const Address& address, std::stop_token stop) {
    TRY(const KafkaAnswer answer, probe_kafka(address, kOnce, std::move(stop)));
    std::vector<std::string> brokers;
    for (const KafkaBroker& each : answer.brokers) brokers.push_back(address_text(each.address));
    return fmt::format("Kafka answers at {}: {}, advertised as {}", address_text(address),
                       answer.apis.empty() ? std::string("a broker before 0.10")
                                           : fmt::format("{} APIs", answer.apis.size()),
                       join(brokers, ", "));
}

// docker's proxy accepts first and then closes if nothing listens in the container: the connection must last.
Result<std::string> ask_tcp(const Address& address, std::stop_token stop) {
    const auto deadline = std::chrono::steady_clock::now() + kOnce;
    { TRY(TcpConnection first, TcpConnection::open(address, deadline, stop)); }
    TRY(TcpConnection connection,
        TcpConnection::open(address, std::chrono::steady_clock::now() + kStaysOpen, stop));
    const auto greeting = connection.receive_some(256);
    const bool is_quiet = !greeting && greeting.error().fault == Fault::TimedOut;
    if (is_quiet || (greeting && !greeting->empty()))
        return fmt::format(
            "{} accepts connections and keeps them (TCP alone: it may not be ready for its clients)",
            address_text(address));
    if (!greeting && greeting.error().fault == Fault::Cancelled) return std::unexpected(greeting.error());
    return fail(Fault::Unavailable,
                "{} accepts connections and closes them at once: nothing listens behind docker's port yet",
                address_text(address));
}

Result<std::string> ask_http(const std::string& url, std::stop_token stop) {
    HttpClient client;
    TRY(const HttpResponse response,
        client.send(
            {.url = url, .connect_limit = kOnce, .stall_limit = kOnce, .verify_certificate = false},
            [](std::string_view) { return false; }, std::move(stop)));
    if (response.status < 500) return fmt::format("{} answers with status {}", url, response.status);
    return fail(Fault::Unavailable, "{} answers with status {}: it is not ready", url, response.status);
}

Result<std::string> ask_health(const std::vector<ContainerState>& containers) {
    bool has_check = false;
    for (const ContainerState& each : containers) {
        has_check = has_check || !each.health.empty();
        if (!each.health.empty() && each.health != "healthy")
            return fail(Fault::Unavailable, "the health check of {} says '{}'", each.name, each.health);
    }
    if (!has_check)
        return fail(Fault::Invalid,
                    "no container here has a health check: say how to ask the service, such as "
                    "kafka://localhost:9092, http://localhost:8080 or tcp://localhost:5432");
    return "the health check says 'healthy'";
}

}  // namespace

Result<ReadyCheck> parse_ready_check(std::string_view text) {
    ReadyCheck check;
    if (text == "health") {
        check.how = ReadyCheck::How::Health;
        return check;
    }
    if (text.starts_with("http://") || text.starts_with("https://")) {
        check.how = ReadyCheck::How::Http;
        check.url = text;
        return check;
    }
    for (const auto& [scheme, how] : {std::pair{std::string_view("kafka://"), ReadyCheck::How::Kafka},
                                      std::pair{std::string_view("tcp://"), ReadyCheck::How::Tcp}}) {
        if (!text.starts_with(scheme)) continue;
        check.how = how;
        TRY(check.address, parse_address(text.substr(scheme.size())));
        return check;
    }
    return fail(Fault::Invalid,
                "'{}' says not how to ask whether the service is ready: kafka://HOST:PORT, "
                "http://HOST:PORT/PATH, tcp://HOST:PORT and health do",
                text);
}

std::string ready_text(const ReadyCheck& check) {
    switch (check.how) {
        case ReadyCheck::How::Kafka: return "kafka://" + address_text(check.address);
        case ReadyCheck::How::Tcp: return "tcp://" + address_text(check.address);
        case ReadyCheck::How::Http: return check.url;
        case ReadyCheck::How::Health: break;
    }
    return "health";
}

Result<std::string> ask_ready(const ReadyCheck& check, const std::vector<ContainerState>& containers,
                              std::stop_token stop) {
    switch (check.how) {
        case ReadyCheck::How::Kafka: return ask_kafka(check.address, std::move(stop));
        case ReadyCheck::How::Tcp: return ask_tcp(check.address, std::move(stop));
        case ReadyCheck::How::Http: return ask_http(check.url, std::move(stop));
        case ReadyCheck::How::Health: break;
    }
    return ask_health(containers);
}

}  // namespace culprit
