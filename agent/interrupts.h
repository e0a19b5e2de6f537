// Ctrl-C and the other signals, turned into stop requests and into something that poll() sees.
#pragma once

#include <atomic>
#include <mutex>
#include <stop_token>
#include <thread>

#include "base/files.h"

namespace culprit {

// Made once, by main, before any other thread: it blocks the signals for all threads and reads them in one of
// its own.
//   during a turn   the first SIGINT stops the turn; a second one ends the program with 130
//   at the prompt   the signal is kept for take(), and fd() is readable
//   SIGTERM, SIGHUP stop the turn and have the program leave
//   SIGTSTP         stops the process, its terminal given back; at SIGCONT it is taken again
class Interrupts {
  public:
    // Continue: the process was stopped and goes on, perhaps on a screen of another size.
    enum class Signal { None, Resize, Continue, Interrupt, Leave };

    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    // From here to end_turn() SIGINT stops what holds the token.
    std::stop_token begin_turn();
    void end_turn();

    int fd() const { return at_prompt_.get(); }
    // What came at the prompt since the last call, the gravest of it; in a turn that was stopped: Interrupt.
    Signal take();
    bool leaving() const { return leaving_; }

  private:
    void watch(int signal_fd, int end_fd);
    void on_signal(int number);

    Descriptor at_prompt_, end_;
    std::mutex mutex_;
    std::stop_source turn_;
    bool in_turn_ = false;
    bool interrupted_ = false, resized_ = false, continued_ = false;
    std::atomic<bool> leaving_ = false;
    std::jthread thread_;
};

// A turn for as long as the object lives.
class TurnScope {
  public:
    explicit TurnScope(Interrupts& interrupts) : interrupts_(interrupts), token_(interrupts.begin_turn()) {}
    ~TurnScope() { interrupts_.end_turn(); }
    TurnScope(const TurnScope&) = delete;
    TurnScope& operator=(const TurnScope&) = delete;
    std::stop_token token() const { return token_; }

  private:
    Interrupts& interrupts_;
    std::stop_token token_;
};

}  // namespace culprit
