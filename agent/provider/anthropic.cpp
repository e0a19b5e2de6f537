// Anthropic's messages, streamed: thinking, calls, and marks for its prompt cache.
//
// Source: platform.claude.com/docs/en/api/messages and /build-with-claude/streaming; npm @anthropic-ai/sdk,
// resources/messages
#include "agent/provider/faults.h"
#include "agent/provider/sse_decoder.h"
#include "base/text.h"

namespace culprit {
namespace {

// A reply must be given a limit; this is what every model allows.
constexpr std::int64_t kMaxTokens = 8192;

std::int64_t max_tokens(const ModelSettings& settings) {
    if (settings.max_tokens > 0) return settings.max_tokens;
    return settings.facts.max_output > 0 ? std::min<std::int64_t>(settings.facts.max_output, 32000)
                                         : kMaxTokens;
}

// Tokens of thinking for models that are bounded by a number; at least 1,024, and less than the reply's.
std::int64_t budget_for(std::string_view effort, std::int64_t most) {
    const std::int64_t wanted = effort == "low" ? 4096 : effort == "medium" ? 12288 : 24576;
    return std::max<std::int64_t>(1024, std::min(wanted, most - 1024));
}

Json tool_result(const Message& message, CallIds& ids) {
    Json block = {
        {"type", "tool_result"}, {"tool_use_id", ids.of_result(*message.result)}, {"content", message.text}};
    if (!message.result->fault.empty()) block["is_error"] = true;
    return block;
}

// A text that says nothing is refused.
Json user_text(std::string_view text) {
    return {{"type", "text"}, {"text", trim(text).empty() ? "(an empty message)" : text}};
}

Json reply_blocks(const Message& message, CallIds& ids) {
    Json blocks = Json::array();
    if (Json carried = carried_by(message, kAnthropic); carried.is_array()) blocks = std::move(carried);
    // An empty text is refused, and so is white space at the end of the last reply.
    std::string_view text = message.text;
    while (!text.empty() && trim(text.substr(text.size() - 1)).empty()) text.remove_suffix(1);
    if (!text.empty()) blocks.push_back({{"type", "text"}, {"text", text}});
    for (const ToolCall& call : message.calls) {
        blocks.push_back({{"type", "tool_use"},
                          {"id", ids.of_new(call)},
                          {"name", call.name},
                          {"input", arguments_object(call)}});
    }
    return blocks;
}

// What follows one another from the same side becomes one message, as the roles must take turns.
Json encode_messages(const Request& request) {
    Json messages = Json::array();
    CallIds ids;
    for (const Message& message : request.messages) {
        const bool is_reply = message.role == Message::Role::Assistant;
        Json blocks = is_reply ? reply_blocks(message, ids)
                      : message.role == Message::Role::Tool
                          ? Json::array({tool_result(message, ids)})
                          : Json::array({user_text(message.text)});
        if (blocks.empty()) continue;
        const char* role = is_reply ? "assistant" : "user";
        if (messages.empty() || text_at(messages.back(), "role") != role)
            messages.push_back({{"role", role}, {"content", Json::array()}});
        for (Json& block : blocks) messages.back()["content"].push_back(std::move(block));
    }
    return messages;
}

// All up to a marked block is kept by the provider for some minutes and read from there by the next request.
void mark_for_cache(Json& block) { block["cache_control"] = {{"type", "ephemeral"}}; }

// The end of this request, and that of the one before it, which is what is there to be read.
void mark_messages(Json& messages) {
    int marks = 0;
    for (std::size_t i = messages.size(); i-- > 0 && marks < 2;) {
        if (text_at(messages[i], "role") != "user") continue;
        mark_for_cache(messages[i]["content"].back());
        ++marks;
    }
}

void encode_thinking(const ModelSettings& settings, Json& json) {
    if (settings.effort.empty() || settings.effort == "none") {
        if (settings.temperature) json["temperature"] = *settings.temperature;
        return;
    }
    if (settings.facts.budgeted) {
        json["thinking"] = {{"type", "enabled"},
                            {"budget_tokens", budget_for(settings.effort, max_tokens(settings))}};
        return;
    }
    json["thinking"] = {{"type", "adaptive"}};
    json["output_config"] = {{"effort", settings.effort}};
}

std::string encode(const Request& request, const ModelSettings& settings) {
    Json json = {{"model", settings.model}, {"max_tokens", max_tokens(settings)}, {"stream", true}};
    encode_thinking(settings, json);
    Json system = {{"type", "text"}, {"text", request.system}};
    mark_for_cache(system);
    json["system"] = Json::array({std::move(system)});
    json["messages"] = encode_messages(request);
    mark_messages(json["messages"]);
    if (request.tools.empty()) return dump_json(json);
    for (const OfferedTool* tool : request.tools) {
        json["tools"].push_back(
            {{"name", tool->name}, {"description", tool->about}, {"input_schema", tool->schema}});
    }
    return dump_json(json);
}

class MessagesDecoder : public SseDecoder {
  private:
    Result<> take(const Json& json, const OnDelta& on_delta) override {
        const std::string type = text_at(json, "type");
        const std::int64_t index = integer_at(json, "index");
        if (type == "message_start") take_usage(member(member(json, "message"), "usage"));
        if (type == "content_block_start") begin_block(index, member(json, "content_block"), on_delta);
        if (type == "content_block_delta") take_delta(index, member(json, "delta"), on_delta);
        if (type == "message_delta") {
            take_usage(member(json, "usage"));
            take_stop(text_at(member(json, "delta"), "stop_reason"));
        }
        if (type == "message_stop") finished_ = complete_ = true;
        if (type == "error") return std::unexpected(reported_error(member(json, "error")));
        return {};
    }

