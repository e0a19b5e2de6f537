#include "agent/provider/openai_chat.h"

#include <map>

#include "base/sse.h"
#include "base/text.h"
#include "tools/args.h"

namespace culprit {
namespace {

Json encode_message(const Message& message) {
    if (message.role == Message::Role::User) return {{"role", "user"}, {"content", message.text}};
    if (message.role == Message::Role::Tool) {
        return {{"role", "tool"}, {"tool_call_id", message.result->call_id}, {"content", message.text}};
    }
    Json json = {{"role", "assistant"}, {"content", message.text}};
    if (message.calls.empty()) return json;
    if (message.text.empty()) json["content"] = nullptr;
    for (const ToolCall& call : message.calls) {
        json["tool_calls"].push_back({{"id", call.id},
                                      {"type", "function"},
                                      {"function", {{"name", call.name}, {"arguments", call.arguments}}}});
    }
    return json;
}

std::string encode(const Request& request, const ModelSettings& settings) {
    Json json = {{"model", settings.model}, {"stream", true}, {"stream_options", {{"include_usage", true}}}};
    json["messages"].push_back({{"role", "system"}, {"content", request.system}});
    for (const Message& message : request.messages) json["messages"].push_back(encode_message(message));
    for (const Tool& tool : request.tools) {
        json["tools"].push_back(
            {{"type", "function"},
             {"function",
              {{"name", tool.name}, {"description", tool.about}, {"parameters", argument_schema(tool)}}}});
    }
    return dump_json(json);
}

class ChatDecoder : public Decoder {
  public:
    Result<> feed(std::string_view bytes, const OnDelta& on_delta) override {
        for (const SseEvent& event : sse_.feed(bytes)) TRY_OK(take(event, on_delta));
        return {};
    }

    bool is_complete() const override { return complete_; }

    Result<Answer> finish() override {
        if (!complete_ && !finished_) {
            return fail(Fault::Unavailable,
                        "the model's answer broke off: its stream ended before the answer did");
        }
        for (auto& [index, call] : calls_) answer_.calls.push_back(std::move(call));
        if (!answer_.calls.empty() && answer_.stop == StopReason::Done) answer_.stop = StopReason::Calls;
        return std::move(answer_);
    }

  private:
    Result<> take(const SseEvent& event, const OnDelta& on_delta) {
        if (trim(event.data) == "[DONE]") {
            complete_ = true;
            return {};
        }
        const auto json = parse_json(event.data, "a piece of the model's answer");
        if (!json) {
            return fail(Fault::Corrupt, "the model server broke the protocol: {}: {}", json.error().what,
                        one_line(printable(event.data), 120));
        }
        if (const Json& error = member(*json, "error"); !error.is_null()) {
            const std::string text = text_at(error, "message");
            return fail(Fault::Unavailable, "the model server reports in the middle of its answer: {}",
                        one_line(printable(text.empty() ? dump_json(error) : text), 400));
        }
        take_usage(member(*json, "usage"));
        const Json& choices = member(*json, "choices");
        if (choices.is_array() && !choices.empty()) take_choice(choices.front(), on_delta);
        return {};
    }

    void take_usage(const Json& usage) {
        if (!usage.is_object()) return;
        answer_.usage = {integer_at(usage, "prompt_tokens"), integer_at(usage, "completion_tokens"),
                         integer_at(member(usage, "prompt_tokens_details"), "cached_tokens")};
    }

    void take_choice(const Json& choice, const OnDelta& on_delta) {
        const Json& delta = member(choice, "delta");
        if (const std::string text = text_at(delta, "content"); !text.empty()) {
            answer_.text += text;
            on_delta(TextDelta{text});
        }
        // Not in OpenAI's own reference: vLLM, DeepSeek and llama.cpp send what the model thinks under this
        // name.
        if (const std::string text = text_at(delta, "reasoning_content"); !text.empty())
            on_delta(ThinkingDelta{text});
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
        ToolCall& call = calls_[index];
        if (!id.empty()) call.id = id;
        const Json& function = member(piece, "function");
        if (const std::string name = text_at(function, "name"); !name.empty() && call.name.empty()) {
            call.name = name;
            on_delta(CallDelta{name});
        }
        call.arguments += text_at(function, "arguments");
    }

    SseParser sse_;
    Answer answer_;
    std::map<std::int64_t, ToolCall> calls_;
    bool finished_ = false;  // a finish_reason came; usage and [DONE] may follow
    bool complete_ = false;
};

}  // namespace

const Wire kOpenAiChat = {"openai-chat", "/chat/completions", encode,
                          [] { return std::unique_ptr<Decoder>(new ChatDecoder); }};

}  // namespace culprit
