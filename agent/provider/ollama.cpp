// Ollama's own chat: a line of JSON for each piece. Unlike its OpenAI-compatible side it takes num_ctx,
// without which it cuts a long conversation to a few thousand tokens and says nothing.
//
// Source: github.com/ollama/ollama docs/api.md; npm ollama
#include "agent/provider/faults.h"
#include "agent/provider/sse_decoder.h"
#include "base/text.h"

namespace culprit {
namespace {

Json encode_message(const Message& message) {
    if (message.role == Message::Role::User) return {{"role", "user"}, {"content", message.text}};
    if (message.role == Message::Role::Tool)
        return {{"role", "tool"}, {"tool_name", message.result->tool}, {"content", message.text}};
    Json json = {{"role", "assistant"}, {"content", message.text}};
    for (const ToolCall& call : message.calls) {
        json["tool_calls"].push_back(
            {{"function", {{"name", call.name}, {"arguments", arguments_object(call)}}}});
    }
    return json;
}

std::string encode(const Request& request, const ModelSettings& settings) {
    Json json = {{"model", settings.model}, {"stream", true}};
    Json options = Json::object();
    if (settings.facts.window > 0) options["num_ctx"] = settings.facts.window;
    if (settings.temperature) options["temperature"] = *settings.temperature;
    if (settings.max_tokens > 0) options["num_predict"] = settings.max_tokens;
    if (!options.empty()) json["options"] = std::move(options);
    if (settings.effort == "none")
        json["think"] = false;
    else if (!settings.effort.empty())
        json["think"] = settings.effort;
    json["messages"].push_back({{"role", "system"}, {"content", request.system}});
    for (const Message& message : request.messages) json["messages"].push_back(encode_message(message));
    if (request.tools.empty()) return dump_json(json);
    for (const OfferedTool* tool : request.tools) {
        json["tools"].push_back(
            {{"type", "function"},
             {"function",
              {{"name", tool->name}, {"description", tool->about}, {"parameters", tool->schema}}}});
    }
    return dump_json(json);
}

class OllamaDecoder : public Decoder {
  public:
    Result<> feed(std::string_view bytes, const OnDelta& on_delta) override {
        while (!bytes.empty()) {
            const std::size_t end = bytes.find('\n');
            line_ += bytes.substr(0, end);
            if (end == std::string_view::npos) break;
            bytes.remove_prefix(end + 1);
            TRY_OK(take_line(std::exchange(line_, {}), on_delta));
        }
        return {};
    }
    bool is_complete() const override { return complete_; }
    Result<Answer> finish() override { return whole_answer(std::move(answer_), complete_); }

  private:
    Result<> take_line(std::string_view line, const OnDelta& on_delta) {
        if (trim(line).empty()) return {};
        const auto json = parse_json(letters_.joined(line), "a piece of the model's answer");
        if (!json) {
            return fail(Fault::Corrupt, "the model server broke the protocol: {}: {}", json.error().what,
                        one_line(printable(line), 120));
        }
        if (const Json& error = member(*json, "error"); !error.is_null())
            return std::unexpected(reported_error(error));
        take_message(member(*json, "message"), on_delta);
        if (!flag_at(*json, "done")) return {};
        complete_ = true;
        answer_.usage = {integer_at(*json, "prompt_eval_count"), integer_at(*json, "eval_count")};
        if (text_at(*json, "done_reason") == "length") answer_.stop = StopReason::Length;
        return {};
    }

    void take_message(const Json& message, const OnDelta& on_delta) {
        if (const std::string text = text_at(message, "thinking"); !text.empty())
            on_delta(ThinkingDelta{text});
        if (const std::string text = text_at(message, "content"); !text.empty()) {
            answer_.text += text;
            on_delta(TextDelta{text});
        }
        for (const Json& call : member(message, "tool_calls")) {
            const Json& function = member(call, "function");
            const Json& arguments = member(function, "arguments");
            answer_.calls.push_back(
                {text_at(call, "id"), text_at(function, "name"),
                 arguments.is_string() ? arguments.get<std::string>() : dump_json(arguments)});
            on_delta(CallDelta{answer_.calls.back().name});
        }
    }

    std::string line_;
    SplitLetters letters_;
    Answer answer_;
    bool complete_ = false;
};

}  // namespace

const Wire kOllama = {"ollama", "/api/chat", encode,
                      [] { return std::unique_ptr<Decoder>(new OllamaDecoder); }};

}  // namespace culprit
