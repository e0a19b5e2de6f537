#include "tools/run/kafka_probe.h"

#include <random>

#include "base/text.h"
#include "support/child.h"
#include "support/support.h"
#include "tools/run/ready.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;
using test::must;
using ::testing::HasSubstr;

// Something that listens where a broker is expected.
class Peer {
  public:
    explicit Peer(const std::string& how)
        : child_({.argv = {"python3", "-B", test::source_path("tests/unit/tools/run/kafka_peer.py").string(),
                           how}}) {
        child_.wait_for("port ");
        child_.wait_for("\n");
        const std::string_view output = child_.output();
        address_ =
            must(parse_address(fmt::format("127.0.0.1:{}", trim(output.substr(output.rfind(' ') + 1)))));
    }
    Result<KafkaAnswer> probe(std::chrono::milliseconds limit = 20s) const {
        return probe_kafka(address_, limit, {});
    }
    const Address& address() const { return address_; }

  private:
    test::Child child_;
    Address address_;
};

TEST(KafkaProbe, ABrokerAnswersWithItsApisAndAddress) {
    const Peer peer("good");
    const KafkaAnswer answer = must(peer.probe());
    EXPECT_EQ(answer.apis.size(), 4u);
    ASSERT_EQ(answer.brokers.size(), 1u);
    EXPECT_EQ(answer.brokers[0].id, 7);
    EXPECT_EQ(answer.brokers[0].address, peer.address());
    const auto said =
        must(ask_ready({.how = ReadyCheck::How::Kafka, .address = peer.address(), .url = ""}, {}, {}));
    EXPECT_THAT(said, HasSubstr("Kafka answers at 127.0.0.1:"));
}

TEST(KafkaProbe, ABrokerFromBeforeApiVersionsAnswersToo) {
    const KafkaAnswer answer = must(Peer("old").probe());
    EXPECT_TRUE(answer.apis.empty());
    EXPECT_EQ(answer.brokers.size(), 1u);
}

TEST(KafkaProbe, EachFailureHasItsOwnMessage) {
    const auto what = [](const char* how, Fault fault, std::chrono::milliseconds limit = 20s) {
        const auto answer = Peer(how).probe(limit);
        EXPECT_FALSE(answer) << how;
        if (answer) return std::string();
        EXPECT_EQ(answer.error().fault, fault) << how << ": " << answer.error().what;
        return answer.error().what;
    };
    EXPECT_THAT(what("http", Fault::Invalid), HasSubstr("is a web server, not Kafka"));
    EXPECT_THAT(what("tls", Fault::Invalid), HasSubstr("wants TLS"));
    EXPECT_THAT(what("garbage", Fault::Invalid), HasSubstr("does not speak Kafka"));
    EXPECT_THAT(what("other", Fault::Invalid), HasSubstr("not Kafka's"));
    EXPECT_THAT(what("closes", Fault::Unavailable), HasSubstr("still starting"));
    EXPECT_THAT(what("cut", Fault::Unavailable), HasSubstr("still starting"));
    EXPECT_THAT(what("nobrokers", Fault::Unavailable), HasSubstr("has no brokers yet"));
    EXPECT_THAT(what("unreachable", Fault::Invalid), HasSubstr("advertised.listeners must name an address"));
    EXPECT_THAT(what("newer", Fault::Invalid), HasSubstr("Metadata from version 9"));
    EXPECT_THAT(what("controller", Fault::Invalid), HasSubstr("a controller, not a broker"));
    EXPECT_THAT(what("silent", Fault::TimedOut, 300ms), HasSubstr("did not answer in time"));
}

TEST(KafkaProbe, NobodyThereAndUnknownNamesAreTold) {
    EXPECT_THAT(probe_kafka({"127.0.0.1", 1}, 5s, {}).error().what,
                HasSubstr("nothing listens on 127.0.0.1:1"));
    EXPECT_EQ(probe_kafka({"no-such-host.invalid", 9092}, 5s, {}).error().fault, Fault::NotFound);
    std::stop_source source;
    source.request_stop();
    EXPECT_EQ(Peer("silent").address().port == 0, false);
    EXPECT_EQ(probe_kafka(Peer("silent").address(), 20s, source.get_token()).error().fault, Fault::Cancelled);
}

TEST(KafkaProbe, DamagedResponsesAreNoTrouble) {
    std::string apis("\0\0\0\1\0\0\0\0\0\2\0\3\0\0\0\7\0\x12\0\0\0\4", 22);
    EXPECT_EQ(must(read_api_versions(apis, 1)).size(), 2u);
    std::string metadata("\0\0\0\2\0\0\0\1\0\0\0\7\0\1h\0\0\x23\x84\xff\xff", 21);
    EXPECT_EQ(must(read_metadata(metadata, 1, 2))[0].address, (Address{"h", 9092}));
    for (std::size_t size = 0; size < apis.size(); ++size)
        EXPECT_FALSE(read_api_versions(apis.substr(0, size), 1));
    for (std::size_t size = 0; size < metadata.size(); ++size)
        EXPECT_FALSE(read_metadata(metadata.substr(0, size), 1, 2));
    std::mt19937 random(3);
    for (int i = 0; i < 5000; ++i) {
        std::string bad = metadata;
        bad[random() % bad.size()] = static_cast<char>(random());
        static_cast<void>(read_metadata(bad, static_cast<std::int16_t>(random() % 5), 2));
        bad = apis;
        bad[random() % bad.size()] = static_cast<char>(random());
        static_cast<void>(read_api_versions(bad, 1));
    }
}

TEST(Address, IsReadStrictly) {
    EXPECT_EQ(must(parse_address("[::1]:80")), (Address{"::1", 80}));
    EXPECT_EQ(address_text({"::1", 80}), "[::1]:80");
    for (const char* bad : {"", "host", "host:", ":80", "host:0", "host:65536", "host:8x", "host:-1"})
        EXPECT_FALSE(parse_address(bad)) << bad;
}

TEST(Ready, TheChecksAreTold) {
    EXPECT_EQ(must(parse_ready_check("kafka://localhost:9092")).address, (Address{"localhost", 9092}));
    EXPECT_EQ(must(parse_ready_check("health")).how, ReadyCheck::How::Health);
    EXPECT_EQ(must(parse_ready_check("https://x/y")).url, "https://x/y");
    EXPECT_EQ(parse_ready_check("localhost:9092").error().fault, Fault::Invalid);
    const auto tcp = [](const char* how) {
        const Peer peer(how);
        return ask_ready({.how = ReadyCheck::How::Tcp, .address = peer.address(), .url = ""}, {}, {});
    };
    EXPECT_THAT(must(tcp("silent")), HasSubstr("accepts connections and keeps them"));
    const std::vector<ContainerState> none = {{.name = "a"}}, sick = {{.name = "a", .health = "unhealthy"}},
                                      well = {{.name = "a", .health = "healthy"}};
    const ReadyCheck health{.how = ReadyCheck::How::Health, .address = {}, .url = ""};
    EXPECT_EQ(ask_ready(health, none, {}).error().fault, Fault::Invalid);
    EXPECT_EQ(ask_ready(health, sick, {}).error().fault, Fault::Unavailable);
    EXPECT_TRUE(ask_ready(health, well, {}));
}

}  // namespace
}  // namespace culprit
