// What the wires that stream server-sent events share: each event is one JSON object.
#pragma once

#include <vector>

#include "agent/provider/split_letters.h"
#include "agent/provider/wire.h"
#include "base/sse.h"

namespace culprit {

class SseDecoder : public Decoder {
  public:
    Result<> feed(std::string_view bytes, const OnDelta& on_delta) override;
    bool is_complete() const override { return complete_; }
    Result<Answer> finish() override;

  protected:
    // One event. Sets answer_, finished_ and complete_.
    virtual Result<> take(const Json& json, const OnDelta& on_delta) = 0;
    // Called once before the answer is given out.
    virtual void close() {}

    void add_text(std::string_view text, const OnDelta& on_delta);

    Answer answer_;
    bool finished_ = false;  // the reply is whole; usage and an end mark may follow
    bool complete_ = false;  // nothing follows

  private:
    SseParser sse_;
    SplitLetters letters_;
};

// The answer of a decoder whose stream has ended: Calls if there are any and nothing else is said.
Result<Answer> whole_answer(Answer answer, bool finished);

}  // namespace culprit
