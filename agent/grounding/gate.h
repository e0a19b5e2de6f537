// Lets an answer through as it streams, as far as it needs no check or has passed it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace culprit {

class AnswerGate {
  public:
    // Whether the last line of a text, complete, may be shown as it is. Asked once for each line of a
    // write-up.
    using MayShow = std::function<bool(std::string_view text)>;

    enum class Checks { WriteUps, All };
    explicit AnswerGate(MayShow may_show, Checks checks = Checks::WriteUps)
        : may_show_(std::move(may_show)), is_write_up_(checks == Checks::All) {}

    // What may be shown now: all of plain prose; of a write-up whole lines, and of the last one what claims
    // nothing. From the first line that cites a frame or may not be shown on everything is held.
    std::string feed(std::string_view piece);
    std::string take_held();                        // the rest of the answer so far
    std::size_t passed() const { return passed_; }  // bytes of the answer that were given out

  private:
    MayShow may_show_;
    std::string text_;  // of the answer so far
    std::size_t passed_ = 0;
    std::size_t line_begin_ = 0;  // of the last line, which may be incomplete
    bool is_write_up_;            // a heading of one has come, or it is checked like one
    bool holding_ = false;
};

}  // namespace culprit
