// Google's generateContent, streamed as server-sent events.
//
// Source: ai.google.dev/api/generate-content, /gemini-api/docs/thought-signatures; npm @google/genai
#include "agent/provider/faults.h"
#include "agent/provider/sse_decoder.h"

namespace culprit {
namespace {

// From Gemini 3 on, a call without the signature that came with it is refused; this one stands for calls that
// another model made.
constexpr std::string_view kForeignCall = "skip_thought_signature_validator";

bool wants_signatures(std::string_view model) {
    return !model.starts_with("gemini-1") && !model.starts_with("gemini-2");
}

std::string signature_of(const Json& carried, std::size_t call) {
    const Json& calls = member(carried, "calls");
    return call < calls.size() && calls[call].is_string() ? calls[call].get<std::string>() : std::string();
}

Json reply_parts(const Message& message, std::string_view model) {
    Json parts = Json::array();
    const Json carried = carried_by(message, kGemini);  // signatures: {"text": "…", "calls": ["…", …]}
    if (!message.text.empty()) {
        parts.push_back({{"text", message.text}});
        if (const std::string signature = text_at(carried, "text"); !signature.empty())
            parts.back()["thoughtSignature"] = signature;
    }
    for (std::size_t i = 0; i < message.calls.size(); ++i) {
        const ToolCall& call = message.calls[i];
        Json part = {{"functionCall", {{"name", call.name}, {"args", arguments_object(call)}}}};
        std::string signature = signature_of(carried, i);
        if (carried.is_null() && i == 0 && wants_signatures(model)) signature = kForeignCall;
        if (!signature.empty()) part["thoughtSignature"] = signature;
        parts.push_back(std::move(part));
    }
    return parts;
}

Json result_part(const Message& message) {
    const bool good = message.result->fault.empty();
    return {{"functionResponse",
             {{"name", message.result->tool}, {"response", {{good ? "output" : "error", message.text}}}}}};
}

Json encode_contents(const Request& request, std::string_view model) {
    Json contents = Json::array();
    for (const Message& message : request.messages) {
        const bool is_reply = message.role == Message::Role::Assistant;
        Json parts = is_reply                              ? reply_parts(message, model)
                     : message.role == Message::Role::Tool ? Json::array({result_part(message)})
                                                           : Json::array({{{"text", message.text}}});
        const char* role = is_reply ? "model" : "user";
        if (contents.empty() || text_at(contents.back(), "role") != role)
            contents.push_back({{"role", role}, {"parts", Json::array()}});
        for (Json& part : parts) contents.back()["parts"].push_back(std::move(part));
    }
    return contents;
}

Json generation_config(const ModelSettings& settings) {
    Json config = Json::object();
    if (settings.temperature) config["temperature"] = *settings.temperature;
    if (settings.max_tokens > 0) config["maxOutputTokens"] = settings.max_tokens;
    if (!settings.effort.empty())
        config["thinkingConfig"] = {{"thinkingLevel", settings.effort}, {"includeThoughts", true}};
    return config;
}

std::string encode(const Request& request, const ModelSettings& settings) {
    Json json = {{"systemInstruction", {{"parts", Json::array({{{"text", request.system}}})}}},
                 {"contents", encode_contents(request, settings.model)}};
    if (Json config = generation_config(settings); !config.empty())
        json["generationConfig"] = std::move(config);
    if (request.tools.empty()) return dump_json(json);
    Json declarations = Json::array();
    for (const OfferedTool* tool : request.tools) {
        declarations.push_back(
            {{"name", tool->name}, {"description", tool->about}, {"parametersJsonSchema", tool->schema}});
    }
    json["tools"] = Json::array({{{"functionDeclarations", std::move(declarations)}}});
    return dump_json(json);
}

class GeminiDecoder : public SseDecoder {
  private:
    Result<> take(const Json& json, const OnDelta& on_delta) override {
        if (const Json& error = member(json, "error"); !error.is_null())
            return std::unexpected(reported_error(error));
        take_usage(member(json, "usageMetadata"));
        if (const std::string why = text_at(member(json, "promptFeedback"), "blockReason"); !why.empty()) {
            answer_.stop = StopReason::Refused;
            finished_ = true;
        }
        const Json& candidates = member(json, "candidates");
        if (candidates.is_array() && !candidates.empty()) take_candidate(candidates.front(), on_delta);
        return {};
    }

    void take_usage(const Json& usage) {
        if (!usage.is_object()) return;
        answer_.usage = {integer_at(usage, "promptTokenCount"),
                         integer_at(usage, "candidatesTokenCount") + integer_at(usage, "thoughtsTokenCount"),
                         integer_at(usage, "cachedContentTokenCount")};
    }

    void take_candidate(const Json& candidate, const OnDelta& on_delta) {
        for (const Json& part : member(member(candidate, "content"), "parts")) take_part(part, on_delta);
        const std::string reason = text_at(candidate, "finishReason");
        if (reason.empty()) return;
        finished_ = true;
        if (reason == "MAX_TOKENS") answer_.stop = StopReason::Length;
        for (const char* refused :
             {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE"}) {
            if (reason == refused) answer_.stop = StopReason::Refused;
        }
    }

    void take_part(const Json& part, const OnDelta& on_delta) {
        const std::string text = text_at(part, "text"), signature = text_at(part, "thoughtSignature");
        const Json& call = member(part, "functionCall");
        if (call.is_object()) {
            const std::string name = text_at(call, "name");
            const Json& args = member(call, "args");
            answer_.calls.push_back({text_at(call, "id"), name, args.is_null() ? "{}" : dump_json(args)});
            call_signatures_.push_back(signature);
            on_delta(CallDelta{name});
        } else if (flag_at(part, "thought")) {
            if (!text.empty()) on_delta(ThinkingDelta{text});
        } else {
            add_text(text, on_delta);
            if (!signature.empty()) text_signature_ = signature;
        }
        signed_ = signed_ || !signature.empty();
    }

    void close() override {
        if (!signed_) return;
        answer_.carried = {std::string(kGemini.name),
                           dump_json({{"text", text_signature_}, {"calls", call_signatures_}})};
    }

    std::string text_signature_;
    std::vector<std::string> call_signatures_;  // of each call; empty: it has none
    bool signed_ = false;
};

}  // namespace

const Wire kGemini = {"gemini", "/models/{model}:streamGenerateContent?alt=sse", encode,
                      [] { return std::unique_ptr<Decoder>(new GeminiDecoder); }};

}  // namespace culprit
