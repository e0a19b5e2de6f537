#include "agent/provider/sse_decoder.h"

#include "base/text.h"

namespace culprit {

Result<> SseDecoder::feed(std::string_view bytes, const OnDelta& on_delta) {
    for (const SseEvent& event : sse_.feed(bytes)) {
        const std::string_view data = trim(event.data);
        if (data.empty()) continue;
        if (data == "[DONE]") {
            complete_ = true;
            return {};
        }
        const auto json = parse_json(letters_.joined(data), "a piece of the model's answer");
        if (!json) {
            return fail(Fault::Corrupt, "the model server broke the protocol: {}: {}", json.error().what,
                        one_line(printable(data), 120));
        }
        TRY_OK(take(*json, on_delta));
    }
    return {};
}

Result<Answer> SseDecoder::finish() {
    close();
    return whole_answer(std::move(answer_), finished_ || complete_);
}

void SseDecoder::add_text(std::string_view text, const OnDelta& on_delta) {
    if (text.empty()) return;
    answer_.text += text;
    on_delta(TextDelta{text});
}

Result<Answer> whole_answer(Answer answer, bool finished) {
    if (!finished) {
        return fail(Fault::Unavailable,
                    "the model's answer broke off: its stream ended before the answer did");
    }
    if (!answer.calls.empty() && answer.stop == StopReason::Done) answer.stop = StopReason::Calls;
    return answer;
}

}  // namespace culprit
