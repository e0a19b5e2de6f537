#include "tools/run/kafka_probe.h"

#include <algorithm>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::int16_t kApiVersions = 18, kMetadata = 3;
constexpr std::int16_t kNewestMetadata = 4;  // the last one before fields became tagged in steps
constexpr std::size_t kMostResponse = 16u << 20;
constexpr std::int32_t kMostBrokers = 10000;

void put(std::string& bytes, std::uint64_t value, int size) {
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
        bytes += static_cast<char>(value >> shift & 0xFF);
}

void put_string(std::string& bytes, std::string_view text) {
    put(bytes, text.size(), 2);
    bytes += text;
}

// Big-endian fields of a response; after the first that is not there all are empty, and `good` is false.
class Fields {
  public:
    explicit Fields(std::string_view bytes) : bytes_(bytes) {}

    std::uint64_t number(std::size_t size) {
        if (bytes_.size() < size) {
            good = false;
            bytes_ = {};
            return 0;
        }
        std::uint64_t value = 0;
        for (const char c : bytes_.substr(0, size)) value = value << 8 | static_cast<unsigned char>(c);
        bytes_.remove_prefix(size);
        return value;
    }
    std::int16_t int16() { return static_cast<std::int16_t>(number(2)); }
    std::int32_t int32() { return static_cast<std::int32_t>(number(4)); }
    std::string text() {  // null is empty
        const std::int16_t size = int16();
        if (size <= 0) return {};
        if (bytes_.size() < static_cast<std::size_t>(size)) {
            good = false;
            return {};
        }
        std::string text(bytes_.substr(0, static_cast<std::size_t>(size)));
        bytes_.remove_prefix(text.size());
        return text;
    }

    bool good = true;

  private:
    std::string_view bytes_;
};

std::unexpected<Error> garbled(std::string_view what) {
    return fail(Fault::Invalid, "the answer to {} is not Kafka's: another service listens there", what);
}

// What the first bytes of an answer are if they are not a size.
Error not_kafka(const Address& address, std::string_view head) {
    const std::string name = address_text(address);
    if (head.starts_with("HTTP"))
        return {Fault::Invalid, fmt::format("{} is a web server, not Kafka: another port is meant", name)};
    if (head.size() >= 2 && head[0] == 0x15 && head[1] == 0x03)
        return {Fault::Invalid,
                fmt::format("{} wants TLS: use its plain listener, or give the client TLS settings", name)};
    return {Fault::Invalid, fmt::format("what listens on {} does not speak Kafka", name)};
}

Result<std::string> ask(TcpConnection& connection, const Address& address, const std::string& request) {
    std::string framed;
    put(framed, request.size(), 4);
    TRY_OK(connection.send(framed + request));
    TRY(const std::string head, connection.receive(4));
    Fields fields(head);
    const auto size = static_cast<std::uint64_t>(fields.number(4));
    if (size < 4 || size > kMostResponse) return std::unexpected(not_kafka(address, head));
    return connection.receive(size);
}

struct Hello {
    TcpConnection connection;
    std::vector<KafkaApi> apis;
};

// Connects and asks for ApiVersions. A broker before 0.10 closes the connection on that.
Result<Hello> say_hello(const Address& address, TcpConnection::Deadline deadline, std::stop_token stop) {
    TRY(TcpConnection connection, TcpConnection::open(address, deadline, stop));
    const auto response = ask(connection, address, kafka_request(kApiVersions, 0, 1, ""));
    if (!response) {
        if (response.error().fault != Fault::Unavailable) return std::unexpected(response.error());
        TRY(TcpConnection again, TcpConnection::open(address, deadline, stop));
        return Hello{std::move(again), {}};
    }
    TRY(std::vector<KafkaApi> apis, read_api_versions(*response, 1));
    return Hello{std::move(connection), std::move(apis)};
}

Result<std::int16_t> metadata_version(const std::vector<KafkaApi>& apis) {
    if (apis.empty()) return std::int16_t{0};
    const auto api = std::ranges::find(apis, kMetadata, &KafkaApi::key);
    if (api == apis.end())
        return fail(Fault::Invalid,
                    "it answers Kafka's ApiVersions but has no Metadata: a controller, not a broker");
    if (api->least > kNewestMetadata)
        return fail(Fault::Invalid, "it takes Metadata from version {} on, newer than this knows",
                    api->least);
    return std::min(api->most, kNewestMetadata);
}

