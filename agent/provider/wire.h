// A wire translates between a conversation and the bytes of one protocol. It knows no address and no key:
// those are of the endpoint, a row of data.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/provider/model_facts.h"
#include "agent/provider/provider.h"

namespace culprit {

struct ModelSettings {
    std::string model;
    std::optional<double> temperature = {};
    std::string effort = {};      // of reasoning, as the provider names it: "low", "high"; empty: its default
    std::int64_t max_tokens = 0;  // of one reply; 0: as much as the model gives
    ModelFacts facts = {};
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
    std::string_view path;  // added to the endpoint's address; "{model}" stands for the model's name
    std::string (*encode)(const Request& request, const ModelSettings& settings);  // the body of the POST
    std::unique_ptr<Decoder> (*decoder)();
};

extern const Wire kOpenAiChat;       // OpenAI's chat completions
extern const Wire kCompatibleChat;   // the same as other servers took it over
extern const Wire kOpenAiResponses;  // OpenAI's responses
extern const Wire kAnthropic;        // Anthropic's messages
extern const Wire kGemini;           // Google's generateContent
extern const Wire kOllama;           // Ollama's own chat

// For encoders: the ids under which calls are sent. Providers differ in what an id may be and whether it may
// come again, and a conversation can hold calls of several of them; ours suit all ("call00001").
class CallIds {
  public:
    std::string of_new(const ToolCall& call);         // in the order of the conversation
    std::string of_result(const ToolResult& result);  // of a call of the reply before it

  private:
    std::map<std::string_view, std::string> latest_;
    int count_ = 0;
};

// What this wire gave to be handed back with a reply, null if there is none of its own.
Json carried_by(const Message& reply, const Wire& wire);

// The arguments of a call as an object: what a model wrote that is none goes back to it empty, for some
// providers refuse a whole conversation for it.
Json arguments_object(const ToolCall& call);

}  // namespace culprit
