// The line below everything else that says what is being done and for how long. Drawn on stderr where it can
// be erased again, and only after a moment: what is quick is not told of.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "agent/render/style.h"

namespace culprit {

// Thread-safe. Everything else that writes to the terminal hides it first.
class StatusLine {
  public:
    explicit StatusLine(const ScreenStyle& style) : style_(style) {}
    ~StatusLine() { hide(); }
    StatusLine(const StatusLine&) = delete;
    StatusLine& operator=(const StatusLine&) = delete;

    // What is being done from now on. Nothing is drawn where the terminal is not animated.
    void show(std::string_view what);
    // How far it is, from 0 to 1; negative: not known.
    void progress(std::string_view what, double share);
    void hide();

  private:
    void draw_until_hidden(const std::stop_token& stop);
    std::string text() const;

    ScreenStyle style_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::string what_;
    double share_ = -1;
    std::chrono::steady_clock::time_point since_;
    std::jthread thread_;  // last: it looks at all of the above
};

// "12 s", "3 min 5 s"
std::string elapsed_text(std::chrono::seconds elapsed);

}  // namespace culprit
