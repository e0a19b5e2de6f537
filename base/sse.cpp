#include "base/sse.h"

namespace culprit {

std::vector<SseEvent> SseParser::feed(std::string_view bytes) {
    std::vector<SseEvent> complete;
    while (!bytes.empty()) {
        if (after_return_ && bytes.front() == '\n') bytes.remove_prefix(1);
        after_return_ = false;
        const std::size_t end = bytes.find_first_of("\r\n");
        line_ += bytes.substr(0, end);
        if (end == std::string_view::npos) break;
        after_return_ = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        std::string_view line = line_;
        if (at_start_ && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
        at_start_ = false;
        take_line(line, complete);
        line_.clear();
    }
    return complete;
}

void SseParser::take_line(std::string_view line, std::vector<SseEvent>& complete) {
    if (line.empty()) {
        if (has_data_) complete.push_back(std::move(event_));
        event_ = {};
        has_data_ = false;
        return;
    }
    const std::size_t colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "event") {
        event_.name = value;
    } else if (field == "data") {
        if (has_data_) event_.data += '\n';
        event_.data += value;
        has_data_ = true;
    }
}

}  // namespace culprit
