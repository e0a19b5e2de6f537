#include <chrono>

#include <poll.h>
#include <unistd.h>

#include "agent/console.h"
#include "agent/line_source.h"
#include "agent/terminal_modes.h"
#include "base/text.h"

namespace culprit {
namespace {

// Long enough to be read along, short enough not to be waited for.
constexpr std::chrono::milliseconds kKeystroke(12);

class ScriptedLines : public LineSource {
  public:
    ScriptedLines(std::string script, Interrupts& interrupts)
        : script_(std::move(script)), lines_(split_lines(script_)), interrupts_(interrupts) {}

    Line next(std::string_view prompt, bool) override {
        if (at_ == lines_.size()) return {Line::What::End};
        const std::string line(lines_[at_++]);
        print(STDERR_FILENO, prompt);
        for (const char& character : printable(line)) {
            print(STDERR_FILENO, {&character, 1});
            if (!pause()) return {Line::What::Left};
        }
        print(STDERR_FILENO, "\n");
        return {Line::What::Text, line};
    }

    bool is_person() const override { return false; }

  private:
    // A keystroke's time, where someone watches; false if a signal came.
    bool pause() {
        pollfd signal{interrupts_.fd(), POLLIN, 0};
        const int wait_ms = watched_ ? static_cast<int>(kKeystroke.count()) : 0;
        if (::poll(&signal, 1, wait_ms) <= 0) return true;
        const Interrupts::Signal what = interrupts_.take();
        return what != Interrupts::Signal::Interrupt && what != Interrupts::Signal::Leave;
    }

    std::string script_;
    std::vector<std::string_view> lines_;  // into script_
    std::size_t at_ = 0;
    Interrupts& interrupts_;
    bool watched_ = ::isatty(STDERR_FILENO);
    QuietKeys quiet_{QuietKeys::Keys::TheShells};
};

}  // namespace

std::unique_ptr<LineSource> make_scripted_lines(std::string script, Interrupts& interrupts) {
    return std::make_unique<ScriptedLines>(std::move(script), interrupts);
}

}  // namespace culprit
