// Whether a Kafka broker is ready for clients: it is asked in its own protocol, at the address that it tells
// clients to use. That a port accepts connections proves nothing: docker's proxy does so before the broker.
//
// Source  kafka.apache.org/protocol: ApiVersions v0, Metadata v0 to v4 (none of them flexible)
#pragma once

#include <span>
#include <vector>

#include "tools/run/tcp.h"

namespace culprit {

struct KafkaBroker {
    std::int32_t id = 0;
    Address address;  // as it is advertised
};

struct KafkaApi {
    std::int16_t key = 0, least = 0, most = 0;
};

struct KafkaAnswer {
    std::vector<KafkaApi> apis;  // empty: a broker before 0.10, which does not know ApiVersions
    std::vector<KafkaBroker> brokers;
};

// Asks the broker at `address`, then each broker that it names at the address that it advertises. Fails with
// Unavailable while it may yet become ready; Invalid if something else listens there, or an advertised
// address cannot be reached from here: then waiting does not help. Each says what to do.
Result<KafkaAnswer> probe_kafka(const Address& address, std::chrono::milliseconds limit,
                                std::stop_token stop);

// The parts of the protocol, as bytes without the size in front.
std::string kafka_request(std::int16_t api, std::int16_t version, std::int32_t correlation,
                          std::string_view body);
Result<std::vector<KafkaApi>> read_api_versions(std::string_view response, std::int32_t correlation);
Result<std::vector<KafkaBroker>> read_metadata(std::string_view response, std::int16_t version,
                                               std::int32_t correlation);

}  // namespace culprit