std::string metadata_body(std::int16_t version) {
    std::string body;
    put(body, 0, 4);                    // no topics; in version 0 that means all of them
    if (version >= 4) put(body, 0, 1);  // and none is to be made
    return body;
}

// Clients go to the advertised address, so that is the one that must answer.
Result<> check_advertised(const KafkaBroker& broker, const Address& asked, TcpConnection::Deadline deadline,
                          std::stop_token stop) {
    if (broker.address == asked) return {};
    const auto hello = say_hello(broker.address, deadline, stop);
    if (hello) return {};
    if (hello.error().fault == Fault::Cancelled) return std::unexpected(hello.error());
    return fail(Fault::Invalid,
                "the broker at {} answers, but tells clients to go to {}, which cannot be reached from here "
                "({}): its "
                "advertised.listeners must name an address of this machine, such as PLAINTEXT://{}",
                address_text(asked), address_text(broker.address), hello.error().what, address_text(asked));
}

}  // namespace

std::string kafka_request(std::int16_t api, std::int16_t version, std::int32_t correlation,
                          std::string_view body) {
    std::string request;
    put(request, static_cast<std::uint16_t>(api), 2);
    put(request, static_cast<std::uint16_t>(version), 2);
    put(request, static_cast<std::uint32_t>(correlation), 4);
    put_string(request, "culprit");
    return request + std::string(body);
}

Result<std::vector<KafkaApi>> read_api_versions(std::string_view response, std::int32_t correlation) {
    Fields fields(response);
    if (fields.int32() != correlation) return garbled("ApiVersions");
    const std::int16_t error = fields.int16();
    const std::int32_t count = fields.int32();
    if (!fields.good || count < 0 || static_cast<std::size_t>(count) * 6 > response.size())
        return garbled("ApiVersions");
    if (error != 0) return fail(Fault::Unavailable, "it answers ApiVersions with error {}", error);
    std::vector<KafkaApi> apis;
    for (std::int32_t i = 0; i < count; ++i) {
        KafkaApi api;
        api.key = fields.int16();
        api.least = fields.int16();
        api.most = fields.int16();
        apis.push_back(api);
    }
    if (!fields.good) return garbled("ApiVersions");
    return apis;
}

Result<std::vector<KafkaBroker>> read_metadata(std::string_view response, std::int16_t version,
                                               std::int32_t correlation) {
    Fields fields(response);
    if (fields.int32() != correlation) return garbled("Metadata");
    if (version >= 3) fields.int32();  // throttled for so many milliseconds
    const std::int32_t count = fields.int32();
    if (!fields.good || count < 0 || count > kMostBrokers) return garbled("Metadata");
    std::vector<KafkaBroker> brokers;
    for (std::int32_t i = 0; i < count && fields.good; ++i) {
        KafkaBroker broker{.id = fields.int32(), .address = {}};
        broker.address.host = fields.text();
        const std::int32_t port = fields.int32();
        if (port < 0 || port > 65535 || broker.address.host.find('\0') != std::string::npos)
            return garbled("Metadata");
        broker.address.port = static_cast<std::uint16_t>(port);
        if (version >= 1) fields.text();  // the rack
        brokers.push_back(std::move(broker));
    }
    if (!fields.good) return garbled("Metadata");
    return brokers;
}

Result<KafkaAnswer> probe_kafka(const Address& address, std::chrono::milliseconds limit,
                                std::stop_token stop) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    TRY(Hello hello, say_hello(address, deadline, stop));
    TRY(const std::int16_t version, metadata_version(hello.apis));
    const auto response =
        ask(hello.connection, address, kafka_request(kMetadata, version, 2, metadata_body(version)));
    if (!response) {
        if (response.error().fault != Fault::Unavailable) return std::unexpected(response.error());
        return fail(Fault::Unavailable,
                    "{} accepts connections and closes them without an answer: the broker is still "
                    "starting, or the port is not the one it listens on",
                    address_text(address));
    }
    KafkaAnswer answer{.apis = std::move(hello.apis), .brokers = {}};
    TRY(answer.brokers, read_metadata(*response, version, 2));
    if (answer.brokers.empty())
        return fail(Fault::Unavailable, "{} answers, but its cluster has no brokers yet",
                    address_text(address));
    for (const KafkaBroker& each : answer.brokers) TRY_OK(check_advertised(each, address, deadline, stop));
    return answer;
}

}  // namespace culprit
