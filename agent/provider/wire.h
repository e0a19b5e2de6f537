// A wire translates between a conversation and the bytes of one protocol. It knows no address and no key:
// those are of the endpoint, a row of data.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "agent/provider/provider.h"

namespace culprit {

struct ModelSettings {
    std::string model;
};

// Takes the bytes of a streamed answer, cut anywhere. One an answer.
class Decoder {
  public:
    virtual ~Decoder() = default;

    // Fails with Corrupt for what is not the protocol, or with what the server reports inside of the stream.
    virtual Result<> feed(std::string_view bytes, const OnDelta& on_delta) = 0;

    // All has come, whether or not the connection stays open.
    virtual bool is_complete() const = 0;

    // The whole answer. Fails with Unavailable if the stream ended before the answer did.
    virtual Result<Answer> finish() = 0;
};

struct Wire {
    std::string_view name;
    std::string_view path;  // added to the endpoint's address
    std::string (*encode)(const Request& request, const ModelSettings& settings);  // the body of the POST
    std::unique_ptr<Decoder> (*decoder)();
};

}  // namespace culprit
