// What a model is to culprit: something that answers a conversation, with text or with calls of tools, as a
// stream.
#pragma once

#include <deque>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/provider/model_facts.h"
#include "agent/provider/token_estimate.h"
#include "base/result.h"
#include "sessions/event.h"
#include "tools/toolbox.h"

namespace culprit {

// One message of the conversation. It borrows from the log or from Request::made.
struct Message {
    enum class Role { User, Assistant, Tool };
    Role role = Role::User;
    std::string_view text;
    std::span<const ToolCall> calls = {};  // of an Assistant
    const ToolResult* result = nullptr;    // of a Tool; `text` is what the model is to see of it
    const Carried* carried = nullptr;      // of an Assistant; null unless the model that is asked made it
};

struct Request {
    std::string system;
    std::vector<Message>
        messages;  // a result for each call and a call for each result, results in the order of the calls
    std::vector<const OfferedTool*> tools = {};
    std::deque<std::string> made =
        {};  // texts that stand in no event; a deque, so that what was borrowed stays in place
};

// A piece of an answer that is coming.
struct TextDelta {
    std::string_view text;
};
struct ThinkingDelta {
    std::string_view text;
};
struct CallDelta {  // a call is being written: its name is known, its arguments are not yet
    std::string_view name;
};
struct NoticeDelta {  // what is done on the way, for the person: "503; asking again in 2 s"
    std::string_view text;
};
using Delta = std::variant<TextDelta, ThinkingDelta, CallDelta, NoticeDelta>;
using OnDelta = std::function<void(const Delta&)>;

struct Answer {
    std::string text;
    std::vector<ToolCall> calls;
    StopReason stop = StopReason::Done;
    Usage usage;
    Carried carried = {};
};

class Provider {
  public:
    virtual ~Provider() = default;

    // The model's name, as it stands in the log.
    virtual std::string_view model() const = 0;

    // Its window and prices. All empty: it has no limit and costs nothing, like the investigator.
    virtual ModelFacts facts() const { return {}; }

    TokenEstimate& estimate() { return estimate_; }

    // Asks for the next reply. Text is given to on_delta as it comes and is in the Answer again, whole; calls
    // are in the Answer. Fails with Denied (the key), NotFound (the model), Invalid (the request), TooLarge
    // (more than the model's window), Unavailable (retry_after says when), TimedOut, Corrupt (what came is
    // not the protocol), or Cancelled on stop; each message says what to set or do.
    virtual Result<Answer> stream(const Request& request, const OnDelta& on_delta, std::stop_token stop) = 0;

  private:
    TokenEstimate estimate_;
};

// Bytes of all that a model reads of a request, and of its tools.
std::size_t tool_bytes(const Request& request);
std::size_t request_bytes(const Request& request);

}  // namespace culprit
