// OpenAI's responses, streamed. Nothing is stored there: the whole conversation goes with each request, and
// what the model thought comes back encrypted and is handed back as it came.
//
// Source: platform.openai.com/docs/api-reference/responses-streaming; npm openai, resources/responses
#include "agent/provider/faults.h"
#include "agent/provider/sse_decoder.h"

namespace culprit {
namespace {

Json encode_call(const ToolCall& call, CallIds& ids) {
    return {{"type", "function_call"},
            {"call_id", ids.of_new(call)},
            {"name", call.name},
            {"arguments", dump_json(arguments_object(call))}};
}

// A reply as items: in the order in which they came, if that is known.
void encode_reply(const Message& message, CallIds& ids, Json& input) {
    const Json text = {{"role", "assistant"}, {"content", message.text}};
    std::vector<Json> calls;
    for (const ToolCall& call : message.calls) calls.push_back(encode_call(call, ids));
    std::size_t next_call = 0;
    bool has_text = message.text.empty();
    for (const Json& item : carried_by(message, kOpenAiResponses)) {
        const std::string type = text_at(item, "type");
        if (type == "reasoning") input.push_back(item);
        if (type == "message" && !std::exchange(has_text, true)) input.push_back(text);
        if (type == "function_call" && next_call < calls.size()) input.push_back(calls[next_call++]);
    }
    if (!has_text) input.push_back(text);
    while (next_call < calls.size()) input.push_back(calls[next_call++]);
}

Json encode_input(const Request& request) {
    Json input = Json::array();
    CallIds ids;
    for (const Message& message : request.messages) {
        if (message.role == Message::Role::User) {
            input.push_back({{"role", "user"}, {"content", message.text}});
        } else if (message.role == Message::Role::Tool) {
            input.push_back({{"type", "function_call_output"},
                             {"call_id", ids.of_result(*message.result)},
                             {"output", message.text}});
        } else {
            encode_reply(message, ids, input);
        }
    }
    return input;
}

std::string encode(const Request& request, const ModelSettings& settings) {
    Json json = {{"model", settings.model},
                 {"stream", true},
                 {"store", false},
                 {"instructions", request.system},
                 {"input", encode_input(request)}};
    const bool reasons = settings.facts.reasons || !settings.effort.empty();
    if (reasons) {
        json["include"] = {"reasoning.encrypted_content"};
        json["reasoning"] = {{"summary", "auto"}};
        if (!settings.effort.empty()) json["reasoning"]["effort"] = settings.effort;
    }
    if (settings.temperature) json["temperature"] = *settings.temperature;
    if (settings.max_tokens > 0) json["max_output_tokens"] = settings.max_tokens;
    if (request.tools.empty()) return dump_json(json);
    for (const OfferedTool* tool : request.tools) {
        json["tools"].push_back({{"type", "function"},
                                 {"name", tool->name},
                                 {"description", tool->about},
                                 {"parameters", tool->schema},
                                 {"strict", false}});
    }
    return dump_json(json);
}

class ResponsesDecoder : public SseDecoder {
  private:
    Result<> take(const Json& json, const OnDelta& on_delta) override {
        const std::string type = text_at(json, "type");
        if (type == "response.output_text.delta") add_text(text_at(json, "delta"), on_delta);
        if (type == "response.refusal.delta") refuse(text_at(json, "delta"), on_delta);
        if (type == "response.reasoning_summary_text.delta" || type == "response.reasoning_text.delta") {
            if (const std::string text = text_at(json, "delta"); !text.empty()) on_delta(ThinkingDelta{text});
        }
        if (type == "response.output_item.added") begin_item(json, on_delta);
        if (type == "response.function_call_arguments.delta")
            calls_[integer_at(json, "output_index")].arguments += text_at(json, "delta");
        if (type == "response.output_item.done") end_item(json);
        if (type == "response.completed" || type == "response.incomplete")
            finish_with(member(json, "response"));
        if (type == "response.failed") {
            return std::unexpected(reported_error(member(member(json, "response"), "error")));
        }
        if (type == "error") {
            const Json& error = member(json, "error");
            return std::unexpected(reported_error(error.is_object() ? error : json));
        }
        return {};
    }

    void refuse(const std::string& text, const OnDelta& on_delta) {
        answer_.stop = StopReason::Refused;
        add_text(text, on_delta);
    }

    void begin_item(const Json& json, const OnDelta& on_delta) {
        const Json& item = member(json, "item");
        if (text_at(item, "type") != "function_call") return;
        const std::string name = text_at(item, "name");
        calls_[integer_at(json, "output_index")] = {text_at(item, "call_id"), name,
                                                    text_at(item, "arguments")};
        on_delta(CallDelta{name});
    }

    void end_item(const Json& json) {
        const Json& item = member(json, "item");
        const std::string type = text_at(item, "type");
        const std::int64_t index = integer_at(json, "output_index");
        if (type == "reasoning") {
            Json kept = item;
            kept.erase("status");
            items_[index] = std::move(kept);
            thought_ = true;
            return;
        }
        items_[index] = {{"type", type}};
        if (type == "function_call")
            calls_[index] = {text_at(item, "call_id"), text_at(item, "name"), text_at(item, "arguments")};
    }

    void finish_with(const Json& response) {
        finished_ = complete_ = true;
        const Json& usage = member(response, "usage");
        answer_.usage = {integer_at(usage, "input_tokens"), integer_at(usage, "output_tokens"),
                         integer_at(member(usage, "input_tokens_details"), "cached_tokens")};
        const std::string why = text_at(member(response, "incomplete_details"), "reason");
        if (why == "max_output_tokens") answer_.stop = StopReason::Length;
        if (why == "content_filter") answer_.stop = StopReason::Refused;
    }

    void close() override {
        for (auto& [index, call] : calls_) answer_.calls.push_back(std::move(call));
        if (!thought_) return;
        Json carried = Json::array();
        for (auto& [index, item] : items_) carried.push_back(std::move(item));
        answer_.carried = {std::string(kOpenAiResponses.name), dump_json(carried)};
    }

    std::map<std::int64_t, ToolCall> calls_;  // by place in the output
    std::map<std::int64_t, Json> items_;      // reasoning whole, of others the type alone
    bool thought_ = false;
};

}  // namespace

const Wire kOpenAiResponses = {"openai-responses", "/responses", encode,
                               [] { return std::unique_ptr<Decoder>(new ResponsesDecoder); }};

}  // namespace culprit
