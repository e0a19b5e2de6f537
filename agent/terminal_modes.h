// The modes of the person's terminal: as it was found, and quiet while the program has it.
#pragma once

namespace culprit {

// For as long as it lives, keys that nobody waits for are not echoed into what is written; they are kept for
// whoever reads next, Ctrl-C and Ctrl-Z (which then drop nothing) aside. The terminal is as it was found
// again when the object goes, when restore_terminal() is called, and when a fault, abort() or Ctrl-\ ends the
// program. Without a terminal, behind another of its kind, or in the background it does nothing.
class QuietKeys {
  public:
    // Whose the keys are. Ours come one by one, unchanged, what is pasted in brackets.
    enum class Keys { Ours, TheShells };

    explicit QuietKeys(Keys keys);
    ~QuietKeys();
    QuietKeys(const QuietKeys&) = delete;
    QuietKeys& operator=(const QuietKeys&) = delete;

    // Echoing, as readline wants to find it, which does without the terminal's own echo.
    void make_loud() const;
    // After readline. `brackets`: pasted text is to be marked as such.
    void make_quiet(bool brackets) const;

  private:
    bool is_mine_ = false;
};

// Gives the terminal to another program for as long as it lives.
class LentTerminal {
  public:
    LentTerminal();
    ~LentTerminal();
    LentTerminal(const LentTerminal&) = delete;
    LentTerminal& operator=(const LentTerminal&) = delete;
};

// As it was found, if a QuietKeys changed it. Safe in a signal handler.
void restore_terminal();

// Quiet again after restore_terminal(), where a QuietKeys lives and the terminal is not lent.
void requiet_terminal();

}  // namespace culprit
