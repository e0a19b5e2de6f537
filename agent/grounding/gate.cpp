#include "agent/grounding/gate.h"

#include <algorithm>

#include "agent/grounding/cited_frames.h"
#include "base/text.h"

namespace culprit {
namespace {

// How much of an incomplete line claims nothing: up to its first word with a digit, a backquote or a hump,
// and without its last word, which may become one.
std::size_t harmless(std::string_view partial) {
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    std::size_t word = 0;
    for (std::size_t i = 0; i < partial.size(); ++i) {
        const char c = partial[i];
        if (c == ' ') word = i + 1;
        const bool hump = is_upper(c) && i > word;
        if ((c >= '0' && c <= '9') || c == '`' || c == '[' || hump) return word;
    }
    return word;
}

}  // namespace

std::string AnswerGate::feed(std::string_view piece) {
    text_ += piece;
    while (!holding_) {
        const std::size_t end = text_.find('\n', line_begin_);
        if (end == std::string::npos) break;
        const std::string_view line = std::string_view(text_).substr(line_begin_, end - line_begin_);
        is_write_up_ = is_write_up_ || contains_ignoring_case(line, "Observed Behavior") ||
                       contains_ignoring_case(line, "Root Cause") ||
                       contains_ignoring_case(line, "Executive Summary");
        holding_ = cites_frame(line) || (is_write_up_ && !may_show_(std::string_view(text_).substr(0, end)));
        if (!holding_) line_begin_ = end + 1;
    }
    const std::string_view partial = std::string_view(text_).substr(line_begin_);
    std::size_t end = text_.size();
    if (holding_ || could_cite_frame(partial))
        end = line_begin_;
    else if (is_write_up_)
        end = line_begin_ + harmless(partial);
    end = std::max(passed_, end);
    std::string open = text_.substr(passed_, end - passed_);
    passed_ = end;
    return open;
}

std::string AnswerGate::take_held() {
    std::string held = text_.substr(passed_);
    passed_ = text_.size();
    return held;
}

}  // namespace culprit
