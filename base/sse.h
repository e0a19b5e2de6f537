// Server-sent events, as a parser that takes bytes cut anywhere.
//
// Source: WHATWG HTML, 9.2.6 "Interpreting an event stream"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct SseEvent {
    std::string name;  // of the "event" field; empty when there was none
    std::string data;  // the "data" lines, joined by newlines
};

class SseParser {
  public:
    // The events that `bytes` completes. An event that the stream ends without completing is dropped, as the
    // specification has it.
    std::vector<SseEvent> feed(std::string_view bytes);

  private:
    void take_line(std::string_view line, std::vector<SseEvent>& complete);

    std::string line_;
    SseEvent event_;
    bool has_data_ = false;
    bool after_return_ = false;  // the last byte was "\r": a "\n" now belongs to it
    bool at_start_ = true;       // a byte order mark may come
};

}  // namespace culprit
