#include <algorithm>
#include <array>

#include <poll.h>
#include <unistd.h>

#include "agent/line_source.h"
#include "agent/terminal_modes.h"

namespace culprit {
namespace {

class PipedLines : public LineSource {
  public:
    explicit PipedLines(Interrupts& interrupts) : interrupts_(interrupts) {}

    Line next(std::string_view, bool something_typed) override {
        for (;;) {
            const std::size_t end = buffer_.find('\n', at_);
            if (end != std::string::npos || ended_) return take(end);
            std::array<pollfd, 2> set{{{STDIN_FILENO, POLLIN, 0}, {interrupts_.fd(), POLLIN, 0}}};
            if (::poll(set.data(), set.size(), -1) < 0) continue;
            if (set[1].revents) {
                const Interrupts::Signal signal = interrupts_.take();
                if (signal == Interrupts::Signal::Leave) return {Line::What::Left};
                if (signal == Interrupts::Signal::Interrupt) {
                    return {something_typed ? Line::What::Dropped : Line::What::Left};
                }
            }
            if (set[0].revents) read_some();
        }
    }

    bool is_person() const override { return false; }

  private:
    void read_some() {
        buffer_.erase(0, at_);
        at_ = 0;
        std::array<char, 65536> piece;
        const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
        if (got > 0)
            buffer_.append(piece.data(), static_cast<std::size_t>(got));
        else
            ended_ = true;
    }

    Line take(std::size_t end) {
        if (at_ == buffer_.size()) return {Line::What::End};
        const std::size_t stop = std::min(end, buffer_.size());
        Line line{Line::What::Text, buffer_.substr(at_, stop - at_)};
        at_ = std::min(stop + 1, buffer_.size());
        if (line.text.ends_with('\r')) line.text.pop_back();
        return line;
    }

    Interrupts& interrupts_;
    std::string buffer_;
    std::size_t at_ = 0;  // what lies before was given out
    bool ended_ = false;
    QuietKeys quiet_{QuietKeys::Keys::TheShells};
};

}  // namespace

std::unique_ptr<LineSource> make_piped_lines(Interrupts& interrupts) {
    return std::make_unique<PipedLines>(interrupts);
}

}  // namespace culprit
