#include "unit/agent/provider/wire_support.h"

namespace culprit::test {

std::string sse(std::initializer_list<std::string_view> pieces) {
    std::string stream;
    for (const std::string_view piece : pieces) stream += "data: " + std::string(piece) + "\n\n";
    return stream;
}

Heard decode(const Wire& wire, std::string_view stream, std::size_t piece) {
    std::string deltas;
    const OnDelta on_delta = [&](const Delta& delta) {
        if (const auto* text = std::get_if<TextDelta>(&delta)) deltas += text->text;
        if (const auto* text = std::get_if<ThinkingDelta>(&delta))
            deltas += "(" + std::string(text->text) + ")";
        if (const auto* call = std::get_if<CallDelta>(&delta)) deltas += "<" + std::string(call->name) + ">";
    };
    const auto decoder = wire.decoder();
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        if (auto fed = decoder->feed(stream.substr(at, piece), on_delta); !fed)
            return {deltas, std::unexpected(fed.error())};
    }
    return {deltas, decoder->finish()};
}

std::string shown(const Heard& heard) {
    std::string text = heard.deltas + "\n";
    if (!heard.answer)
        return text + std::string(to_string(heard.answer.error().fault)) + ": " + heard.answer.error().what;
    const Answer& answer = *heard.answer;
    text += fmt::format("{} stop {}", answer.text, static_cast<int>(answer.stop));
    for (const ToolCall& call : answer.calls)
        text += fmt::format(" [{} {} {}]", call.id, call.name, call.arguments);
    text += fmt::format(" in {} out {} cached {} written {}", answer.usage.input_tokens,
                        answer.usage.output_tokens, answer.usage.cached_tokens, answer.usage.written_tokens);
    if (!answer.carried.wire.empty()) text += "\n" + answer.carried.wire + " " + answer.carried.data;
    return text;
}

Conversation::Conversation() {
    tools.push_back(
        {.name = "grep",
         .about = "Search.",
         .effect = Effect::Reads,
         .schema = must(parse_json(R"({"type":"object","properties":{"pattern":{"type":"string"}},)"
                                   R"("required":["pattern"],"additionalProperties":false})",
                                   "schema"))});
    calling = {.text = "Looking.",
               .calls = {{"a|1", "grep", R"({"pattern":"x"})"}, {"a|2", "grep", "{not json"}}};
    answering = {.text = "It is x.\n"};
    good = {.call_id = "a|1", .tool = "grep"};
    bad = {.call_id = "a|2", .tool = "grep", .fault = "invalid"};
    request.system = "Be exact.";
    for (const OfferedTool& tool : tools) request.tools.push_back(&tool);
    request.messages = {
        {.role = Message::Role::User, .text = "why \xFF?"},
        {.role = Message::Role::Assistant, .text = calling.text, .calls = calling.calls},
        {.role = Message::Role::Tool, .text = "[E1] a.cs:1", .result = &good},
        {.role = Message::Role::Tool, .text = "[E2] no JSON", .result = &bad},
        {.role = Message::Role::Assistant, .text = answering.text},
        {.role = Message::Role::User, .text = "sure?"},
    };
}

}  // namespace culprit::test