    // Input is counted without what was read from the cache or written to it.
    void take_usage(const Json& usage) {
        const auto update = [&](const char* name, std::int64_t& value) {
            value = integer_at(usage, name, value);
        };
        update("input_tokens", plain_);
        update("output_tokens", answer_.usage.output_tokens);
        update("cache_read_input_tokens", answer_.usage.cached_tokens);
        update("cache_creation_input_tokens", answer_.usage.written_tokens);
        answer_.usage.input_tokens = plain_ + answer_.usage.cached_tokens + answer_.usage.written_tokens;
    }

    void take_stop(std::string_view reason) {
        if (reason == "max_tokens" || reason == "model_context_window_exceeded")
            answer_.stop = StopReason::Length;
        if (reason == "refusal") answer_.stop = StopReason::Refused;
        if (!reason.empty()) finished_ = true;
    }

    void begin_block(std::int64_t index, const Json& block, const OnDelta& on_delta) {
        const std::string type = text_at(block, "type");
        if (type == "text") add_text(text_at(block, "text"), on_delta);
        if (type == "tool_use") {
            calls_[index] = {text_at(block, "id"), text_at(block, "name"), ""};
            on_delta(CallDelta{calls_[index].name});
        }
        if (type == "thinking" || type == "redacted_thinking") thoughts_[index] = block;
    }

    void take_delta(std::int64_t index, const Json& delta, const OnDelta& on_delta) {
        const std::string type = text_at(delta, "type");
        if (type == "text_delta") add_text(text_at(delta, "text"), on_delta);
        if (type == "input_json_delta") calls_[index].arguments += text_at(delta, "partial_json");
        if (type == "thinking_delta") {
            const std::string text = text_at(delta, "thinking");
            append(index, "thinking", text);
            if (!text.empty()) on_delta(ThinkingDelta{text});
        }
        if (type == "signature_delta") append(index, "signature", text_at(delta, "signature"));
    }

    void append(std::int64_t index, const char* name, const std::string& text) {
        Json& block = thoughts_[index];
        if (!block.is_object()) block = {{"type", "thinking"}};
        block[name] = text_at(block, name) + text;
    }

    void close() override {
        for (auto& [index, call] : calls_) answer_.calls.push_back(std::move(call));
        Json carried = Json::array();
        for (auto& [index, block] : thoughts_) {
            // Without its signature a thought is refused.
            if (text_at(block, "type") == "thinking" && text_at(block, "signature").empty()) continue;
            carried.push_back(std::move(block));
        }
        if (!carried.empty()) answer_.carried = {std::string(kAnthropic.name), dump_json(carried)};
    }

    std::map<std::int64_t, ToolCall> calls_;  // by place in the reply
    std::map<std::int64_t, Json> thoughts_;
    std::int64_t plain_ = 0;  // input that has nothing to do with the cache
};

}  // namespace

const Wire kAnthropic = {"anthropic", "/messages", encode,
                         [] { return std::unique_ptr<Decoder>(new MessagesDecoder); }};

}  // namespace culprit
