// OpenAI's chat completions, streamed, which most other servers speak too.
//
// Source: platform.openai.com/docs/api-reference/chat; github.com/ggml-org/llama.cpp tools/server/README.md
#include "agent/provider/faults.h"
#include "agent/provider/sse_decoder.h"

namespace culprit {
namespace {

Json encode_call(const ToolCall& call, CallIds& ids) {
    return {{"id", ids.of_new(call)},
            {"type", "function"},
            {"function", {{"name", call.name}, {"arguments", dump_json(arguments_object(call))}}}};
}

Json encode_message(const Message& message, CallIds& ids) {
    if (message.role == Message::Role::User) return {{"role", "user"}, {"content", message.text}};
    if (message.role == Message::Role::Tool) {
        return {
            {"role", "tool"}, {"tool_call_id", ids.of_result(*message.result)}, {"content", message.text}};
    }
    Json json = {{"role", "assistant"}, {"content", message.text}};
    if (message.calls.empty()) return json;
    if (message.text.empty()) json["content"] = nullptr;
    for (const ToolCall& call : message.calls) json["tool_calls"].push_back(encode_call(call, ids));
    return json;
}

Json encode_all(const Request& request, const ModelSettings& settings) {
    Json json = {{"model", settings.model}, {"stream", true}, {"stream_options", {{"include_usage", true}}}};
    if (settings.temperature) json["temperature"] = *settings.temperature;
    if (!settings.effort.empty()) json["reasoning_effort"] = settings.effort;
    json["messages"].push_back({{"role", "system"}, {"content", request.system}});
    CallIds ids;
    for (const Message& message : request.messages) json["messages"].push_back(encode_message(message, ids));
    if (request.tools.empty()) return json;
    for (const OfferedTool* tool : request.tools) {
        json["tools"].push_back(
            {{"type", "function"},
             {"function",
              {{"name", tool->name}, {"description", tool->about}, {"parameters", tool->schema}}}});
    }
    return json;
}

std::string encode(const Request& request, const ModelSettings& settings) {
    Json json = encode_all(request, settings);
    if (settings.max_tokens > 0) json["max_completion_tokens"] = settings.max_tokens;
    return dump_json(json);
}

std::string encode_compatible(const Request& request, const ModelSettings& settings) {
    Json json = encode_all(request, settings);
    if (settings.max_tokens > 0) json["max_tokens"] = settings.max_tokens;
    return dump_json(json);
}

class ChatDecoder : public SseDecoder {
  private:
    Result<> take(const Json& json, const OnDelta& on_delta) override {
        if (const Json& error = member(json, "error"); !error.is_null())
            return std::unexpected(reported_error(error));
        take_usage(member(json, "usage"));
        const Json& choices = member(json, "choices");
        if (choices.is_array() && !choices.empty()) take_choice(choices.front(), on_delta);
        return {};
    }

    void close() override {
        for (auto& [index, call] : calls_) answer_.calls.push_back(std::move(call));
    }

    void take_usage(const Json& usage) {
        if (!usage.is_object()) return;
        answer_.usage = {integer_at(usage, "prompt_tokens"), integer_at(usage, "completion_tokens"),
                         integer_at(member(usage, "prompt_tokens_details"), "cached_tokens")};
        // DeepSeek's name for it.
        if (answer_.usage.cached_tokens == 0)
            answer_.usage.cached_tokens = integer_at(usage, "prompt_cache_hit_tokens");
    }

    void take_choice(const Json& choice, const OnDelta& on_delta) {
        const Json& delta = member(choice, "delta");
        add_text(text_at(delta, "content"), on_delta);
        if (const std::string refusal = text_at(delta, "refusal"); !refusal.empty()) {
            answer_.stop = StopReason::Refused;
            add_text(refusal, on_delta);
        }
        // Not in OpenAI's own reference: vLLM, DeepSeek and llama.cpp send what the model thinks under the
        // first name, OpenRouter under the second.
        for (const char* name : {"reasoning_content", "reasoning"}) {
            if (const std::string text = text_at(delta, name); !text.empty()) on_delta(ThinkingDelta{text});
        }
        for (const Json& piece : member(delta, "tool_calls")) take_call(piece, on_delta);

        const std::string reason = text_at(choice, "finish_reason");
        if (reason.empty()) return;
        finished_ = true;
        if (reason == "length") answer_.stop = StopReason::Length;
        if (reason == "content_filter") answer_.stop = StopReason::Refused;
    }

    // A call comes in pieces that belong together by index; id and name come once, arguments in parts. Some
    // servers give every call the index 0: a new id under an old index is a new call.
    void take_call(const Json& piece, const OnDelta& on_delta) {
        const std::string id = text_at(piece, "id");
        std::int64_t index = integer_at(piece, "index");
        const auto known = calls_.find(index);
        if (known != calls_.end() && !id.empty() && known->second.id != id)
            index = calls_.rbegin()->first + 1;
        else if (known == calls_.end() && id.empty() && !calls_.empty() &&
                 !member(piece, "index").is_number())
            index = calls_.rbegin()->first;
        ToolCall& call = calls_[index];
        if (!id.empty()) call.id = id;
        const Json& function = member(piece, "function");
        if (const std::string name = text_at(function, "name"); !name.empty() && call.name.empty()) {
            call.name = name;
            on_delta(CallDelta{name});
        }
        const Json& arguments = member(function, "arguments");  // some servers send an object
        call.arguments += arguments.is_object() ? dump_json(arguments) : text_at(function, "arguments");
    }

    std::map<std::int64_t, ToolCall> calls_;
};

std::unique_ptr<Decoder> decoder() { return std::make_unique<ChatDecoder>(); }

}  // namespace

const Wire kOpenAiChat = {"openai-chat", "/chat/completions", encode, decoder};
const Wire kCompatibleChat = {"openai-chat", "/chat/completions", encode_compatible, decoder};

}  // namespace culprit
